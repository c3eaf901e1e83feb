"""How money would go back for a reduction of a bill."""

from dataclasses import dataclass, field
from decimal import Decimal

from finance.models import Invoice, Payment, PaymentMethod
from finance.statuses import ChequeStatus

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Back:
    """How an amount would go back: parts of payments, and what finds none."""

    parts: list[tuple[Payment, Decimal]] = field(default_factory=list)
    short: Decimal = NOTHING


def back_of(invoice: Invoice, amount: Decimal) -> Back:
    """How money goes back for a reduction: only beyond what is still owed, newest payment first, points last.

    A cheque that is not cashed goes back itself and by hand; sessions and points go back whole.
    """
    need = max(NOTHING, amount - invoice.due)
    parts: list[tuple[Payment, Decimal]] = []
    rows = invoice.payments.select_related("cheque").order_by("-pk")
    for payment in sorted((row for row in rows if row.left), key=lambda row: row.method == PaymentMethod.POINTS):
        part = _whole(payment, min(need, payment.left))
        if part:
            parts.append((payment, part))
            need -= part
    return Back(parts, need)


def _whole(payment: Payment, part: Decimal) -> Decimal:
    """As much of it as this payment can give back."""
    if payment.method == PaymentMethod.POINTS and payment.points:
        one = payment.amount / payment.points
        return (part // one) * one
    if payment.method in (PaymentMethod.PACKAGE, PaymentMethod.INSURER):
        return part if part == payment.amount else NOTHING
    if payment.method == PaymentMethod.CHEQUE and payment.cheque.status != ChequeStatus.CLEARED:
        return NOTHING
    return part
