"""Invoices, payments, refunds: issued once, corrected by documents of their own."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange, money_field, quantity_field
from finance.models.channels import PayPoint
from finance.models.kept import kept
from finance.models.ledger import Account
from finance.models.shifts import Shift
from finance.statuses import InvoiceStatus, PaymentStatus, RefundStatus
from inventory.models import Item
from scheduling.models import Practitioner, Service, Visit


class Bearer(models.TextChoices):
    """Who earns less by a discount; what is shared is shared in halves."""

    CLINIC = "clinic", _("the clinic")
    DOCTOR = "doctor", _("the doctor")
    SPLIT = "split", _("both, half each")


class Invoice(Audited):
    """A bill (FHIR Invoice). Its lines are copies; a cancelled one makes room for another of the same cause."""

    number = models.PositiveIntegerField(_("number"), null=True, unique=True)
    status = models.CharField(max_length=20, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invoices")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="invoices")
    cause = models.CharField(max_length=80)
    issued_at = models.DateTimeField(null=True, blank=True)
    business_date = models.DateField(null=True, blank=True)
    subtotal = money_field(default=0)
    discount = money_field(default=0)
    tax = money_field(default=0)
    total = money_field(default=0)
    paid = money_field(default=0)
    credited = money_field(default=0)  # given back on this bill: credit notes, and what was written off
    written_off = money_field(default=0)  # of that, what is not expected to be paid any more
    public_token = models.CharField(max_length=43, unique=True)  # the patient's link: /bill/<token>/
    note = models.CharField(max_length=200, blank=True)
    history = History(excluded_fields=["public_token"])

    GUARD_SQL = kept(
        "finance_invoice", "number", "branch_id", "cause", "issued_at", "business_date", "subtotal",
        "discount", "total", once="OLD.number IS NOT NULL",
    )  # fmt: skip

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="invoices_of_patient"),
            models.Index(fields=["branch", "business_date"], name="invoices_of_day"),
            models.Index(fields=["patient"], name="invoices_open", condition=models.Q(status=InvoiceStatus.ISSUED)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(written_off__gte=0, written_off__lte=models.F("credited")),
                name="written_off_in_credited",
            ),
            models.CheckConstraint(
                condition=models.Q(paid__gte=0, credited__gte=0, paid__lte=models.F("total") - models.F("credited")),
                name="paid_in_total",
            ),
            models.UniqueConstraint(
                fields=["cause"], condition=~models.Q(status=InvoiceStatus.CANCELLED), name="invoice_once"
            ),
            models.UniqueConstraint(
                fields=["visit"], condition=~models.Q(status=InvoiceStatus.CANCELLED), name="invoice_of_visit"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=InvoiceStatus.BALANCED)
                | models.Q(paid=models.F("total") - models.F("credited")),
                name="balanced_owes_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(total=models.F("subtotal") - models.F("discount") + models.F("tax")),
                name="invoice_adds_up",
            ),
        ]

    @property
    def due(self) -> Decimal:
        """What is still owed, in the clinic's currency."""
        return Decimal(0) if self.status == InvoiceStatus.CANCELLED else self.total - self.credited - self.paid

    @property
    def given_back(self) -> Decimal:
        """What credit notes took off it."""
        return self.credited - self.written_off

    @property
    def pay_state(self) -> str:
        """The mark beside it: unpaid, part, paid or written off."""
        if self.written_off and self.due <= 0:
            return "written_off"
        return "paid" if self.due <= 0 else "part" if self.paid else "unpaid"


