"""Appointments and what they occupy."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange, money_field
from scheduling.models.setup import Mode, Practitioner, Room, Service
from scheduling.statuses import AppointmentStatus


class Source(models.TextChoices):
    SITE = "site", _("Clinic's site")
    PHONE = "phone", _("Phone")
    DESK = "desk", _("At the desk")
    WALK_IN = "walk_in", _("Walk-in")
    REFERRAL = "referral", _("Referral")
    CAMPAIGN = "campaign", _("Campaign")
    IMPORT = "import", _("Import")


class GroupSession(Audited):
    """A time that several patients share: a group, or a block in which numbers in line are given out.

    It takes doctor, room and devices once; each appointment in it takes a seat, `s:<session>:<seat>`, which the same
    constraint gives to one only. It is made by the first who books and leaves the time with the last.
    """

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="sessions")
    # None for a block of numbers in line: each patient comes for something else.
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveSmallIntegerField(_("people at once"))
    history = History()

    class Meta:
        verbose_name = _("group session")
        verbose_name_plural = _("group sessions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity__gt=0, ends_at__gt=models.F("starts_at")), name="session_sane"
            ),
            models.UniqueConstraint(
                fields=["practitioner", "branch", "service", "starts_at"], nulls_distinct=False, name="session_once"
            ),
        ]


class Series(Audited):
    """Appointments that were booked in one go, every so many days (FHIR: the same planned care again and again)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("starts"))
    every_days = models.PositiveSmallIntegerField(_("every so many days"))
    times = models.PositiveSmallIntegerField(_("times"))
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History()

    class Meta:
        verbose_name = _("series of appointments")
        verbose_name_plural = _("series of appointments")
        constraints = [
            models.CheckConstraint(condition=models.Q(every_days__gt=0, times__gt=0), name="series_positive")
        ]


class Appointment(Audited):
    """A promised time (FHIR Appointment). A hold is one without a patient; nothing is ever deleted.

    `starts_at`–`ends_at` is what the patient is told; with the buffers it is what doctor and room are occupied by.
    """

    # What an index below begins with, or nobody looks for, has none of its own: a booking pays for each.
    status = models.CharField(max_length=20, choices=AppointmentStatus.choices)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    # Minutes around it for which doctor and room are taken too, as when it was booked; None is as the service says.
    buffer_before = models.PositiveSmallIntegerField(_("minutes kept free before"), null=True)
    buffer_after = models.PositiveSmallIntegerField(_("minutes kept free after"), null=True)
    # What was promised on paper: the wall time and its zone, whatever becomes of the zone's rules.
    wall_time = models.DateTimeField(null=True)  # filled by the action, kept as if UTC
    time_zone = models.CharField(max_length=50)
    price = money_field(verbose_name=_("price when booked"), default=0)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=64, blank=True, default="")  # hash of the holder's secret or the account
    held_from = models.GenericIPAddressField(null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.DESK)
    campaign = models.JSONField(default=dict, blank=True)  # utm_* of the link that brought her
    referred_by = models.CharField(_("referred by"), max_length=120, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    link_token = models.CharField(max_length=43)  # the patient's link: /a/<token>/
    successor = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessor"
    )
    cancelled_by_patient = models.BooleanField(null=True)
    was_late_cancel = models.BooleanField(default=False)
    override_reason = models.CharField(max_length=200, blank=True)
    mode = models.CharField(_("where"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    session = models.ForeignKey(
        GroupSession, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    seat = models.PositiveSmallIntegerField(null=True, blank=True)  # in a block of numbers: the number in line
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    bundle = models.UUIDField(null=True, blank=True)  # booked together: several services, or a parent and a child
    moves_by_patient = models.PositiveSmallIntegerField(default=0)  # goes with the patient to each successor
    deposit = money_field(verbose_name=_("deposit"), default=0)  # asked for when booked
    deposit_settled_at = models.DateTimeField(null=True, blank=True)  # paid, or the clinic does without
    needs_approval = models.BooleanField(default=False)  # until somebody approves
    intake = models.CharField(
        _("form before the visit"), max_length=10, blank=True, default="", editable=False
    )  # how far her form is
    on_my_way_at = models.DateTimeField(null=True, blank=True)
    on_my_way_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # from then until she is here
    external_id = models.CharField(max_length=80, blank=True, default="")
    history = History(excluded_fields=["link_token", "intake"])

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [
            models.Index(fields=["practitioner", "starts_at"], name="diary_of_practitioner"),
            models.Index(fields=["branch", "starts_at"], name="diary_of_branch"),
            models.Index(fields=["patient", "-starts_at"], name="diary_of_patient"),
            models.Index(fields=["series"], name="visits_of_series", condition=models.Q(series__isnull=False)),
            models.Index(fields=["-starts_at"], name="booked_over", condition=~models.Q(override_reason="")),
            models.Index(fields=["session"], name="seats_of", condition=models.Q(session__isnull=False)),
            models.Index(fields=["room"], name="visits_in_room", condition=models.Q(room__isnull=False)),
            models.Index(fields=["bundle"], name="booked_together", condition=models.Q(bundle__isnull=False)),
            models.Index(
                fields=["hold_expires_at"],
                name="expiring_holds",
                condition=models.Q(status__in=[AppointmentStatus.HELD, AppointmentStatus.PENDING]),
            ),
            models.Index(
                fields=["held_from", "-created_at"],
                name="holds_from_address",
                condition=models.Q(held_from__isnull=False),
            ),
        ]
        constraints = [
            # Not `unique=True`, which brings a second index for beginnings of words that nobody looks for.
            models.UniqueConstraint(fields=["link_token"], name="one_link_each"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="appointment_forward"),
            models.CheckConstraint(
                condition=models.Q(patient__isnull=False)
                | models.Q(status__in=[AppointmentStatus.HELD, AppointmentStatus.EXPIRED, AppointmentStatus.CANCELLED]),
                name="only_holds_lack_a_patient",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="appointment_imported_once"
            ),
        ]


class AppointmentStatusChange(StatusChange):
    """One move of an appointment."""

    subject = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="appointment_moves")]


class Occupancy(models.Model):
    """A resource is taken for a time: the database itself refuses two at once.

    `resource` is `d:<practitioner>`, `r:<room>`, `e:<device>`, `s:<session>:<seat>` or `p:<patient>` (the patient's
    without buffers), taken by an appointment or by a group session. An override is kept outside the constraint.
    """

    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.CASCADE, related_name="occupancies")
    session = models.ForeignKey(
        GroupSession, null=True, on_delete=models.CASCADE, related_name="occupancies", db_index=False
    )
    resource = models.CharField(max_length=40)
    interval = DateTimeRangeField()
    is_override = models.BooleanField(default=False)

    class Meta:
        # The exclusion constraint's own index holds no overrides.
        indexes = [
            models.Index(fields=["resource"], name="overrides_of", condition=models.Q(is_override=True)),
            models.Index(fields=["session"], name="time_of_session", condition=models.Q(session__isnull=False)),
        ]
        constraints = [
            ExclusionConstraint(
                name="one_at_a_time",
                expressions=[("resource", RangeOperators.EQUAL), ("interval", RangeOperators.OVERLAPS)],
                condition=models.Q(is_override=False),
            ),
            models.CheckConstraint(
                condition=models.Q(appointment__isnull=False, session__isnull=True)
                | models.Q(appointment__isnull=True, session__isnull=False),
                name="taken_by_one",
            ),
        ]
