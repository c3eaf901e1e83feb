"""Shifts at a cash desk: opened with what is in the drawer, counted, handed over, closed.

The drawer's account holds only what open drawers hold; between shifts the cash stands on the safe's account. Locks:
desk, shift, then whatever is posted.
"""

from decimal import Decimal
from typing import Any

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
from finance.queries.drawers import left_at, shifts
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
    check_free(desk, by)
    check_sum(opening, "opening")
    left = left_at(desk)
    shift = Shift(
        desk=desk, branch=desk.branch, cashier=by, business_date=today(desk.branch), opening=opening,
        opening_notes=notes or {},
    )  # fmt: skip
    begin(shift, log=ShiftStatusChange, by=by, counted=opening)
    write_move(shift, K.OPENED, left if missing else opening, by=by)
    if missing:
        post_difference(shift, opening - left, _("At the opening of the drawer"), by)
    tell("money", branch=desk.branch_id)
    return shift


UNCOUNTED: dict[str, Any] = {
    "counted": None, "counted_notes": {}, "expected": None, "left": None, "banked": Decimal(0)
}  # fmt: skip


def locked_shift(shift: Shift) -> Shift:
    """The shift as it is now, held until the transaction ends."""
    return shifts().select_for_update(of=("self",)).get(pk=shift.pk)


def post_difference(shift: Shift, difference: Decimal, why: str, by: User) -> None:
    write_move(shift, K.OVER if difference > 0 else K.SHORT, abs(difference), reason=why, by=by)


def move_shift(shift: Shift, to: str, by: User, values: dict[str, Any], reason: str = "") -> Shift:
    more = {"counted": values.get("counted")} if to in (S.COUNTED, S.OFFERED) else {}
    move(shift, to, moves=SHIFT_MOVES, log=ShiftStatusChange, by=by, changes=values, reason=reason, more=more)
    tell("money", branch=shift.branch_id)
    return shifts().get(pk=shift.pk)


def check_free(desk: CashDesk | None, by: User) -> None:
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


def check_mine(shift: Shift, by: User) -> None:
    if shift.cashier_id != by.pk and not by.can(Perm.CASH_MANAGE, shift.branch_id):
        raise Forbidden(_("This is %(who)s’s drawer.") % {"who": shift.cashier.full_name})


def check_sum(amount: Decimal, field: str) -> None:
    if amount < 0 or quantise(amount) != amount:
        raise Invalid(_("Write zero or more, in whole units of the currency."), field=field)
    if amount >= Decimal(10) ** 15:
        raise Invalid(_("This amount is too large: %(amount)s") % {"amount": format_money(amount)}, field=field)
