"""Who wants an earlier or any time, and what was offered to whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange
from scheduling.models.diary import Appointment, Source
from scheduling.models.freed import FreedTime
from scheduling.models.setup import Practitioner, Service
from scheduling.statuses import LIVE_ENTRIES, LIVE_OFFERS, OfferStatus, WaitlistStatus


class WaitlistEntry(Audited):
    """A wish for a time; an empty preference means any. One live entry a patient and service."""

    status = models.CharField(max_length=12, choices=WaitlistStatus.choices, default=WaitlistStatus.WAITING)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="waitlist_entries")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)  # Monday is 0
    from_time = models.TimeField(_("not before"), null=True, blank=True)
    until_time = models.TimeField(_("not after"), null=True, blank=True)
    first_day = models.DateField(_("from"), null=True, blank=True)
    last_day = models.DateField(_("until"), null=True, blank=True)
    notice_minutes = models.PositiveIntegerField(_("needs so many minutes to come"), default=60)
    party_size = models.PositiveSmallIntegerField(_("people"), default=1)
    # Who comes along, where that is known; together with the patient never more than the people.
    companions: models.ManyToManyField = models.ManyToManyField(Patient, blank=True, related_name="+")
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.DESK)
    campaign = models.JSONField(default=dict, blank=True)  # utm_* of the link that brought her
    instead_of = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="wishes")
    booked = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(db_default=Now())
    last_offered_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(_("kept until"))
    link_token = models.CharField(max_length=43, unique=True)  # the patient's link: /w/<token>/
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History(excluded_fields=["link_token"])

    class Meta:
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist")
        indexes = [
            models.Index(
                fields=["service", "-priority", "joined_at"],
                name="waiting_for",
                condition=models.Q(status=WaitlistStatus.WAITING),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "service"], condition=models.Q(status__in=LIVE_ENTRIES), name="one_live_entry"
            ),
            models.CheckConstraint(condition=models.Q(party_size__gt=0), name="party_positive"),
        ]


class WaitlistStatusChange(StatusChange):
    """One move of an entry."""

    subject = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="moves")


class WaitlistOffer(Audited):
    """A freed time, held for one entry (or several, where the first wins) until a deadline. Used once."""

    status = models.CharField(max_length=12, choices=OfferStatus.choices, default=OfferStatus.OFFERED)
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="offers")
    hold = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="offers")
    time = models.ForeignKey(FreedTime, on_delete=models.PROTECT, related_name="offers")
    round = models.PositiveSmallIntegerField(default=1)
    tell_at = models.DateTimeField()  # when the message goes out
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=43, unique=True)  # the link of the message: /o/<token>/
    history = History(excluded_fields=["token"])

    class Meta:
        verbose_name = _("waitlist offer")
        verbose_name_plural = _("waitlist offers")
        indexes = [
            models.Index(fields=["expires_at"], name="open_offers", condition=models.Q(status__in=LIVE_OFFERS)),
            models.Index(fields=["hold"], name="offers_of_hold"),
            models.Index(fields=["time"], name="offers_of_time"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(status__in=LIVE_OFFERS), name="one_offer_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["hold"], condition=models.Q(status=OfferStatus.ACCEPTED), name="first_offer_wins"
            ),
            models.UniqueConstraint(
                fields=["time"], condition=models.Q(status=OfferStatus.ACCEPTED), name="one_freed_time_one_offer"
            ),
        ]


class WaitlistOfferStatusChange(StatusChange):
    """One move of an offer."""

    subject = models.ForeignKey(WaitlistOffer, on_delete=models.PROTECT, related_name="moves")


class Reason(models.TextChoices):
    """Why somebody who waits was not asked: the whole list."""

    DOCTOR = "doctor", _("Wants another doctor")
    BRANCH = "branch", _("Wants another branch")
    WEEKDAY = "weekday", _("Cannot come on this weekday")
    HOURS = "hours", _("Cannot come at this hour")
    DAYS = "days", _("Wants another date")
    NOTICE = "notice", _("Too soon for her to come")
    LENGTH = "length", _("The time is too short for the service")
    PARTY = "party", _("Not room for everybody")
    BUSY = "busy", _("Has another visit then")
    NOT_EARLIER = "not_earlier", _("Not earlier than her visit")
    HAD_IT = "had_it", _("Had this time and left it")
    ASKED_BEFORE = "asked_before", _("Was asked for this time before")
    OFFERED = "offered", _("Answers another offer just now")
    NO_PHONE = "no_phone", _("Has no mobile number")
    POLICY = "policy", _("The clinic's rules do not allow it")
    BEHIND = "behind", _("Somebody before her was asked")


class WaitlistSkip(AppendOnly):
    """Why a freed time was not offered to somebody who waits; each reason once a time."""

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="skips")
    time = models.ForeignKey(FreedTime, on_delete=models.PROTECT, related_name="skips")
    starts_at = models.DateTimeField()
    reason = models.CharField(max_length=30, choices=Reason.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reason for no offer")
        verbose_name_plural = _("reasons for no offer")
        constraints = [models.UniqueConstraint(fields=["entry", "time", "reason"], name="skip_once")]
