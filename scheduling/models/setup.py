"""What the clinic offers, by whom, where and when."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import Audited, money_field
from scheduling.models.categories import ServiceCategory


class Mode(models.TextChoices):
    """How patient and doctor meet."""

    IN_PERSON = "in_person", _("At the clinic")
    ONLINE = "online", _("Online, by video")
    EITHER = "either", _("Either, as the patient likes")


class WhoMayBook(models.TextChoices):
    """For whom a service is, told apart by whether she has been here."""

    ANYONE = "anyone", _("Everybody")
    NEW = "new", _("New patients only")
    KNOWN = "known", _("Patients who have been here only")


class EquipmentKind(Audited):
    """A sort of device that services need; its single devices are interchangeable."""

    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    history = History()

    class Meta:
        verbose_name = _("kind of equipment")
        verbose_name_plural = _("kinds of equipment")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Equipment(Audited):
    """One device in one branch (FHIR Device): taken by one appointment at a time."""

    kind = models.ForeignKey(EquipmentKind, on_delete=models.PROTECT, related_name="devices", verbose_name=_("kind"))
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="equipment", verbose_name=_("branch"))
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Service(Audited):
    """Something that can be booked (FHIR HealthcareService). Shown duration and occupied time are different things."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    category = models.ForeignKey(
        ServiceCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="services",
        verbose_name=pgettext_lazy("service", "Category"),
    )  # fmt: skip
    description = models.CharField(_("description for patients"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30)
    buffer_before = models.PositiveSmallIntegerField(_("minutes kept free before"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("minutes kept free after"), default=0)
    price = money_field(verbose_name=_("price"), default=0)
    is_online = models.BooleanField(_("patients may book it online"), default=True)
    is_active = models.BooleanField(_("offered"), default=True)
    needs_room = models.BooleanField(_("needs a room"), default=False)
    rooms: models.ManyToManyField = models.ManyToManyField(
        "Room", blank=True, related_name="services", verbose_name=_("rooms")
    )
    min_notice_minutes = models.PositiveIntegerField(_("shortest notice in minutes"), default=30)
    horizon_days = models.PositiveSmallIntegerField(_("bookable days ahead"), default=60)
    cancel_until_hours = models.PositiveSmallIntegerField(_("patients may cancel until hours before"), default=3)
    mode = models.CharField(_("where"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    capacity = models.PositiveSmallIntegerField(_("people at once"), default=1)
    equipment: models.ManyToManyField = models.ManyToManyField(
        EquipmentKind, blank=True, related_name="services", verbose_name=_("equipment needed")
    )
    grid_minutes = models.PositiveSmallIntegerField(_("starts every so many minutes"), null=True, blank=True)
    starts_per_part = models.PositiveSmallIntegerField(_("starts offered in a part of the day"), null=True, blank=True)
    # The policy: what patients agree to when they book.
    needs_approval = models.BooleanField(_("the clinic approves each booking"), default=False)
    approve_within_hours = models.PositiveSmallIntegerField(_("hours to approve"), default=24)
    deposit = money_field(verbose_name=_("deposit"), default=0)
    move_limit = models.PositiveSmallIntegerField(_("patients may move it so many times"), null=True, blank=True)
    late_fee_percent = models.PositiveSmallIntegerField(_("fee for cancelling late, percent"), default=0)
    no_show_fee_percent = models.PositiveSmallIntegerField(_("fee for not coming, percent"), default=0)
    # Free follow-up: for so many days after a paid visit, at most so many visits, at this part of the price.
    follow_up_days = models.PositiveSmallIntegerField(_("follow-up free within days"), default=0)
    follow_up_visits = models.PositiveSmallIntegerField(_("at most so many follow-up visits"), default=1)
    follow_up_percent = models.PositiveSmallIntegerField(_("follow-up costs percent of the price"), default=0)
    min_gap_days = models.PositiveSmallIntegerField(_("days between two of one patient"), default=0)
    who_may_book = models.CharField(_("for whom"), max_length=10, choices=WhoMayBook.choices, default=WhoMayBook.ANYONE)
    requires = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("only after")
    )
    history = History()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__gt=0, price__gte=0), name="service_positive"),
            models.CheckConstraint(
                condition=models.Q(capacity__gt=0, deposit__gte=0, late_fee_percent__lte=100)
                & models.Q(no_show_fee_percent__lte=100)
                & models.Q(follow_up_percent__lt=100, follow_up_days__lte=366),
                name="service_policy_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> timedelta:
        """What the patient is told."""
        return timedelta(minutes=self.minutes)


class Practitioner(Audited):
    """Somebody who sees patients (FHIR Practitioner); the account may be missing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="practitioner"
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    specialty = models.CharField(_("specialty"), max_length=120, blank=True)
    license_number = models.CharField(_("medical council number"), max_length=30, blank=True)
    is_active = models.BooleanField(_("sees patients"), default=True)
    services = models.ManyToManyField(Service, through="PractitionerService", related_name="practitioners")
    history = History()

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class PractitionerService(Audited):
    """A service as one practitioner gives it: own length, buffers and price where they differ."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="offers")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="offers")
    minutes = models.PositiveSmallIntegerField(_("own minutes"), null=True, blank=True)
    buffer_before = models.PositiveSmallIntegerField(_("own minutes kept free before"), null=True, blank=True)
    buffer_after = models.PositiveSmallIntegerField(_("own minutes kept free after"), null=True, blank=True)
    price = money_field(verbose_name=_("own price"), null=True, blank=True)
    is_active = models.BooleanField(_("offered"), default=True)
    history = History()

    class Meta:
        verbose_name = _("service of a doctor")
        verbose_name_plural = _("services of doctors")
        constraints = [models.UniqueConstraint(fields=["practitioner", "service"], name="offer_once")]


class Room(Audited):
    """A room of a branch."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("branch"))
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    # To be made ready after a patient, since when; nobody is led there meanwhile.
    cleaning_since = models.DateTimeField(null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Weekday(models.IntegerChoices):
    """Python's numbering: Monday is 0; screens begin with the calendar's own first day."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class HoursKind(models.TextChoices):
    """Whether a time is promised to each patient, or a number in the line."""

    SLOTS = "slots", _("By time")
    TOKENS = "tokens", _("By number in line")


class WorkingHours(Audited):
    """A weekly block of a practitioner in a branch, in the branch's wall time; for some services or in a room only,
    where these are named.
    """

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="hours")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # Within its dates the usual week does not count: another plan for Ramadan, for one day. The narrowest plan wins.
    replaces = models.BooleanField(_("instead of the usual week"), default=False)
    mode = models.CharField(_("where"), max_length=10, choices=Mode.choices, default=Mode.EITHER)
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    services: models.ManyToManyField = models.ManyToManyField(Service, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=HoursKind.choices, default=HoursKind.SLOTS)
    tokens = models.PositiveSmallIntegerField(_("numbers given out"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        indexes = [models.Index(fields=["practitioner", "weekday"], name="hours_of")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="hours_forward"),
            models.CheckConstraint(
                condition=~models.Q(kind=HoursKind.TOKENS) | models.Q(tokens__isnull=False, tokens__gt=0),
                name="numbers_to_give",
            ),
            models.CheckConstraint(
                condition=models.Q(replaces=False) | models.Q(valid_from__isnull=False), name="plan_has_a_beginning"
            ),
        ]


class TimeOff(Audited):
    """A leave of a practitioner, or a closure of a room or a whole branch."""

    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    # What the clinic called off so that nobody comes then; who takes the cancellation back opens the time again.
    instead_of = models.ForeignKey(
        "scheduling.Appointment", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    history = History()

    class Meta:
        verbose_name = _("time off")
        verbose_name_plural = _("times off")
        indexes = [models.Index(fields=["practitioner", "starts_at"], name="off_of")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="off_forward")
        ]


class Holiday(Audited):
    """A day on which the clinic (or one branch) is closed, or open although it is an official holiday."""

    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(_("open all the same"), default=False)
    is_official = models.BooleanField(default=False)
    history = History()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [models.UniqueConstraint(fields=["date", "branch"], name="holiday_once", nulls_distinct=False)]
