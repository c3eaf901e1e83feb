"""Every change of points. The account's row is locked first, so two payments never spend the same points."""

import datetime as dt
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient, PatientMerge
from clinic.shared.actions import action
from clinic.shared.calendar import add_months
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.money import format_money, format_number
from clinic.shared.tenancy import salt
from loyalty import queries
from loyalty.events import PointsMoved, PointsRevalued
from loyalty.models import LoyaltyRule, PointsAccount, PointsEntry, PointsKind, PointsLot


@action
def earn(*, patient: Patient, amount: Decimal, cause: str, by: User | None) -> int:
    """Give the points that `amount` of real money earns; returns how many were added.

    Repeatable: a cause that has brought so many points already brings none; one whose points were taken back brings
    the difference again.
    """
    _hold_rules()
    rule = queries.current_rule()
    account = _locked(patient)
    target = int(amount // rule.money_per_point) if rule.is_active and amount > 0 else 0
    added = target - queries.net_points(patient, cause)
    if added <= 0:
        return 0
    again = PointsEntry.objects.filter(queries.of_cause(cause), patient=patient, kind=PointsKind.EARNED).count()
    entry = _give(account, added, PointsKind.EARNED, f"{cause}/{again}" if again else cause, rule=rule, by=by)
    publish(PointsMoved(entry.pk))
    return added


@action
def redeem(*, patient: Patient, points: int, limit_amount: Decimal, cause: str, by: User | None) -> Decimal:
    """Spend points as payment, those that end first; returns their worth in the clinic's currency.

    `limit_amount` is the most that points may pay here (the cap of the rules). Raises Invalid above it or for less
    than one point, Conflict when she has fewer. Repeatable by cause.
    """
    _hold_rules()
    account = _locked(patient)
    done = PointsEntry.objects.filter(patient=patient, cause=cause, kind=PointsKind.REDEEMED).first()
    if done:
        return done.worth
    if points < 1:
        raise Invalid(_("Write how many points, one or more."), field="points")
    rule = queries.current_rule()
    if not rule.is_active:
        raise Conflict(_("Points are switched off in this clinic."), field="points")
    _end_expired(account, rule, by)
    if points > account.balance:
        raise Conflict(
            _("There are only %(points)s points left.") % {"points": format_number(account.balance)}, field="points"
        )
    worth = points * rule.point_value
    if worth > limit_amount:
        raise Invalid(
            _("On this bill points may pay at most %(most)s.") % {"most": format_money(limit_amount)}, field="points"
        )
    _take_from_lots(PointsLot.objects.filter(patient=patient), points)
    _write(account, -points, PointsKind.REDEEMED, cause, worth=worth, by=by)
    return worth


@action
def take_back(
    *,
    patient: Patient,
    cause: str,
    by: User | None,
    kept: Decimal = Decimal(0),
    before: Decimal = Decimal(1),
    because: str = "",
) -> int:
    """Take back points that a cause has brought: all, or the part for money that went from `before` to `kept`.

    The balance never falls below zero: what was spent already is noted on the entry as short. Repeatable by
    `because` (by the cause itself where the whole is taken). Returns the points taken.
    """
    _hold_rules()
    account = _locked(patient)
    own = f"{cause}/{because}" if because else cause
    if PointsEntry.objects.filter(patient=patient, cause=own, kind=PointsKind.REVERSED).exists():
        return 0
    net = queries.net_points(patient, cause)
    wanted = net - int(net * kept // before)
    if wanted <= 0:
        return 0
    rule = queries.current_rule()
    taken = min(wanted, account.balance)
    lots = PointsLot.objects.filter(patient=patient)
    left = taken - _take_from_lots(lots.filter(queries.of_cause(cause)), taken, at_most=True)
    _take_from_lots(lots, left)
    entry = _write(
        account, -taken, PointsKind.REVERSED, own, worth=taken * rule.point_value, by=by, short=wanted - taken
    )
    publish(PointsMoved(entry.pk))
    return taken


@action
def give_back(*, patient: Patient, points: int, cause: str, by: User | None) -> Decimal:
    """Return points that had paid something which was refunded, as a new lot; returns their worth of today.

    Repeatable by cause.
    """
    _hold_rules()
    account = _locked(patient)
    done = PointsEntry.objects.filter(patient=patient, cause=cause, kind=PointsKind.RETURNED).first()
    if done:
        return done.worth
    return _give(account, points, PointsKind.RETURNED, cause, rule=queries.current_rule(), by=by).worth


@action
def expire_points(*, patient: Patient, by: User | None) -> int:
    """End the points of one patient whose time is over; returns how many."""
    _hold_rules()
    return _end_expired(_locked(patient), queries.current_rule(), by)


@action
def set_rules(
    *,
    is_active: bool,
    money_per_point: Decimal,
    point_value: Decimal,
    cap_percent: int,
    months_valid: int,
    by: User | None,
) -> LoyaltyRule:
    """Set new rules; they count from now on. A changed worth of a point changes what is owed for those that are out.

    Raises Invalid for amounts that are not above zero, a cap outside 0–100 or no time of validity.
    """
    if money_per_point <= 0:
        raise Invalid(_("Write the money that earns one point, above zero."), field="money_per_point")
    if point_value <= 0 or point_value > money_per_point:
        raise Invalid(_("A point is worth more than nothing and at most what it costs."), field="point_value")
    if not 0 <= cap_percent <= 100:
        raise Invalid(_("The cap lies between 0 and 100 percent."), field="cap_percent")
    if not 1 <= months_valid <= 120:
        raise Invalid(_("Points last from 1 to 120 months."), field="months_valid")
    _hold_rules(alone=True)
    old = queries.current_rule()
    rule = LoyaltyRule(
        is_active=is_active,
        money_per_point=money_per_point,
        point_value=point_value,
        cap_percent=cap_percent,
        months_valid=months_valid,
    )
    rule.save()
    difference = queries.outstanding() * (point_value - old.point_value)
    if difference:
        publish(PointsRevalued(rule.pk, difference))
    return rule


@action
def carry_points(*, merge: PatientMerge, apart: bool, by: User | None) -> int:
    """Bring both balances to what the lots say, which moved with a merge or (`apart`) moved back; returns the points.

    Each statement gets a line. The clinic owes the same points as before.
    """
    _hold_rules()
    people = sorted((merge.source, merge.target), key=lambda each: each.pk)
    accounts = {person.pk: _locked(person) for person in people}
    lots = PointsLot.objects.filter(patient=merge.source if apart else merge.target)
    points = queries.remaining(lots) - accounts[(merge.source if apart else merge.target).pk].balance
    for account in accounts.values():
        gains = (account.patient_id == merge.source_id) == apart
        if points:
            cause = f"merge:{merge.pk}/apart" if apart else f"merge:{merge.pk}"
            _write(account, points if gains else -points, PointsKind.ADJUSTED, cause, worth=Decimal(0), by=by)
    return points


def _hold_rules(*, alone: bool = False) -> None:
    """Rules do not change under a movement: movements share this lock, a change of rules waits for all of them."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 7))", [salt("points-rules")])


def _locked(patient: Patient) -> PointsAccount:
    PointsAccount.objects.get_or_create(patient=patient)
    return PointsAccount.objects.select_for_update().get(patient=patient)


def _give(
    account: PointsAccount, points: int, kind: str, cause: str, *, rule: LoyaltyRule, by: User | None
) -> PointsEntry:
    PointsLot.objects.create(
        patient=account.patient,
        expires_on=_after_months(queries.today(), rule.months_valid),
        earned=points,
        remaining=points,
        cause=cause,
    )
    return _write(account, points, kind, cause, worth=points * rule.point_value, by=by)


def _write(
    account: PointsAccount,
    points: int,
    kind: str,
    cause: str,
    *,
    worth: Decimal,
    by: User | None,
    short: int = 0,
) -> PointsEntry:
    account.balance += points
    account.save()
    return PointsEntry.objects.create(
        patient=account.patient,
        kind=kind,
        points=points,
        balance_after=account.balance,
        worth=worth,
        cause=cause,
        short=short,
        by=by,
    )


def _take_from_lots(lots: "queries.QuerySet[PointsLot]", points: int, *, at_most: bool = False) -> int:
    """Take points from lots, the one that ends first first; returns how many were there to take."""
    left = points
    for lot in lots.filter(remaining__gt=0).order_by("expires_on", "pk").select_for_update():
        if not left:
            break
        taken = min(left, lot.remaining)
        lot.remaining -= taken
        lot.save()
        left -= taken
    if left and not at_most:
        raise Conflict(_("The points of this account do not add up; tell the clinic's owner."))
    return points - left


def _end_expired(account: PointsAccount, rule: LoyaltyRule, by: User | None) -> int:
    ended = 0
    lots = PointsLot.objects.filter(patient=account.patient, remaining__gt=0, expires_on__lt=queries.today())
    for lot in lots.order_by("pk").select_for_update():
        points, lot.remaining = lot.remaining, 0
        lot.save()
        entry = _write(account, -points, PointsKind.EXPIRED, f"lot:{lot.pk}", worth=points * rule.point_value, by=by)
        publish(PointsMoved(entry.pk))
        ended += points
    return ended


def _after_months(day: dt.date, months: int) -> dt.date:
    year, month = add_months(day.year, day.month, months)
    following = dt.date(*add_months(year, month, 1), 1)
    return dt.date(year, month, min(day.day, (following - dt.timedelta(days=1)).day))
