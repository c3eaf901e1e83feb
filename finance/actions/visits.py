"""The bill of a visit: its service at the price that counts, less the deposit that was paid for it."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from finance.actions.covers import cover_invoice
from finance.actions.deposits import use_deposit
from finance.actions.discounts import discounted, note_given
from finance.actions.follow_ups import follow_ups_after
from finance.actions.invoices import Draft, cancel_invoice, issue_invoice, locked
from finance.actions.ledger import take_turn
from finance.actions.membership_uses import member_line, note_use
from finance.actions.payments import pay
from finance.actions.refunds import take_back_automatic
from finance.actions.sessions import hold_session, use_session
from finance.models import Invoice, Payment
from finance.queries.documents import bill_of
from finance.queries.memberships import Benefit
from finance.queries.periods import open_day
from finance.queries.prices import Price, price_of
from finance.statuses import InvoiceStatus
from scheduling.models import Visit


@action
def issue_for_visit(*, visit: Visit, by: User | None) -> Invoice:
    """Bill a visit, less what a membership takes off, and pay it with a session of a package or with its deposit.

    Repeatable: a visit has one bill that is not cancelled.
    """
    take_turn("invoice-number")  # before the package, as everywhere
    standing = bill_of(visit)
    benefit: Benefit | None = None
    item = None if standing else hold_session(visit)
    price = Price(item.next_value, f"package:{item.package_id}") if item else price_of(visit)
    line = Draft(visit.service.name, price.amount, price.source, service=visit.service, practitioner=visit.practitioner)
    discount = None
    if not standing and not item:
        line, benefit = member_line(visit, line) if price.amount else (line, None)
        line, discount = discounted(visit, line)
    # What was entered from paper is income of the day on which it happened, not of the day of typing.
    day = open_day(visit.day) if visit.entered_afterwards_at is not None else None
    invoice = issue_invoice(
        patient=visit.patient, branch=visit.branch, lines=[line], cause=f"visit:{visit.pk}", visit=visit,
        business_date=day, by=by,
    )  # fmt: skip
    if benefit:
        note_use(benefit, invoice, visit, by)
    if discount:
        note_given(discount, invoice, by)
    follow_ups_after(visit=visit, invoice=invoice, by=by)
    if item:
        invoice = use_session(invoice=locked(invoice), item=item, list_price=price_of(visit).amount, visit=visit, by=by)
    elif not standing:
        invoice = cover_invoice(invoice=invoice, by=by)
    if visit.appointment is None:
        return invoice
    return use_deposit(invoice=locked(invoice), appointment=visit.appointment, by=by)


@action
def pay_visit(*, visit: Visit, by: User | None, **received: Any) -> Payment:
    """Take the first payment of a visit: its bill is issued (once) and paid, or neither. Arguments as of `pay`."""
    return pay(invoice=issue_for_visit(visit=visit, by=by), by=by, **received)


@action
def cancel_for_visit(*, visit: Visit, by: User | None) -> None:
    """Take back the bill of a visit that is reopened: its deposit is held again. Raises Conflict while something else
    is paid on it.
    """
    invoice = Invoice.objects.filter(visit=visit).exclude(status=InvoiceStatus.CANCELLED).first()
    if invoice:
        reason = _("The visit was reopened.")
        take_back_automatic(invoice=invoice, reason=reason, keep_deposit=True, by=by)
        cancel_invoice(invoice=invoice, reason=reason, by=by)
