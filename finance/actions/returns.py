"""What was billed is given back line by line: a credit note, then the money by the channel that it came through."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money
from finance.actions.credit_notes import Part, issue_credit_note
from finance.actions.drawers import drawer_for
from finance.actions.invoices import locked, refuse_sold_ahead, settle
from finance.actions.refunds import refund, tell_credit, way_back
from finance.models import REAL_MONEY, CreditNote, Invoice, Payment, PaymentMethod
from finance.queries.backs import Back, back_of
from finance.queries.credits import left_of
from finance.statuses import InvoiceStatus


@dataclass(frozen=True)
class Return:
    """One line that is given back (its id): an amount in the clinic's currency, and how many pieces of it."""

    line: int
    amount: Decimal
    quantity: Decimal = Decimal(0)


@action
def return_lines(
    *, invoice: Invoice, lines: Sequence[Return], reason: str, way: str = "", form_token: str = "", by: User | None
) -> CreditNote:
    """Take lines or parts of them off a bill; what is paid beyond the rest goes back, newest payment first.

    `way` is how money goes back where not as it came: into the credit, or a method. Repeatable by `form_token`. Raises
    Invalid for lines that cannot be, Conflict for a bill that is not open or sold something ahead, and where the
    payments cannot give back as much.
    """
    done = CreditNote.objects.filter(form_token=form_token).first() if form_token else None
    total = sum((line.amount for line in lines), Decimal(0))
    if not done:
        _hold_drawer(invoice, total, way, by)
    invoice = locked(invoice)
    done = done or (CreditNote.objects.filter(form_token=form_token).first() if form_token else None)
    if done:
        if done.invoice_id != invoice.pk:
            raise Conflict(_("This form was sent for another bill. Open the bill again."))
        return done
    if invoice.status not in (InvoiceStatus.ISSUED, InvoiceStatus.BALANCED):
        raise Conflict(_("This bill was taken back; nothing of it can be given back."), code="cancelled")
    refuse_sold_ahead(invoice)
    if not lines:
        raise Invalid(_("Choose what is given back."), field="lines")
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    own = {row.line.pk: row.line for row in left_of(invoice)}
    if any(line.line not in own for line in lines):
        raise Invalid(_("This bill has no such line."), field="lines")
    note = issue_credit_note(
        invoice=invoice, parts=[Part(own[line.line], line.amount, line.quantity) for line in lines], reason=reason,
        form_token=form_token, by=by,
    )  # fmt: skip
    lower(invoice, note, way, by)
    return note


def lower(invoice: Invoice, note: CreditNote, way: str, by: User | None) -> Invoice:
    """Lower a locked bill by a credit note: what is owed first, then money goes back. Raises Conflict if it cannot."""
    plan = back_of(invoice, note.amount)
    if plan.short:
        text = _("%(short)s cannot go back by itself: pay back the single payments, or give the cheque back.")
        raise Conflict(text % {"short": format_money(plan.short)}, code="short")
    for payment, part in plan.parts:
        refund(payment=payment, amount=part, reason=note.reason, note=note, way=_way(payment, way), by=by)
    rest = note.amount - sum((part for _payment, part in plan.parts), Decimal(0))
    invoice = locked(invoice)
    if rest:
        invoice.credited += rest
        invoice.save()
        invoice = settle(invoice=invoice, by=by)
    tell_credit(note)
    return invoice


def _way(payment: Payment, way: str) -> str:
    """Another way is for money only; points, sessions, cards and the credit go back to what they were."""
    cheque = payment.method == PaymentMethod.CHEQUE  # a cashed one: its money lies at the bank
    return way if payment.method in REAL_MONEY or cheque else ""


def _hold_drawer(invoice: Invoice, amount: Decimal, way: str, by: User | None) -> None:
    """The drawer that cash goes back from is locked before the bill, as everywhere."""
    parts = back_of(Invoice.objects.get(pk=invoice.pk), amount).parts
    if any((_way(payment, way) or payment.method) == PaymentMethod.CASH for payment, _part in parts):
        drawer_for(invoice.branch, PaymentMethod.CASH, by)


def goes(plan: Back, way: str) -> dict[str, Decimal]:
    """How much of a plan leaves by each channel, by its name in words."""
    found: dict[str, Decimal] = {}
    for payment, part in plan.parts:
        name = str(PaymentMethod(way_back(payment, _way(payment, way))).label)
        found[name] = found.get(name, Decimal(0)) + part
    return found
