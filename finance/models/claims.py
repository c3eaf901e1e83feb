"""Claims: what an insurer is asked for, what it answers line by line, what it pays."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange, money_field
from finance.models.insurance import Insurer, InsurerShare
from finance.models.ledger import Account
from finance.statuses import ClaimStatus


class Claim(Audited):
    """The shares of one insurer, branch and month that are asked for together (FHIR Claim)."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    status = models.CharField(max_length=12, choices=ClaimStatus.choices, default=ClaimStatus.DRAFT)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="claims")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    reference = models.CharField(_("reference of the insurer"), max_length=60, blank=True)
    history = History()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["branch", "-number"], name="claims_of_branch")]
        constraints = [
            models.CheckConstraint(condition=models.Q(first_day__lte=models.F("last_day")), name="claim_has_days"),
        ]


class ClaimStatusChange(StatusChange):
    """One move of a claim."""

    subject = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="moves")

    @property
    def word(self) -> str:
        """What it became."""
        return str(ClaimStatus(self.to_status).label)


class ClaimLine(Audited):
    """One share in a claim: asked, accepted, and what of the difference was settled with the patient or given up."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    share = models.ForeignKey(InsurerShare, on_delete=models.PROTECT, related_name="claim_lines")
    asked = money_field()
    accepted = money_field(null=True, blank=True)
    reason = models.CharField(_("reason of the insurer"), max_length=200, blank=True)
    settled = money_field(default=0)
    is_live = models.BooleanField(default=True)  # else it was taken out of the claim
    history = History()

    class Meta:
        verbose_name = _("line of a claim")
        verbose_name_plural = _("lines of claims")
        constraints = [
            models.UniqueConstraint(fields=["share"], condition=models.Q(is_live=True), name="share_claimed_once"),
            models.CheckConstraint(
                condition=models.Q(asked__gt=0, settled__gte=0)
                & (models.Q(accepted=None) | models.Q(accepted__gte=0, accepted__lte=models.F("asked"))),
                name="accepted_in_asked",
            ),
            models.CheckConstraint(
                condition=models.Q(settled=0) | models.Q(settled__lte=models.F("asked") - models.F("accepted")),
                name="settled_in_difference",
            ),
        ]

    @property
    def difference(self) -> Decimal:
        """What the insurer does not pay and nobody has dealt with yet."""
        return Decimal(0) if self.accepted is None else self.asked - self.accepted - self.settled


class DifferenceWay(models.TextChoices):
    PATIENT = "patient", _("The patient pays it")
    DISCOUNT = "discount", _("Discount for the patient")
    WRITE_OFF = "write_off", _("Written off")


class ClaimDifference(AppendOnly):
    """What became of a difference; its journals stand with the bill."""

    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="differences")
    way = models.CharField(max_length=10, choices=DifferenceWay.choices)
    amount = money_field()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("difference of a claim")
        verbose_name_plural = _("differences of claims")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="difference_positive")]


class ClaimPayment(AppendOnly):
    """Money of an insurer for a claim; `deducted` is what it kept for itself (tax, fees)."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="payments")
    amount = money_field()
    deducted = money_field(default=0)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("reference number"), max_length=60, blank=True)
    business_date = models.DateField()
    form_token = models.CharField(max_length=60, null=True, unique=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("payment of an insurer")
        verbose_name_plural = _("payments of insurers")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0, deducted__gte=0), name="claim_paid")]
