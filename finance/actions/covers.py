"""What insurers pay of a bill: resolved once when it is issued, each with a payment of its own on the bill.

So reopening, cancelling and the day's figures need no second way. Locks: the number of bills, the bill, the payment.
"""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from finance.actions.invoices import SOLD_AHEAD, locked, settle
from finance.actions.ledger import take_turn
from finance.actions.payments import Received, write_payment
from finance.actions.refunds import refund
from finance.models import Insurer, InsurerShare, Invoice, InvoiceLine, PaymentMethod
from finance.queries.covers import Part, Priced, resolve
from finance.queries.days import today
from finance.statuses import InvoiceStatus


@action
def cover_invoice(*, invoice: Invoice, by: User | None) -> Invoice:
    """Let the patient's insurers pay their shares of an open bill; what is left is hers. Repeatable: once they pay,
    they pay no second time. Nothing happens without a valid policy and contract, and on what is sold ahead or a fee.
    """
    take_turn("invoice-number")  # two bills of one policy share its ceiling
    invoice = locked(invoice)
    standing = [row for row in invoice.payments.filter(method=PaymentMethod.INSURER) if row.left]
    if standing or invoice.status != InvoiceStatus.ISSUED or invoice.cause.startswith((*SOLD_AHEAD, "fee:")):
        return invoice
    lines = list(invoice.lines.select_related("service").order_by("pk"))
    room = invoice.due
    for line in lines:
        line.insured = Decimal(0)
    parts = resolve(invoice.patient, [Priced(line.service, line.quantity, line.total) for line in lines], _day(invoice))
    for insurer in dict.fromkeys(part.coverage.insurer for part in parts):
        own = [part for part in parts if part.coverage.insurer == insurer]
        if _sum(own) > room:  # something else has paid so much that the shares have no place
            break
        _pay(invoice, insurer, own, lines, by)
        room -= _sum(own)
    return settle(invoice=invoice, by=by)


def _sum(parts: list[Part]) -> Decimal:
    return sum((part.amount for part in parts), Decimal(0))


def _day(invoice: Invoice) -> dt.date:
    return invoice.business_date or today(invoice.branch)


def _pay(invoice: Invoice, insurer: Insurer, parts: list[Part], lines: list[InvoiceLine], by: User | None) -> None:
    number, amount = parts[0].coverage.number, _sum(parts)
    received = Received(PaymentMethod.INSURER, amount, reference=number[:60], insurer=insurer)
    payment = write_payment(received, amount, patient=invoice.patient, branch=invoice.branch, invoice=invoice, by=by)
    for part in parts:
        line = lines[part.place]
        InsurerShare(
            line=line, invoice=invoice, payment=payment, coverage=part.coverage, insurer=insurer, terms=part.terms,
            number=number, base=part.base, percent=part.percent, amount=part.amount,
        ).save(force_insert=True)  # fmt: skip
        line.insured += part.amount
        line.save()
    invoice.paid += amount
    invoice.save()


@action
def uncover_invoice(*, invoice: Invoice, by: User | None) -> Invoice:
    """Let the patient pay a bill without her insurance. Raises Conflict where a share was claimed already."""
    invoice = locked(invoice)
    if invoice.status == InvoiceStatus.CANCELLED:
        raise Conflict(_("This bill was cancelled."), code="cancelled")
    reason = _("Without insurance")
    for payment in invoice.payments.filter(method=PaymentMethod.INSURER).order_by("pk"):
        if payment.left:
            refund(payment=payment, amount=payment.left, reason=reason, credit=False, by=by)
    return locked(invoice)
