"""Discounts: asked for, given at once within a role's limit, else decided by somebody above it.

Before the bill they stand on its lines; after it they are credit notes. While one waits the bill may be issued, but
not paid to the end: what was asked for stays open until it is decided or taken back.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money, quantise
from clinic.shared.notices import tell
from clinic.shared.statuses import begin, move
from finance.actions.credit_notes import issue_credit_note, spread
from finance.actions.invoices import Draft, check_amount, locked, refuse_sold_ahead
from finance.actions.returns import lower
from finance.models import (
    Bearer,
    CreditKind,
    Discount,
    DiscountStatusChange,
    Invoice,
    InvoiceLine,
)
from finance.queries.credits import left_of
from finance.queries.discounts import limit_of, live_discount
from finance.queries.documents import bill_of
from finance.queries.prices import price_of
from finance.statuses import DISCOUNT_MOVES, LIVE_DISCOUNTS, DiscountStatus, InvoiceStatus
from scheduling.models import Visit

S = DiscountStatus


@dataclass(frozen=True)
class Wish:
    """What is asked for: an amount in the clinic's currency or a percent, of the bill or of one line; who bears it."""

    reason: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    line: InvoiceLine | None = None
    bearer: str = Bearer.CLINIC


@action
def ask_discount(
    *, wish: Wish, invoice: Invoice | None = None, visit: Visit | None = None, form_token: str = "", by: User | None
) -> Discount:
    """Ask for a discount on a bill, or on a visit whose bill is not issued yet. Within the limit of whoever asks it is
    given (or waits for the bill), above it it waits for somebody who may decide. Repeatable by `form_token`.

    Raises Invalid for what cannot be, Conflict where one waits already or nothing is owed.
    """
    if invoice is None:
        assert visit is not None
        Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)  # its bill is issued before or after this
        invoice = bill_of(visit)
    invoice = locked(invoice) if invoice else None
    done = Discount.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return done
    branch, room = _asked_of(invoice, visit, wish.line)
    amount = _amount(wish, room, invoice)
    if live_discount(invoice=invoice, visit=visit):
        raise Conflict(_("A discount waits already. Decide it or take it back first."), field="amount", code="waits")
    row = Discount(
        branch=branch, visit=visit or (invoice.visit if invoice else None), invoice=invoice, line=wish.line,
        percent=wish.percent, amount=amount, reason=wish.reason.strip()[:120], bearer=wish.bearer, asked_by=by,
        form_token=form_token or None,
    )  # fmt: skip
    begin(row, log=DiscountStatusChange, by=by)
    tell("money", branch=branch.pk)
    return _give(row, by) if amount * 100 <= room * limit_of(by, branch) else row


def _asked_of(invoice: Invoice | None, visit: Visit | None, line: InvoiceLine | None) -> tuple[Branch, Decimal]:
    """Where it is asked for, and the most that it can be."""
    if invoice:
        return invoice.branch, _room(invoice, line)
    if visit is None:
        raise ValueError("A discount is of a bill or of a visit.")
    return visit.branch, price_of(visit).amount


@action
def decide_discount(*, discount: Discount, approve: bool, reason: str = "", by: User | None) -> Discount:
    """Approve or deny a discount that waits; a repeat of the same answer gets the first one.

    Raises Conflict above the limit of whoever decides, or where the bill owes less by now.
    """
    discount = _locked(discount)
    if discount.status != S.ASKED and (discount.status in (S.APPROVED, S.GIVEN)) == approve:
        return discount
    if not approve:
        return _move(discount, S.DENIED, by, reason=reason.strip(), decided_by=by, decided_at=timezone.now())
    invoice, visit = discount.invoice, discount.visit
    room = _room(invoice, discount.line) if invoice else price_of(visit).amount if visit else Decimal(0)
    if discount.amount * 100 > room * limit_of(by, discount.branch):
        raise Conflict(_("This discount is above your own limit; the owner can approve it."), code="limit")
    return _give(discount, by)


@action
def withdraw_discount(*, discount: Discount, by: User | None) -> Discount:
    """Take back a discount that waits for approval or for its bill."""
    return _move(_locked(discount), S.WITHDRAWN, by)


@action
def give_discount(*, invoice: Invoice, amount: Decimal, reason: str, form_token: str = "", by: User | None) -> Invoice:
    """Take an amount off an issued bill that still owes it, by a credit note; whoever calls it may.

    The bill stays as issued. Repeatable by `form_token`. Raises Invalid for an amount that is not above zero, above
    what is owed, or without a reason; Conflict for a bill that is not open.
    """
    invoice = locked(invoice)
    done = Discount.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return invoice
    amount = _amount(Wish(reason, amount), _room(invoice, None), invoice)
    row = Discount(
        branch=invoice.branch, visit=invoice.visit, invoice=invoice, amount=amount,
        reason=reason.strip()[:120], asked_by=by, form_token=form_token or None,
    )  # fmt: skip
    begin(row, log=DiscountStatusChange, by=by)
    _give(row, by)
    return locked(invoice)


