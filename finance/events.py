"""What finance can say."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class InvoiceChanged:
    """A bill was `issued`, `cancelled`, or a `cheque` on it was cashed."""

    invoice_id: int
    what: str


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


@dataclass(frozen=True)
class DepositReturned:
    """A deposit, or what was left of it, went into the patient's credit."""

    deposit_id: int
    amount: Decimal


@dataclass(frozen=True)
class BillSent:
    """Somebody sends a bill to the patient by SMS."""

    sending_id: int


@dataclass(frozen=True)
class DebtReminded:
    """A patient is to be reminded of what she owes."""

    contact_id: int


@dataclass(frozen=True)
class InvoiceCancelled:
    """A bill was taken back; what it sold or used goes with it."""

    invoice_id: int


@dataclass(frozen=True)
class MembershipBilled:
    """The next period of a membership waits to be paid."""

    period_id: int


@dataclass(frozen=True)
class GiftGiven:
    """Somebody gets the code of a gift card: `code` in plain, for this message alone."""

    card_id: int
    code: str
    phone: str
    name: str


@dataclass(frozen=True)
class BillCredited:
    """A credit note took `lines` (ids of invoice lines, amounts above zero) off a bill."""

    note_id: int
    lines: tuple[tuple[int, Decimal], ...]
