"""Money that is promised: instalments of a bill, and cheques that are due later."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange, money_field
from finance.models.documents import Invoice, Payment
from finance.models.kept import kept
from finance.statuses import ChequeStatus, PlanStatus


class PaymentPlan(Audited):
    """How a bill is to be paid in parts. What is paid of it is read from the bill, the earliest part first."""

    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.RUNNING)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="plans")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="payment_plans")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    total = money_field()  # owed when it was agreed; what is paid of it is this less what is owed now
    note = models.CharField(_("note"), max_length=200, blank=True)
    history = History()

    GUARD_SQL = kept("finance_paymentplan", "invoice_id", "branch_id", "total")

    class Meta:
        verbose_name = _("payment plan")
        verbose_name_plural = _("payment plans")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(status=PlanStatus.RUNNING), name="one_plan_of_a_bill"
            ),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="plan_positive"),
        ]


class PaymentPlanStatusChange(StatusChange):
    """One move of a payment plan."""

    subject = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="moves")


class Instalment(AppendOnly):
    """One part of a plan: a day and an amount. Another agreement is another plan."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="instalments")
    place = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due on"))
    amount = money_field()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["plan", "place"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "place"], name="instalment_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="instalment_positive"),
        ]
        indexes = [models.Index(fields=["due_on"], name="instalments_by_day")]


class Cheque(Audited):
    """A cheque that was taken for a bill. Its payment stands while the cheque may still be paid."""

    status = models.CharField(max_length=10, choices=ChequeStatus.choices, default=ChequeStatus.IN_HAND)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="cheque")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cheques")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    bank = models.CharField(_("bank"), max_length=60)
    number = models.CharField(_("number"), max_length=30)
    national_number = models.CharField(_("Sayad number"), max_length=16, blank=True)
    holder = models.CharField(_("account of"), max_length=120, blank=True)
    due_on = models.DateField(_("due on"))
    amount = money_field()
    history = History()

    GUARD_SQL = kept("finance_cheque", "payment_id", "branch_id", "amount")

    class Meta:
        verbose_name = _("cheque")
        verbose_name_plural = _("cheques")
        indexes = [models.Index(fields=["branch", "due_on"], name="cheques_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "number"],
                condition=models.Q(status__in=[ChequeStatus.IN_HAND, ChequeStatus.DEPOSITED, ChequeStatus.CLEARED]),
                name="cheque_taken_once",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="cheque_positive"),
        ]


class ChequeStatusChange(StatusChange):
    """One move of a cheque."""

    subject = models.ForeignKey(Cheque, on_delete=models.PROTECT, related_name="moves")
    business_date = models.DateField()
