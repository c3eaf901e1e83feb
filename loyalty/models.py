"""Points: lots that were earned, entries that say why, one balance that cannot fall below zero."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field


class LoyaltyRule(Audited):
    """The clinic's rules of points; the newest active row counts."""

    is_active = models.BooleanField(_("points are on"), default=True)
    money_per_point = money_field(verbose_name=_("money that earns one point"), default=Decimal(100000))
    point_value = money_field(verbose_name=_("worth of one point"), default=Decimal(1000))
    cap_percent = models.PositiveSmallIntegerField(_("at most this percent of an invoice"), default=20)
    months_valid = models.PositiveSmallIntegerField(_("months until points expire"), default=12)
    history = History()

    class Meta:
        verbose_name = _("rules of points")
        verbose_name_plural = _("rules of points")
        constraints = [
            models.CheckConstraint(condition=models.Q(money_per_point__gt=0, point_value__gte=0), name="rule_positive"),
            models.CheckConstraint(condition=models.Q(cap_percent__lte=100), name="rule_cap"),
        ]


class PointsAccount(models.Model):
    """The balance of a patient, locked by whoever changes it."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="points")
    balance = models.IntegerField(default=0)

    stays_on_merge = "The points go over by entries of the statement."

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(balance__gte=0), name="points_not_negative")]


class PointsLot(models.Model):
    """Points earned at one time; spent oldest expiry first. Their story is told by the entries."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="points_lots")
    earned_at = models.DateTimeField(db_default=Now())
    expires_on = models.DateField()
    earned = models.PositiveIntegerField()
    remaining = models.PositiveIntegerField()
    cause = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "patient"], name="lot_once"),
            models.CheckConstraint(condition=models.Q(remaining__lte=models.F("earned")), name="lot_remaining"),
        ]


class PointsKind(models.TextChoices):
    EARNED = "earned", _("Earned")
    REDEEMED = "redeemed", _("Used for payment")
    EXPIRED = "expired", _("Expired")
    REVERSED = "reversed", _("Taken back")
    RETURNED = "returned", _("Given back")
    ADJUSTED = "adjusted", _("Corrected")


class PointsEntry(AppendOnly):
    """One line of the statement, for the patient and the owner."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="points_entries")
    kind = models.CharField(max_length=10, choices=PointsKind.choices)
    points = models.IntegerField()
    balance_after = models.IntegerField()
    worth = money_field(default=0)  # of these points by the rule of that time
    at = models.DateTimeField(db_default=Now())
    cause = models.CharField(max_length=80)
    short = models.PositiveIntegerField(default=0)  # points to be taken back that had been spent already
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("points entry")
        verbose_name_plural = _("points entries")
        constraints = [models.UniqueConstraint(fields=["cause", "kind", "patient"], name="points_once")]
        indexes = [models.Index(fields=["patient", "-at"], name="points_statement")]