class InvoiceLine(Audited):
    """A copy of what was sold and where its price came from (FHIR ChargeItem); frozen when the invoice is issued."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    quantity = quantity_field(default=1)
    unit_price = money_field()
    price_source = models.CharField(max_length=60)  # service:3, offer:7, item:2, manual
    discount = money_field(default=0)
    discount_reason = models.CharField(max_length=120, blank=True)
    discount_bearer = models.CharField(max_length=8, choices=Bearer.choices, default=Bearer.CLINIC)
    tax = money_field(default=0)
    total = money_field()
    insured = money_field(default=0)  # of that, what insurers were to pay when it was issued
    history = History()

    GUARD_SQL = kept(
        "finance_invoiceline", "invoice_id", "service_id", "item_id", "name", "quantity", "unit_price",
        "price_source", "discount", "discount_bearer", "total",
    )  # fmt: skip

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0, unit_price__gte=0), name="line_positive"),
            models.CheckConstraint(condition=models.Q(discount__gte=0, total__gte=0), name="line_discount"),
        ]


class PaymentMethod(models.TextChoices):
    CASH = "cash", _("Cash")
    CARD = "card", _("Card terminal")
    CARD_TO_CARD = "card_to_card", _("Card to card")
    TRANSFER = "transfer", _("Bank transfer")
    CHEQUE = "cheque", _("Cheque")
    ONLINE = "online", _("Online")
    WALLET = "wallet", _("Patient's credit")
    DEPOSIT = "deposit", _("Deposit paid before")
    POINTS = "points", _("Points")
    PACKAGE = "package", _("Package")
    GIFT = "gift_card", _("Gift card")
    INSURER = "insurer", _("Insurer")


# A cheque is a promise until the bank has paid it.
REAL_MONEY = {
    PaymentMethod.CASH,
    PaymentMethod.CARD,
    PaymentMethod.CARD_TO_CARD,
    PaymentMethod.TRANSFER,
    PaymentMethod.ONLINE,
}


class Payment(Audited):
    """Money received (FHIR PaymentReconciliation): on an invoice, else on an appointment's deposit where `deposit` is
    named, else into the patient's credit. With both, the deposit pays the invoice.
    """

    status = models.CharField(max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.RECEIVED)
    invoice = models.ForeignKey(Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="payments")
    deposit = models.ForeignKey(
        "finance.Deposit", null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="payments")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(_("method"), max_length=12, choices=PaymentMethod.choices)
    amount = money_field(verbose_name=_("amount"))
    tendered = money_field(verbose_name=_("handed over"), null=True, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveIntegerField(null=True, blank=True)
    refunded = money_field(default=0)  # the sum of its refunds
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    point = models.ForeignKey(PayPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="payments")
    last4 = models.CharField(_("last four digits of her card"), max_length=4, blank=True)
    received_at = models.DateTimeField(db_default=Now())
    business_date = models.DateField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, null=True, blank=True, on_delete=models.PROTECT, related_name="payments")
    form_token = models.CharField(max_length=70, unique=True, null=True)  # a double click pays once
    history = History()

    GUARD_SQL = kept(
        "finance_payment", "branch_id", "method", "amount", "tendered", "account_id", "points", "received_at",
        "business_date", "received_by_id", "shift_id", "form_token",
    )  # fmt: skip

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=models.Q(refunded__gte=0, refunded__lte=models.F("amount")), name="refunds_in_payment"
            ),
            models.CheckConstraint(
                condition=models.Q(tendered__isnull=True) | models.Q(tendered__gte=models.F("amount")),
                name="tendered_covers_payment",
            ),
            models.CheckConstraint(
                condition=~models.Q(method=PaymentMethod.DEPOSIT)
                | models.Q(deposit__isnull=False, invoice__isnull=False),
                name="deposit_pays_a_bill",
            ),
        ]
        indexes = [models.Index(fields=["branch", "business_date"], name="payments_of_day")]

    @property
    def left(self) -> Decimal:
        """What can still be paid back of it."""
        return self.amount - self.refunded

    @property
    def insurer_name(self) -> str:
        """Whose share it is."""
        share = self.shares.select_related("insurer").first()
        return share.insurer.name if share else self.get_method_display()

    @property
    def change(self) -> Decimal:
        """What was handed back of the cash."""
        return (self.tendered or self.amount) - self.amount


class Refund(Audited):
    """Money paid back, by the channel really used (`method`), never more than was paid; `note` says what for."""

    status = models.CharField(max_length=20, choices=RefundStatus.choices, default=RefundStatus.PAID_OUT)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    method = models.CharField(_("method"), max_length=12, choices=PaymentMethod.choices)
    note = models.ForeignKey(
        "finance.CreditNote", null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    amount = money_field(verbose_name=_("amount"))
    reason = models.CharField(_("reason"), max_length=200)
    is_credit = models.BooleanField(default=True)  # the bill is reduced too; else it is owed again
    form_token = models.CharField(max_length=64, unique=True, null=True)
    business_date = models.DateField()
    refunded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds")
    history = History()

    GUARD_SQL = kept(
        "finance_refund", "payment_id", "method", "note_id", "amount", "reason", "is_credit", "business_date",
        "refunded_at", "by_id", "shift_id",
    )  # fmt: skip

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_positive")]


class InvoiceStatusChange(StatusChange):
    """One move of an invoice."""

    subject = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="moves")


class PaymentStatusChange(StatusChange):
    """One move of a payment."""

    subject = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="moves")


class RefundStatusChange(StatusChange):
    """One move of a refund."""

    subject = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="moves")