def discounted(visit: Visit, line: Draft) -> tuple[Draft, Discount | None]:
    """The line that a visit is billed with, less its approved discount, which is held; what waits is not in it."""
    rows = Discount.objects.select_for_update(of=("self",))
    row = rows.filter(visit=visit, status=S.APPROVED, invoice=None).first()
    if row is None or row.amount > line.gross - line.discount:
        return line, None
    reason = " · ".join(part for part in (line.discount_reason, row.reason) if part)[:120]
    less = replace(line, discount=line.discount + row.amount, discount_reason=reason, discount_bearer=row.bearer)
    return less, row


def note_given(discount: Discount, invoice: Invoice, by: User | None) -> None:
    """It stands on the lines of this bill."""
    _move(discount, S.GIVEN, by, invoice=invoice)


@action
def free_discounts(*, invoice: Invoice, by: User | None) -> None:
    """A bill was taken back: what waits on it waits no more, and what stood on its lines is for the next bill of its
    visit. May be repeated.
    """
    if invoice.status != InvoiceStatus.CANCELLED:
        return
    for row in Discount.objects.filter(invoice=invoice, status__in=LIVE_DISCOUNTS).order_by("pk"):
        _move(row, S.WITHDRAWN, by)
    for row in Discount.objects.filter(invoice=invoice, status=S.GIVEN, note=None, visit__isnull=False):
        _move(row, S.APPROVED, by, invoice=None)


def _give(discount: Discount, by: User | None) -> Discount:
    """Approved: off the bill by a credit note, or kept until the bill is issued."""
    decided: dict[str, Any] = {"decided_by": by, "decided_at": timezone.now()}
    invoice = discount.invoice or (bill_of(discount.visit) if discount.visit else None)
    if invoice is None:
        return _move(discount, S.APPROVED, by, **decided)
    invoice = locked(invoice)
    _amount(Wish(discount.reason, discount.amount), _room(invoice, discount.line), invoice)
    note = issue_credit_note(
        invoice=invoice, parts=spread(invoice, discount.amount, discount.line), reason=discount.reason,
        kind=CreditKind.DISCOUNT, rule="discount_given", bearer=discount.bearer, by=by,
    )  # fmt: skip
    discount = _move(discount, S.GIVEN, by, invoice=invoice, note=note, **decided)
    lower(invoice, note, "", by)
    return discount


def _room(invoice: Invoice, line: InvoiceLine | None) -> Decimal:
    """What a discount can be taken off: what is left of the line, or of the bill."""
    return sum((row.amount for row in left_of(invoice) if line is None or row.line.pk == line.pk), Decimal(0))


def _amount(wish: Wish, room: Decimal, invoice: Invoice | None) -> Decimal:
    """The amount that was asked for. Raises Invalid or Conflict where it cannot be given."""
    if invoice and invoice.status != InvoiceStatus.ISSUED:
        raise Conflict(
            _("A discount can be given while the bill is unpaid; this one is not. Give money back instead."),
            field="amount",
        )
    if invoice:
        refuse_sold_ahead(invoice)
    if wish.bearer not in Bearer.values:
        raise Invalid(_("Choose who bears the discount."), field="bearer")
    if wish.percent is not None and not 0 < wish.percent <= 100:
        raise Invalid(_("Percent lie between 0 and 100."), field="percent")
    amount = wish.amount if wish.percent is None else quantise(room * wish.percent / 100)
    check_amount(amount or Decimal(0))
    assert amount is not None  # zero was refused
    most = min(room, invoice.due) if invoice else room
    if amount > most:
        text = _("Only %(due)s is owed; the discount can be at most that.")
        raise Invalid(text % {"due": format_money(most)}, field="amount")
    if not wish.reason.strip():
        raise Invalid(_("Write why the discount is given."), field="reason")
    return amount


def _locked(discount: Discount) -> Discount:
    """The bill, then the discount, as they are now."""
    if discount.invoice:
        locked(discount.invoice)
    elif discount.visit and (bill := bill_of(discount.visit)):
        locked(bill)
    rows = Discount.objects.select_for_update(of=("self",))
    return rows.select_related("invoice", "visit", "line", "branch").get(pk=discount.pk)


def _move(discount: Discount, to: str, by: User | None, *, reason: str = "", **changes: Any) -> Discount:
    tell("money", branch=discount.branch_id)
    return move(discount, to, moves=DISCOUNT_MOVES, log=DiscountStatusChange, by=by, reason=reason, changes=changes)
