"""Gift cards: money paid ahead for whoever knows the code."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange, money_field
from finance.models.documents import Invoice
from finance.models.kept import kept
from finance.statuses import GiftStatus


class GiftRules(Audited):
    """How long gift cards of this clinic are valid; one row, made when first set."""

    only_one = models.BooleanField(default=True, unique=True, editable=False)
    valid_months = models.PositiveSmallIntegerField(_("months a gift card is valid"), default=0)  # 0: without an end
    is_on = models.BooleanField(_("gift cards are sold"), default=True)
    history = History()

    class Meta:
        verbose_name = _("rules of gift cards")
        verbose_name_plural = _("rules of gift cards")


class GiftCard(Audited):
    """A gift card that was sold. Its code is kept as a hash under the clinic's key; only its end can be shown again."""

    status = models.CharField(max_length=10, choices=GiftStatus.choices, default=GiftStatus.ACTIVE)
    buyer = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="gift_cards")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="gift_card")
    code_hash = models.CharField(max_length=64, unique=True)
    code_end = models.CharField(_("code ends with"), max_length=4)
    value = money_field(verbose_name=_("value"))
    balance = money_field(verbose_name=_("balance"))
    sold_on = models.DateField(_("sold on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    greeting = models.CharField(_("greeting"), max_length=120, blank=True)
    history = History(excluded_fields=["code_hash"])

    GUARD_SQL = kept("finance_giftcard", "branch_id", "invoice_id", "value", "sold_on")

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(balance__gte=0, balance__lte=models.F("value"), value__gt=0), name="gift_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.code_end}"

    @property
    def used(self) -> Decimal:
        """What was paid with it."""
        return self.value - self.balance


class GiftCardStatusChange(StatusChange):
    """One move of a gift card."""

    subject = models.ForeignKey(GiftCard, on_delete=models.PROTECT, related_name="status_moves")
