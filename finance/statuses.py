"""Lives of invoices, payments, refunds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Unpaid")
    BALANCED = "balanced", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")


INVOICE_MOVES: dict[str, set[str]] = {
    InvoiceStatus.DRAFT: {InvoiceStatus.ISSUED, InvoiceStatus.CANCELLED},
    InvoiceStatus.ISSUED: {InvoiceStatus.BALANCED, InvoiceStatus.CANCELLED},
    InvoiceStatus.BALANCED: {InvoiceStatus.ISSUED, InvoiceStatus.CANCELLED},  # a payment taken back reopens it
    InvoiceStatus.CANCELLED: set(),
}


class PaymentStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    REVERSED = "reversed", _("Taken back")


PAYMENT_MOVES: dict[str, set[str]] = {
    PaymentStatus.RECEIVED: {PaymentStatus.REVERSED},
    PaymentStatus.REVERSED: set(),
}


class RefundStatus(models.TextChoices):
    PAID_OUT = "paid_out", _("Paid out")


REFUND_MOVES: dict[str, set[str]] = {RefundStatus.PAID_OUT: set()}
