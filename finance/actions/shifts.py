"""Shifts at a cash desk: opened with what is in the drawer, counted, handed over, closed.

The drawer's account holds only what open drawers hold; between shifts the cash stands on the safe's account. Locks:
desk, shift, then whatever is posted.
"""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.money import format_money, quantise
from clinic.shared.notices import tell
from clinic.shared.statuses import begin, move
from finance.actions.cash import write_move
from finance.actions.drawers import uses_shifts
from finance.actions.ledger import take_turn
from finance.models import CashDesk, MoveKind, Shift, ShiftStatusChange
from finance.queries.days import today
from finance.queries.drawers import drawer_sum, left_at, shifts
from finance.statuses import LIVE_SHIFTS, SHIFT_MOVES, ShiftStatus

S, K = ShiftStatus, MoveKind
Notes = dict[str, int]


@action
def open_shift(
    *, desk: CashDesk, opening: Decimal, notes: Notes | None = None, missing: bool = False, by: User
) -> Shift:
    """Begin a shift with the cash that lies in the drawer (the clinic's currency, zero or more).

    Where it is not what the last shift left, the rest went into or came out of the safe, or with `missing` is a
    shortage or excess. Raises Conflict where the desk or the person has an open shift, or the branch keeps none.
    """
    CashDesk.objects.select_for_update(of=("self",)).get(pk=desk.pk)
    take_turn(f"shift-of:{by.pk}")
    if not uses_shifts(desk.branch):
        raise Conflict(_("This branch takes cash without shifts. Turn them on in the set-up first."), code="no_shifts")
    if not desk.is_active:
        raise Conflict(_("This cash desk is not in use any more."))
    _check_free(desk, by)
    _check_sum(opening, "opening")
    left = left_at(desk)
    shift = Shift(
        desk=desk, branch=desk.branch, cashier=by, business_date=today(desk.branch), opening=opening,
        opening_notes=notes or {},
    )  # fmt: skip
    begin(shift, log=ShiftStatusChange, by=by, counted=opening)
    write_move(shift, K.OPENED, left if missing else opening, by=by)
    if missing:
        _post_difference(shift, opening - left, _("At the opening of the drawer"), by)
    tell("money", branch=desk.branch_id)
    return shift


@action
def count_shift(
    *,
    shift: Shift,
    counted: Decimal,
    notes: Notes | None = None,
    left: Decimal | None = None,
    banked: Decimal = Decimal(0),
    note: str = "",
    by: User,
) -> Shift:
    """Count a drawer at the end of its shift. What agrees with the books closes it; else it waits, counted.

    `left` stays in the drawer (else as much as it was opened with), `banked` goes to the bank, the rest into the safe.
    Raises Invalid for sums that cannot be, Forbidden for another's drawer, Conflict where it is not open.
    """
    shift = locked_shift(shift)
    _check_mine(shift, by)
    _check_sum(counted, "counted")
    left = min(shift.opening, counted - min(banked, counted)) if left is None else left
    for amount, field in ((left, "left"), (banked, "banked")):
        _check_sum(amount, field)
    if left + banked > counted:
        raise Invalid(_("That is more than was counted."), field="left")
    values = {"counted": counted, "counted_notes": notes or {}, "expected": drawer_sum(shift), "left": left,
              "banked": banked, "note": note.strip()}  # fmt: skip
    if shift.status != S.OPEN or counted != values["expected"]:
        return _move(shift, S.COUNTED, by, values)
    return _close(shift, by, values)


@action
def settle_count(*, shift: Shift, note: str, by: User) -> Shift:
    """Close a counted drawer with its shortage or excess. Raises Invalid without a word about it."""
    shift = locked_shift(shift)
    _check_mine(shift, by)
    if shift.status != S.COUNTED:
        raise Conflict(_("This drawer is not counted."), code="not_counted")
    if not note.strip():
        raise Invalid(_("Write what may have happened, or that nobody knows."), field="note")
    return _close(shift, by, {"note": note.strip()})


@action
def count_again(*, shift: Shift, by: User) -> Shift:
    """Take a count back, because it is counted again; both stay in the history."""
    shift = locked_shift(shift)
    _check_mine(shift, by)
    if shift.status == S.OFFERED:
        raise Conflict(_("This drawer waits to be taken over."), code="offered")
    return _move(shift, S.OPEN, by, _UNCOUNTED)


@action
def offer_shift(
    *, shift: Shift, to: User, counted: Decimal, notes: Notes | None = None, note: str = "", by: User
) -> Shift:
    """Count a drawer and offer it to a colleague; nothing is posted before she accepts it.

    Raises Invalid for a colleague who cannot take it, or for a difference without a word about it.
    """
    shift = locked_shift(shift)
    _check_mine(shift, by)
    _check_sum(counted, "counted")
    if to.pk == shift.cashier_id or not to.can(Perm.PAYMENTS_TAKE, shift.branch_id):
        raise Invalid(_("Choose a colleague who takes money in this branch."), field="to")
    expected = drawer_sum(shift)
    if counted != expected and not note.strip():
        raise Invalid(_("The books say something else. Count again, or write what may have happened."), field="note")
    values = {"counted": counted, "counted_notes": notes or {}, "expected": expected, "note": note.strip(),
              "offered_to": to, "left": None, "banked": Decimal(0)}  # fmt: skip
    return _move(shift, S.OFFERED, by, values)


