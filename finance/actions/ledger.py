"""Posting: every amount of the clinic passes this door, by the rules of `finance.postings`."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, connection, transaction

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.money import quantise
from clinic.shared.tenancy import current_clinic, salt
from finance.actions.drawers import drawer_for
from finance.models import Account, Journal, JournalLine, PaymentMethod, Shift
from finance.postings import CHART, OF_PATIENT, OF_WORK, RULES, STOCK_RULES
from finance.queries.days import clinic_today, local_day
from inventory.models import MovementKind, StockMovement
from loyalty.models import LoyaltyRule, PointsEntry, PointsKind
from scheduling.models import Practitioner, Service


@dataclass(frozen=True)
class Entry:
    """One rule applied to an amount (in the clinic's currency, above zero), with what the lines are about."""

    rule: str
    amount: Decimal
    patient: Patient | None = None
    practitioner: Practitioner | None = None
    service: Service | None = None


DRAWERS = f"{CHART['cash'].code}-"
Side = tuple[Account, int | None, int | None, int | None]


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
    Raises ValueError for a negative amount or one finer than the currency: a fault of the caller, never of input.
    """
    done = Journal.objects.filter(cause=cause, kind=kind).first()
    if done:
        return done
    sides: dict[Side, Decimal] = {}
    for entry in entries:
        _check(entry)
        for key, amount in ((RULES[entry.rule].debit, entry.amount), (RULES[entry.rule].credit, -entry.amount)):
            side = _side(key, entry, branch, by)
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
        sides[(account_, source.pk, None, None)] = -amount
        sides[(account_, target.pk, None, None)] = amount
    return _write(kind, cause, sides, business_date=business_date, branch=None, memo="", by=by)


@action
def reverse(*, journal: Journal, cause: str, business_date: dt.date, memo: str = "", by: User | None) -> Journal:
    """Take a journal back by one with every sign turned; a journal is reversed once, a repeat gets the first."""
    done = Journal.objects.filter(reverses=journal).first()
    if done:
        return done
    sides = {
        (line.account, line.patient_id, line.practitioner_id, line.service_id): -line.amount
        for line in journal.lines.select_related("account").order_by("pk")
    }
    kind = f"{journal.kind}_reversed"[:30]
    made = _write(
        kind, cause, sides, business_date=business_date, branch=journal.branch, memo=memo, by=by, reverses=journal
    )
    assert made is not None  # a journal has lines
    return made


@action
def post_stock(*, movement: StockMovement, by: User | None) -> Journal | None:
    """Post the worth of a stock movement at its lot's cost; a reversal turns round what the first one posted."""
    cause, day = f"movement:{movement.pk}", local_day(movement.branch, movement.at)
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


def _check(entry: Entry) -> None:
    if entry.amount < 0 or entry.amount != quantise(entry.amount, current_clinic().currency):
        raise ValueError(f"{entry.rule}: {entry.amount} cannot be posted")


def _side(key: str, entry: Entry, branch: Branch | None, by: User | None) -> Side:
    """The account of one side, with the patient, doctor and service where that account tells them apart."""
    patient = entry.patient.pk if entry.patient and key in OF_PATIENT else None
    works = key in OF_WORK or key == "consumables"
    practitioner = entry.practitioner.pk if entry.practitioner and works else None
    service = entry.service.pk if entry.service and works else None
    return account(key=key, branch=branch, by=by), patient, practitioner, service


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
    except IntegrityError:  # the same cause, posted at the same time: the first one counts
        return Journal.objects.get(cause=cause, kind=kind)
    JournalLine.objects.bulk_create(
        JournalLine(
            journal=journal,
            account=side[0],
            patient_id=side[1],
            practitioner_id=side[2],
            service_id=side[3],
            amount=amount,
        )
        for side, amount in lines.items()
    )
    return journal
