"""Bills: issued once per cause, corrected by documents of their own."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.money import format_money, quantise
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from clinic.shared.tenancy import current_clinic
from finance.actions.ledger import Entry, post, reverse, take_turn
from finance.events import InvoiceCancelled, InvoiceChanged, InvoicePaid
from finance.models import Bearer, Invoice, InvoiceLine, InvoiceStatusChange, Journal
from finance.queries.credits import SOLD_AHEAD
from finance.queries.days import today
from finance.statuses import INVOICE_MOVES, InvoiceStatus
from inventory.models import Item
from scheduling.models import Practitioner, Service, Visit

MOST = Decimal(10) ** 13  # more than any bill; keeps every sum far from the edge of its column


@dataclass(frozen=True)
class Draft:
    """A line to be billed; amounts in the clinic's currency, `discount` of the whole line."""

    name: str
    unit_price: Decimal
    price_source: str
    quantity: Decimal = Decimal(1)
    discount: Decimal = Decimal(0)
    discount_reason: str = ""
    discount_bearer: str = Bearer.CLINIC
    is_fee: bool = False  # for a visit that was not
    rule: str = ""  # of postings, for what is sold ahead: its price less the discount
    service: Service | None = None
    item: Item | None = None
    practitioner: Practitioner | None = None

    @property
    def gross(self) -> Decimal:
        """Quantity times price, in whole smallest units of the currency."""
        return quantise(self.quantity * self.unit_price, current_clinic().currency)


@action
def issue_invoice(
    *,
    patient: Patient,
    branch: Branch,
    lines: Sequence[Draft],
    cause: str,
    visit: Visit | None = None,
    note: str = "",
    business_date: dt.date | None = None,
    by: User | None,
) -> Invoice:
    """Issue a bill with the next number of the clinic, and post what is owed; one of zero is balanced at once. It is of
    today's business day unless another one is given.

    Repeatable by cause. Raises Invalid with the field of the line that cannot be billed.
    """
    _check_lines(lines)
    take_turn("invoice-number")  # numbers have no gaps: the next waits until this one is committed or gone
    standing = Invoice.objects.filter(cause=cause).exclude(status=InvoiceStatus.CANCELLED).first()
    if standing:
        return standing
    subtotal = sum((line.gross for line in lines), Decimal(0))
    discount = sum((line.discount for line in lines), Decimal(0))
    invoice = Invoice(
        patient=patient,
        branch=branch,
        visit=visit,
        cause=cause,
        note=note,
        subtotal=subtotal,
        discount=discount,
        total=subtotal - discount,
        public_token=secrets.token_urlsafe(24),
    )
    invoice.save()
    for line in lines:
        _copy(invoice, line)
    last = Invoice.objects.aggregate(last=Max("number"))["last"] or 0
    invoice = _move(
        invoice,
        InvoiceStatus.ISSUED,
        by,
        number=last + 1,
        issued_at=timezone.now(),
        business_date=business_date or today(branch),
    )
    _post_issue(invoice, lines, by)
    publish(InvoiceChanged(invoice.pk, "issued"))
    return settle(invoice=invoice, by=by)


@action
def settle(*, invoice: Invoice, by: User | None) -> Invoice:
    """Mark a bill as paid when nothing is owed any more, and say so; once for each time that it becomes paid."""
    tell("money", branch=invoice.branch_id)
    tell("board", branch=invoice.branch_id)
    if invoice.status != InvoiceStatus.ISSUED or invoice.due > 0:
        return invoice
    invoice = _move(invoice, InvoiceStatus.BALANCED, by)
    publish(InvoicePaid(invoice.pk))
    return invoice


