"""The end of a shift: counted, counted again, closed with or without a difference."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from finance.actions.cash import write_move
from finance.actions.shifts import (
    UNCOUNTED,
    K,
    Notes,
    S,
    check_mine,
    check_sum,
    locked_shift,
    move_shift,
    post_difference,
)
from finance.models import Shift
from finance.queries.drawers import drawer_sum


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
    check_mine(shift, by)
    check_sum(counted, "counted")
    left = min(shift.opening, counted - min(banked, counted)) if left is None else left
    for amount, field in ((left, "left"), (banked, "banked")):
        check_sum(amount, field)
    if left + banked > counted:
        raise Invalid(_("That is more than was counted."), field="left")
    values = {"counted": counted, "counted_notes": notes or {}, "expected": drawer_sum(shift), "left": left,
              "banked": banked, "note": note.strip()}  # fmt: skip
    if shift.status != S.OPEN or counted != values["expected"]:
        return move_shift(shift, S.COUNTED, by, values)
    return _close(shift, by, values)


@action
def settle_count(*, shift: Shift, note: str, by: User) -> Shift:
    """Close a counted drawer with its shortage or excess. Raises Invalid without a word about it."""
    shift = locked_shift(shift)
    check_mine(shift, by)
    if shift.status != S.COUNTED:
        raise Conflict(_("This drawer is not counted."), code="not_counted")
    if not note.strip():
        raise Invalid(_("Write what may have happened, or that nobody knows."), field="note")
    return _close(shift, by, {"note": note.strip()})


@action
def count_again(*, shift: Shift, by: User) -> Shift:
    """Take a count back, because it is counted again; both stay in the history."""
    shift = locked_shift(shift)
    check_mine(shift, by)
    if shift.status == S.OFFERED:
        raise Conflict(_("This drawer waits to be taken over."), code="offered")
    return move_shift(shift, S.OPEN, by, UNCOUNTED)


def _close(shift: Shift, by: User, values: dict[str, Any]) -> Shift:
    """Empty the drawer in the books: the difference, the bank, what stays for the next, the rest into the safe."""
    for name, value in values.items():
        setattr(shift, name, value)
    counted, left = shift.counted or Decimal(0), shift.left or Decimal(0)
    post_difference(shift, shift.difference or Decimal(0), shift.note, by)
    write_move(shift, K.TO_BANK, shift.banked, by=by)
    write_move(shift, K.LEFT, left, by=by)
    write_move(shift, K.TO_SAFE, counted - left - shift.banked, by=by)
    if drawer_sum(shift) != 0:
        raise ValueError(f"shift {shift.pk} is closed and its drawer is not empty")  # a fault of ours
    return move_shift(shift, S.CLOSED, by, {**values, "closed_at": timezone.now()})
