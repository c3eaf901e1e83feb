"""What patients agree to when they book, and what it costs them not to keep it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange, money_field
from scheduling.models.diary import Appointment
from scheduling.statuses import FeeStatus


class OfferMode(models.TextChoices):
    """How freed time is offered to the waitlist."""

    ONE = "one", _("One after the other")
    SEVERAL = "several", _("To several, the first wins")


class BookingRules(Audited):
    """The clinic's own rules of booking; one row, made when first changed."""

    only_one = models.BooleanField(default=True, unique=True, editable=False)
    no_show_limit = models.PositiveSmallIntegerField(_("missed visits before online booking stops"), default=0)
    no_show_days = models.PositiveSmallIntegerField(_("counted over days"), default=180)
    waitlist_on = models.BooleanField(_("freed time is offered to the waitlist"), default=True)
    waitlist_mode = models.CharField(_("offered"), max_length=10, choices=OfferMode.choices, default=OfferMode.ONE)
    waitlist_at_once = models.PositiveSmallIntegerField(_("people asked at once"), default=3)
    waitlist_minutes = models.PositiveSmallIntegerField(_("minutes to answer"), default=30)
    waitlist_stop_minutes = models.PositiveSmallIntegerField(_("no offers later than minutes before"), default=120)
    waitlist_days = models.PositiveSmallIntegerField(_("an entry lives days"), default=60)
    history = History()

    class Meta:
        verbose_name = _("rules of booking")
        verbose_name_plural = _("rules of booking")


class PolicyText(AppendOnly):
    """One version of the words that patients agree to, in both languages; the newest is in force."""

    version = models.PositiveIntegerField(unique=True)
    text_fa = models.TextField(_("in Persian"))
    text_en = models.TextField(_("in English"), blank=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("booking policy")
        verbose_name_plural = _("booking policies")


class PolicyAcceptance(AppendOnly):
    """What exactly was agreed to, when and from where (FHIR Consent)."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="acceptances")
    policy = models.ForeignKey(PolicyText, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()  # as it was shown: the clinic's words and the service's own terms
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ip = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("accepted policy")
        verbose_name_plural = _("accepted policies")


class FeeKind(models.TextChoices):
    LATE = "late", _("Cancelled late")
    NO_SHOW = "no_show", _("Did not come")


class MissFee(Audited):
    """What a late cancellation or a missed visit costs; a person charges or waives it, with a reason."""

    status = models.CharField(max_length=10, choices=FeeStatus.choices, default=FeeStatus.DUE)
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="fee")
    kind = models.CharField(max_length=10, choices=FeeKind.choices)
    amount = money_field(verbose_name=_("amount"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("fee for a missed visit")
        verbose_name_plural = _("fees for missed visits")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=0), name="fee_not_negative")]


class MissFeeStatusChange(StatusChange):
    """One move of a fee, with the reason given."""

    subject = models.ForeignKey(MissFee, on_delete=models.PROTECT, related_name="moves")
