"""Doctors' wallets: what changes them, and payouts."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.models import AppendOnly, money_field
from finance.models.commissions import Commission
from finance.models.ledger import Account, Journal
from scheduling.models import Practitioner


class Payout(AppendOnly):
    """What a doctor was paid out of the wallet; never changed, a reversal corrects it."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="payouts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(null=True)  # none: from the beginning
    last_day = models.DateField()
    business_date = models.DateField()
    amount = money_field()
    money = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("reference number"), max_length=60, blank=True)
    form_token = models.CharField(max_length=80, null=True, unique=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="payout_above_zero")]


class PayoutReversal(AppendOnly):
    """A payout taken back: its amount is in the wallet again."""

    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="reversal")
    business_date = models.DateField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class WalletMoveKind(models.TextChoices):
    EARNED = "earned", _("Earned")
    REVERSED = "reversed", _("Taken back")
    ADJUSTED = "adjusted", _("Corrected by hand")
    PAID = "paid", _("Paid out")
    UNPAID = "unpaid", _("Payout taken back")


class WalletMove(AppendOnly):
    """One change of a doctor's wallet, each cause once: `amount` of what the clinic owes, `released` of what may be
    paid from `payable_on` on. The wallet is the sum of its moves, and equals the doctor's lines in the books.
    """

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="wallet_moves")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=WalletMoveKind.choices)
    cause = models.CharField(max_length=100, unique=True)
    commission = models.ForeignKey(Commission, null=True, on_delete=models.PROTECT, related_name="moves")
    payout = models.ForeignKey(Payout, null=True, on_delete=models.PROTECT, related_name="moves")
    amount = money_field()
    released = money_field(default=0)
    payable_on = models.DateField()
    business_date = models.DateField()
    journal = models.ForeignKey(Journal, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("move of a doctor’s wallet")
        verbose_name_plural = _("moves of doctors’ wallets")
        indexes = [models.Index(fields=["practitioner", "business_date", "id"], name="wallet_by_day")]
