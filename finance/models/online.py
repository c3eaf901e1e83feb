"""Payments through the online gateway."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange, money_field
from finance.models.deposits import Deposit
from finance.models.documents import Invoice, Payment
from finance.models.kept import kept
from finance.statuses import OnlineStatus


class OnlinePayment(Audited):
    """One try to pay a deposit or a bill through the gateway. The row is there before the gateway hears of it."""

    status = models.CharField(max_length=10, choices=OnlineStatus.choices, default=OnlineStatus.STARTED)
    deposit = models.ForeignKey(Deposit, null=True, blank=True, on_delete=models.PROTECT, related_name="online")
    invoice = models.ForeignKey(Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="online")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    amount = money_field(verbose_name=_("amount"))
    merchant_id = models.CharField(max_length=40)  # in whose name it was asked, also after that changed
    token = models.CharField(max_length=43, unique=True)  # of our address that the gateway sends the patient back to
    authority = models.CharField(max_length=64, unique=True, null=True)  # the gateway's name of it
    reference = models.CharField(_("reference"), max_length=60, blank=True)  # the bank's
    card = models.CharField(_("card"), max_length=30, blank=True)  # masked
    problem = models.CharField(max_length=160, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)  # when the gateway is asked (again)
    payment = models.OneToOneField(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="online_payment"
    )
    history = History(excluded_fields=["token"])

    GUARD_SQL = kept("finance_onlinepayment", "deposit_id", "invoice_id", "branch_id", "amount", "merchant_id", "token")

    class Meta:
        verbose_name = _("online payment")
        verbose_name_plural = _("online payments")
        indexes = [
            models.Index(fields=["look_at"], name="online_to_ask", condition=models.Q(look_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="online_positive"),
            models.CheckConstraint(
                condition=models.Q(deposit__isnull=False, invoice__isnull=True)
                | models.Q(deposit__isnull=True, invoice__isnull=False),
                name="online_pays_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(status=OnlineStatus.PAID, payment__isnull=False)
                | models.Q(~models.Q(status=OnlineStatus.PAID), payment__isnull=True),
                name="paid_online_has_its_payment",
            ),
        ]


class OnlinePaymentStatusChange(StatusChange):
    """One move of an online payment."""

    subject = models.ForeignKey(OnlinePayment, on_delete=models.PROTECT, related_name="moves")


class GatewayAccount(Audited):
    """The clinic's own account with the gateway; one row, made when first set."""

    only_one = models.BooleanField(default=True, unique=True, editable=False)
    merchant_id = models.CharField(_("merchant id"), max_length=40, blank=True)
    is_on = models.BooleanField(_("patients may pay online"), default=True)
    history = History()

    class Meta:
        verbose_name = _("online gateway")
        verbose_name_plural = _("online gateways")
