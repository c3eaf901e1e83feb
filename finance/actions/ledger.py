"""Posting: every amount of the clinic passes this door, by the rules of `finance.postings`."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.calendar import format_date
from clinic.shared.errors import Conflict
from clinic.shared.money import quantise
from clinic.shared.tenancy import current_clinic, salt
from finance.actions.drawers import drawer_for
from finance.models import Account, Insurer, Journal, JournalLine, PaymentMethod, Shift, Supplier
from finance.postings import CHART, OF_DOCTOR, OF_PATIENT, OF_WORK, RULES, STOCK_RULES
from finance.queries.days import clinic_today, local_day
from finance.queries.periods import open_day
from inventory.models import MovementKind, StockMovement
from loyalty.models import LoyaltyRule, PointsEntry, PointsKind
from scheduling.models import Practitioner, Service


@dataclass(frozen=True)
class Entry:
    """One rule applied to an amount (in the clinic's currency, above zero), with what the lines are about.

    `debit` and `credit` stand in for the rule's accounts; each must be of the kind that the rule's account has.
    """

    rule: str
    amount: Decimal
    patient: Patient | None = None
    practitioner: Practitioner | None = None
    service: Service | None = None
    supplier: Supplier | None = None
    insurer: Insurer | None = None
    debit: Account | None = None
    credit: Account | None = None


DRAWERS = f"{CHART['cash'].code}-"


class Side(NamedTuple):
    """Where an amount stands: the account, and whom and what the line names (ids)."""

    account: Account
    patient: int | None = None
    practitioner: int | None = None
    service: int | None = None
    supplier: int | None = None
    insurer: int | None = None


def take_turn(name: str) -> None:
    """Wait until no other transaction of this clinic holds the name; it is held until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [salt(name)])


@action
def account(*, key: str, branch: Branch | None, by: User | None) -> Account:
    """The account of a key of CHART (of this branch where it is kept per branch), made when first needed."""
    chart = CHART[key]
    own = branch if chart.per_branch else None
    code = f"{chart.code}-{own.pk}" if own else chart.code
    found = Account.objects.filter(code=code).first()
    if found:
        return found
    take_turn("chart")
    found = Account.objects.filter(code=code).first()
    if found:
        return found
    made = Account(
        code=code,
        name=f"{chart.name} · {own.name}" if own else chart.name,
        name_en=f"{chart.name_en} · {own.name_en or own.name}" if own else chart.name_en,
        kind=chart.kind,
        branch=own,
        is_money=chart.money,
    )
    made.save()
    return made


@action
def post(
    *,
    kind: str,
    cause: str,
    entries: Iterable[Entry],
    business_date: dt.date,
    branch: Branch | None,
    memo: str = "",
    shift: Shift | None = None,
    by: User | None,
) -> Journal | None:
    """Write one balanced journal; nothing for amounts of zero. Repeatable by (cause, kind): a repeat gets the first.

    What moves a drawer's cash names its `shift`; without one it is that of whoever acts (Conflict where there is none).
    Raises Conflict for a day of a closed period; ValueError for a negative amount, one finer than the currency, or an
    account of another kind: a fault of the caller, never of input.
    """
    done = Journal.objects.filter(cause=cause, kind=kind).first()
    if done:
        return done
    sides: dict[Side, Decimal] = {}
    for entry in entries:
        _check(entry)
        rule = RULES[entry.rule]
        for key, given, amount in (
            (rule.debit, entry.debit, entry.amount),
            (rule.credit, entry.credit, -entry.amount),
        ):
            side = _side(key, given, entry, branch, by)
            sides[side] = sides.get(side, Decimal(0)) + amount
    return _write(kind, cause, sides, business_date=business_date, branch=branch, memo=memo, by=by, shift=shift)


@action
def carry(
    *,
    kind: str,
    cause: str,
    amounts: dict[Account, Decimal],
    source: Patient,
    target: Patient,
    business_date: dt.date,
    by: User | None,
) -> Journal | None:
    """Carry amounts of accounts (debit above zero) from one patient to another; the accounts' sums stay as they are."""
    sides: dict[Side, Decimal] = {}
    for account_, amount in amounts.items():
        sides[Side(account_, source.pk)] = -amount
        sides[Side(account_, target.pk)] = amount
    return _write(kind, cause, sides, business_date=business_date, branch=None, memo="", by=by)


@action
def reverse(*, journal: Journal, cause: str, business_date: dt.date, memo: str = "", by: User | None) -> Journal:
    """Take a journal back by one with every sign turned; a journal is reversed once, a repeat gets the first.

    Its day is the day of the taking back, whatever the first one's was. Raises Conflict where that day is closed.
    """
    done = Journal.objects.filter(reverses=journal).first()
    if done:
        return done
    sides = {_side_of(line): -line.amount for line in journal.lines.select_related("account").order_by("pk")}
    kind = f"{journal.kind}_reversed"[:30]
    made = _write(
        kind, cause, sides, business_date=business_date, branch=journal.branch, memo=memo, by=by, reverses=journal
    )
    assert made is not None  # a journal has lines
    return made