@action
def accept_shift(*, shift: Shift, by: User) -> Shift:
    """Take over a drawer with the cash that was counted; returns the new shift. Only for whom it was offered to."""
    CashDesk.objects.select_for_update(of=("self",)).get(pk=shift.desk_id)
    take_turn(f"shift-of:{by.pk}")
    shift = locked_shift(shift)
    if shift.status != S.OFFERED or shift.offered_to_id != by.pk:
        raise Conflict(_("This drawer is not offered to you any more."), code="not_offered")
    _check_free(None, by)
    counted = shift.counted or Decimal(0)
    _post_difference(shift, counted - (shift.expected or Decimal(0)), shift.note, by)
    write_move(shift, K.HANDED, counted, reason=by.full_name, by=by)
    _move(shift, S.CLOSED, by, {"closed_at": timezone.now(), "left": counted})
    mine = Shift(
        desk=shift.desk, branch=shift.branch, cashier=by, business_date=today(shift.branch), opening=counted,
        opening_notes=shift.counted_notes, came_from=shift,
    )  # fmt: skip
    begin(mine, log=ShiftStatusChange, by=by, counted=counted)
    write_move(mine, K.TAKEN_OVER, counted, reason=shift.cashier.full_name, by=by)
    return mine


@action
def refuse_shift(*, shift: Shift, reason: str = "", by: User) -> Shift:
    """Refuse an offered drawer, or take the offer back: it is the first person's as before."""
    shift = locked_shift(shift)
    if shift.status != S.OFFERED or by.pk not in (shift.offered_to_id, shift.cashier_id):
        raise Conflict(_("This drawer is not offered to you any more."), code="not_offered")
    return _move(shift, S.OPEN, by, {**_UNCOUNTED, "offered_to": None}, reason=reason.strip())


_UNCOUNTED: dict[str, Any] = {
    "counted": None, "counted_notes": {}, "expected": None, "left": None, "banked": Decimal(0)
}  # fmt: skip


def locked_shift(shift: Shift) -> Shift:
    """The shift as it is now, held until the transaction ends."""
    return shifts().select_for_update(of=("self",)).get(pk=shift.pk)


def _close(shift: Shift, by: User, values: dict[str, Any]) -> Shift:
    """Empty the drawer in the books: the difference, the bank, what stays for the next, the rest into the safe."""
    for name, value in values.items():
        setattr(shift, name, value)
    counted, left = shift.counted or Decimal(0), shift.left or Decimal(0)
    _post_difference(shift, shift.difference or Decimal(0), shift.note, by)
    write_move(shift, K.TO_BANK, shift.banked, by=by)
    write_move(shift, K.LEFT, left, by=by)
    write_move(shift, K.TO_SAFE, counted - left - shift.banked, by=by)
    if drawer_sum(shift) != 0:
        raise ValueError(f"shift {shift.pk} is closed and its drawer is not empty")  # a fault of ours
    return _move(shift, S.CLOSED, by, {**values, "closed_at": timezone.now()})


def _post_difference(shift: Shift, difference: Decimal, why: str, by: User) -> None:
    write_move(shift, K.OVER if difference > 0 else K.SHORT, abs(difference), reason=why, by=by)


def _move(shift: Shift, to: str, by: User, values: dict[str, Any], reason: str = "") -> Shift:
    more = {"counted": values.get("counted")} if to in (S.COUNTED, S.OFFERED) else {}
    move(shift, to, moves=SHIFT_MOVES, log=ShiftStatusChange, by=by, changes=values, reason=reason, more=more)
    tell("money", branch=shift.branch_id)
    return shifts().get(pk=shift.pk)


def _check_free(desk: CashDesk | None, by: User) -> None:
    live = shifts().filter(status__in=LIVE_SHIFTS)
    there = live.filter(desk=desk).first() if desk else None
    if there:
        words = {"desk": there.desk.name, "who": there.cashier.full_name}
        text = _("%(desk)s is open already, in the hands of %(who)s. Have it handed over to you.") % words
        raise Conflict(text, code="desk_open")
    mine = live.filter(cashier=by).first()
    if mine:
        text = _("You have a shift at %(desk)s. Close it or hand it over first.") % {"desk": mine.desk.name}
        raise Conflict(text, code="shift_open")


def _check_mine(shift: Shift, by: User) -> None:
    if shift.cashier_id != by.pk and not by.can(Perm.CASH_MANAGE, shift.branch_id):
        raise Forbidden(_("This is %(who)s’s drawer.") % {"who": shift.cashier.full_name})


def _check_sum(amount: Decimal, field: str) -> None:
    if amount < 0 or quantise(amount) != amount:
        raise Invalid(_("Write zero or more, in whole units of the currency."), field=field)
    if amount >= Decimal(10) ** 15:
        raise Invalid(_("This amount is too large: %(amount)s") % {"amount": format_money(amount)}, field=field)