@action
def cancel_invoice(*, invoice: Invoice, reason: str, by: User | None) -> Invoice:
    """Cancel a bill on which nothing is paid: every journal of it is reversed today, the number stays taken."""
    invoice = locked(invoice)
    if invoice.paid:
        raise Conflict(
            _("%(paid)s is paid on this bill. Pay it back first.") % {"paid": format_money(invoice.paid)}, code="paid"
        )
    invoice = _move(invoice, InvoiceStatus.CANCELLED, by, reason=reason)
    own = Q(cause=f"invoice:{invoice.pk}") | Q(cause__startswith=f"invoice:{invoice.pk}/")
    for journal in Journal.objects.filter(own, reverses=None).order_by("pk"):
        reverse(
            journal=journal,
            cause=f"{journal.cause}/cancelled",
            business_date=today(invoice.branch),
            memo=reason,
            by=by,
        )
    publish(InvoiceChanged(invoice.pk, "cancelled"))
    publish(InvoiceCancelled(invoice.pk))
    tell("money", branch=invoice.branch_id)
    tell("board", branch=invoice.branch_id)
    return invoice


def refuse_sold_ahead(invoice: Invoice) -> None:
    """Raise Conflict for a bill that sells what is used later: its debt has to follow every change of the price."""
    if invoice.cause.startswith(SOLD_AHEAD):
        text = _("This bill sells something that is used later. Take back what it sold, and the bill follows.")
        raise Conflict(text, code="sold_ahead")


def locked(invoice: Invoice) -> Invoice:
    """The bill's row as it is now, held until the transaction ends. Lock order: bill, then wallet, then points."""
    rows = Invoice.objects.select_for_update(of=("self",)).select_related("branch", "patient", "visit")
    return rows.get(pk=invoice.pk)


def check_amount(amount: Decimal, field_name: str = "amount") -> None:
    """Raise Invalid unless an amount is above zero, not absurd, and no finer than the currency."""
    if not amount.is_finite() or amount <= 0:
        raise Invalid(_("Write an amount above zero."), field=field_name)
    if amount > MOST:
        raise Invalid(_("This amount is too large."), field=field_name)
    if amount != quantise(amount, current_clinic().currency):
        raise Invalid(_("This amount has more decimals than the currency."), field=field_name)


def _move(invoice: Invoice, to: str, by: User | None, *, reason: str = "", **changes: object) -> Invoice:
    return move(invoice, to, moves=INVOICE_MOVES, log=InvoiceStatusChange, by=by, reason=reason, changes=changes)


def _check_lines(lines: Sequence[Draft]) -> None:
    if not lines:
        raise Invalid(_("A bill has at least one line."), field="lines")
    for place, line in enumerate(lines):
        if line.unit_price:
            check_amount(line.unit_price, f"lines.{place}.unit_price")
        if not line.quantity.is_finite() or not 0 < line.quantity <= 10000:
            raise Invalid(_("The quantity lies above 0 and is at most 10000."), field=f"lines.{place}.quantity")
        if line.discount:
            check_amount(line.discount, f"lines.{place}.discount")
        if line.gross > MOST or line.discount > line.gross:
            raise Invalid(_("The discount is larger than the line."), field=f"lines.{place}.discount")


def _copy(invoice: Invoice, line: Draft) -> None:
    InvoiceLine(
        invoice=invoice,
        service=line.service,
        item=line.item,
        practitioner=line.practitioner,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        price_source=line.price_source,
        discount=line.discount,
        discount_reason=line.discount_reason,
        discount_bearer=line.discount_bearer,
        total=line.gross - line.discount,
    ).save()


def _post_issue(invoice: Invoice, lines: Sequence[Draft], by: User | None) -> None:
    entries = []
    for line in lines:
        if line.rule:
            entries.append(Entry(line.rule, line.gross - line.discount, invoice.patient))
            continue
        rule = "fee_charged" if line.is_fee else "product_sold" if line.item else "service_delivered"
        entries.append(Entry(rule, line.gross, invoice.patient, line.practitioner, line.service))
        if line.discount:
            entries.append(Entry("discount_given", line.discount, invoice.patient, line.practitioner, line.service))
    post(
        kind="issue",
        cause=f"invoice:{invoice.pk}",
        entries=entries,
        business_date=invoice.business_date or today(invoice.branch),
        branch=invoice.branch,
        memo=invoice.patient.full_name,
        by=by,
    )
