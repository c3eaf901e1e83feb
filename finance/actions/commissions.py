"""Doctors' shares of bills: terms resolved once when a bill is issued, then followed with what becomes of the bill.

A share is what its terms make of the bill as it stands; each call posts the difference to what was posted before, so a
refund takes back at the rate of the line and a repeat finds nothing to do. Lock order: the bill, then nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Max, Sum

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.notices import tell
from finance.actions.invoices import SOLD_AHEAD, locked
from finance.actions.ledger import Entry, post, post_stock
from finance.models import Commission, Invoice, InvoiceLine, Journal, WalletMove, WalletMoveKind
from finance.queries.days import today
from finance.queries.share_parts import parts_of
from finance.queries.share_rules import price_to_share, rule_for, was_referred
from finance.queries.shares import share
from inventory.models import StockMovement

ZERO = Decimal(0)
TERMS = ("basis", "discounts", "less_consumables", "after_collected", "hold_days")


@dataclass
class Change:
    """What changes for one line: the wallet by `amount`, what may be paid by `pieces` of (day, amount)."""

    terms: Commission
    amount: Decimal
    pieces: list[tuple[dt.date, Decimal]] = field(default_factory=list)


@action
def accrue_commissions(*, invoice: Invoice, cause: str = "issued", by: User | None) -> None:
    """Keep the terms of every line of a bill that was just issued, and post what its doctors have earned. Repeatable.

    No share is earned by what is sold ahead, nor by fees for visits that were not.
    """
    if invoice.cause.startswith((*SOLD_AHEAD, "fee:")):
        return
    day = invoice.business_date or today(invoice.branch)
    lines = InvoiceLine.objects.filter(invoice=invoice, practitioner__isnull=False, commission=None)
    for line in lines.select_related("invoice__visit__appointment", "invoice__visit__service").order_by("pk"):
        _keep_terms(line, day)
    follow_commissions(invoice=invoice, cause=cause, business_date=day, by=by)


@action
def follow_commissions(
    *, invoice: Invoice | None, cause: str, business_date: dt.date | None = None, by: User | None
) -> Journal | None:
    """Bring the shares of a bill to what it stands at now; `cause` names what happened to it. Nothing changed: None.

    Repeatable: once for each cause and state of the bill.
    """
    if invoice is None:
        return None
    rows = list(
        Commission.objects.filter(invoice=invoice).select_related("practitioner", "line__service").order_by("pk")
    )
    if not rows:
        return None
    bill = locked(invoice)
    day = business_date or today(bill.branch)
    parts, have = parts_of(bill), _have(rows)
    changes = []
    for terms in rows:
        now, (earned, released) = share(terms, parts[terms.line_id]), have.get(terms.pk, (ZERO, ZERO))
        change = Change(terms, now.earned - earned, _pieces(terms, now.released - released, day))
        if change.amount or change.pieces:
            changes.append(change)
    return _write(bill, changes, cause=cause, day=day, by=by) if changes else None


@action
def reverse_commission(*, amounts: Mapping[InvoiceLine, Decimal], cause: str, by: User | None) -> None:
    """Take back what doctors had earned by lines of which `amounts` (in the clinic's currency) were given back.

    At the rate of each line, in proportion, after the giving back stands on the bill. Repeatable by `cause`.
    """
    for invoice in Invoice.objects.filter(lines__in=[line.pk for line in amounts]).distinct().order_by("pk"):
        follow_commissions(invoice=invoice, cause=cause, by=by)


@action
def follow_stock(*, movement: StockMovement, by: User | None) -> None:
    """Post the worth of a movement; what was used in a visit changes the shares that are counted after its cost."""
    post_stock(movement=movement, by=by)
    if movement.visit_id is None:
        return
    rows = Commission.objects.filter(invoice__visit=movement.visit_id, less_consumables=True)
    for invoice in Invoice.objects.filter(pk__in=rows.values("invoice")).order_by("pk"):
        follow_commissions(invoice=invoice, cause=f"movement:{movement.pk}", by=by)


def _keep_terms(line: InvoiceLine, day: dt.date) -> None:
    rule = rule_for(line, day)
    if rule is None:
        return
    referred = rule.referred_rate is not None and was_referred(line)
    Commission(
        line=line,
        invoice=line.invoice,
        practitioner=line.practitioner,
        rule=rule,
        referred=referred,
        rate=rule.referred_rate if referred else rule.rate,
        price=price_to_share(line),
        **{name: getattr(rule, name) for name in TERMS},
    ).save(force_insert=True)


def _have(rows: list[Commission]) -> dict[int, tuple[Decimal, Decimal]]:
    found = WalletMove.objects.filter(commission__in=rows).values_list("commission")
    return {pk: (amount, released) for pk, amount, released in found.annotate(a=Sum("amount"), r=Sum("released"))}


def _pieces(terms: Commission, change: Decimal, day: dt.date) -> list[tuple[dt.date, Decimal]]:
    """When a change of what may be paid counts: later by the days it is held; less is taken from the latest first."""
    if change >= 0:
        return [(day + dt.timedelta(days=terms.hold_days), change)] if change else []
    held = WalletMove.objects.filter(commission=terms).values_list("payable_on").annotate(sum=Sum("released"))
    pieces, left = [], -change
    for payable_on, amount in sorted(held, reverse=True):
        taken = min(left, max(amount, ZERO))
        if taken:
            pieces.append((payable_on, -taken))
            left -= taken
    return pieces


def _write(invoice: Invoice, changes: list[Change], *, cause: str, day: dt.date, by: User | None) -> Journal | None:
    moves = WalletMove.objects.filter(commission__invoice=invoice)
    last = moves.aggregate(last=Max("pk"))["last"] or 0  # each state of the bill is followed once
    name = f"commission:{invoice.pk}/{last}/{cause}"[:80]
    entries = [
        Entry(
            "commission_earned" if change.amount > 0 else "commission_back",
            abs(change.amount),
            practitioner=change.terms.practitioner,
            service=change.terms.line.service,
        )
        for change in changes
    ]
    memo = invoice.patient.full_name
    journal = post(
        kind="commission", cause=name, entries=entries, business_date=day, branch=invoice.branch, memo=memo, by=by
    )
    for change in changes:
        kind = WalletMoveKind.EARNED if change.amount >= 0 else WalletMoveKind.REVERSED
        amount = change.amount
        for place, (payable_on, released) in enumerate(change.pieces or [(day, ZERO)]):
            WalletMove(
                practitioner=change.terms.practitioner, branch=invoice.branch, kind=kind,
                cause=f"share:{change.terms.pk}/{last}/{place}", commission=change.terms, amount=amount,
                released=released, payable_on=payable_on, business_date=day, journal=journal,
                by=by,
            ).save(force_insert=True)  # fmt: skip
            amount = ZERO
    tell("money", branch=invoice.branch_id)
    return journal
