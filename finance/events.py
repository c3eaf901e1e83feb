"""What finance can say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaymentReceived:
    payment_id: int


@dataclass(frozen=True)
class InvoicePaid:
    """Nothing is owed any more on this invoice."""

    invoice_id: int


@dataclass(frozen=True)
class PaymentRefunded:
    refund_id: int