@action
def post_stock(*, movement: StockMovement, by: User | None) -> Journal | None:
    """Post the worth of a stock movement at its lot's cost; a reversal turns round what the first one posted."""
    cause, day = f"movement:{movement.pk}", open_day(local_day(movement.branch, movement.at))
    if movement.kind == MovementKind.REVERSAL:
        first = Journal.objects.filter(cause=f"movement:{movement.reverses_id}").first()
        return reverse(journal=first, cause=cause, business_date=day, memo=movement.item.name, by=by) if first else None
    visit = movement.visit
    entry = Entry(
        STOCK_RULES[movement.kind],
        quantise(abs(movement.quantity) * movement.unit_cost, current_clinic().currency),
        practitioner=visit.practitioner if visit else None,
        service=visit.service if visit else None,
    )
    return post(
        kind=f"stock_{movement.kind}",
        cause=cause,
        entries=[entry],
        business_date=day,
        branch=movement.branch,
        memo=f"{movement.item.name} × {abs(movement.quantity).normalize():f}",
        by=by,
    )


@action
def post_points(*, entry: PointsEntry, by: User | None) -> Journal | None:
    """Post points that were given, or that ended unused; those that pay an invoice are posted by the payment."""
    rule = "points_given" if entry.kind == PointsKind.EARNED else "points_ended"
    return post(
        kind=f"points_{entry.kind}",
        cause=f"points:{entry.pk}",
        entries=[Entry(rule, entry.worth)],
        business_date=clinic_today(),
        branch=None,
        by=by,
    )


@action
def post_points_revaluation(*, rule: LoyaltyRule, amount: Decimal, by: User | None) -> Journal | None:
    """Post that the points which are out became worth more (amount above zero) or less."""
    return post(
        kind="points_revalued",
        cause=f"points-rule:{rule.pk}",
        entries=[Entry("points_given" if amount > 0 else "points_ended", abs(amount))],
        business_date=clinic_today(),
        branch=None,
        by=by,
    )


def _side_of(line: JournalLine) -> Side:
    names = (line.patient_id, line.practitioner_id, line.service_id, line.supplier_id, line.insurer_id)
    return Side(line.account, *names)


def closed(day: dt.date) -> Conflict:
    """What is said where nothing may be posted any more."""
    said = _("The books of %(day)s are closed. Choose a later day, or ask the owner to open that period again.")
    return Conflict(said % {"day": format_date(day)}, field="business_date", code="period_closed")


def _check(entry: Entry) -> None:
    if entry.amount < 0 or entry.amount != quantise(entry.amount, current_clinic().currency):
        raise ValueError(f"{entry.rule}: {entry.amount} cannot be posted")


def _side(key: str, given: Account | None, entry: Entry, branch: Branch | None, by: User | None) -> Side:
    """The account of one side, with whom and what it names where that account tells them apart."""
    if given and given.kind != CHART[key].kind:
        raise ValueError(f"{entry.rule}: {given.code} is {given.kind}, not {CHART[key].kind}")
    return Side(
        given or account(key=key, branch=branch, by=by),
        entry.patient.pk if entry.patient and key in OF_PATIENT else None,
        entry.practitioner.pk if entry.practitioner and key in OF_DOCTOR else None,
        entry.service.pk if entry.service and key in OF_WORK else None,
        entry.supplier.pk if entry.supplier and key == "supplier" else None,
        entry.insurer.pk if entry.insurer and key == "insurers" else None,
    )


def _write(
    kind: str,
    cause: str,
    sides: dict[Side, Decimal],
    *,
    business_date: dt.date,
    branch: Branch | None,
    memo: str,
    by: User | None,
    reverses: Journal | None = None,
    shift: Shift | None = None,
) -> Journal | None:
    lines = {side: amount for side, amount in sides.items() if amount}
    if not lines:
        return None
    if sum(lines.values()) != 0:
        raise ValueError(f"{kind} of {cause} does not balance")
    if shift is None and branch and any(side[0].code.startswith(DRAWERS) for side in lines):
        shift = drawer_for(branch, PaymentMethod.CASH, by)
    try:
        with transaction.atomic():
            journal = Journal.objects.create(
                kind=kind,
                cause=cause,
                business_date=business_date,
                branch=branch,
                memo=memo[:200],
                reverses=reverses,
                shift=shift,
                by_id=by.pk if by else current_actor().user_id,
            )
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "period_is_open":
            raise closed(business_date) from error
        # The same cause, posted at the same time: the first one counts.
        return Journal.objects.get(cause=cause, kind=kind)
    JournalLine.objects.bulk_create(
        JournalLine(
            journal=journal,
            account=side.account,
            patient_id=side.patient,
            practitioner_id=side.practitioner,
            service_id=side.service,
            supplier_id=side.supplier,
            insurer_id=side.insurer,
            amount=amount,
        )
        for side, amount in lines.items()
    )
    return journal
