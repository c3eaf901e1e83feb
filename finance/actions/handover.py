"""A drawer goes to a colleague: offered, accepted or refused."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.statuses import begin
from finance.actions.cash import write_move
from finance.actions.ledger import take_turn
from finance.actions.shifts import (
    UNCOUNTED,
    K,
    Notes,
    S,
    check_free,
    check_mine,
    check_sum,
    locked_shift,
    move_shift,
    post_difference,
)
from finance.models import CashDesk, Shift, ShiftStatusChange
from finance.queries.days import today
from finance.queries.drawers import drawer_sum


@action
def offer_shift(
    *, shift: Shift, to: User, counted: Decimal, notes: Notes | None = None, note: str = "", by: User
) -> Shift:
    """Count a drawer and offer it to a colleague; nothing is posted before she accepts it.

    Raises Invalid for a colleague who cannot take it, or for a difference without a word about it.
    """
    shift = locked_shift(shift)
    check_mine(shift, by)
    check_sum(counted, "counted")
    if to.pk == shift.cashier_id or not to.can(Perm.PAYMENTS_TAKE, shift.branch_id):
        raise Invalid(_("Choose a colleague who takes money in this branch."), field="to")
    expected = drawer_sum(shift)
    if counted != expected and not note.strip():
        raise Invalid(_("The books say something else. Count again, or write what may have happened."), field="note")
    values = {"counted": counted, "counted_notes": notes or {}, "expected": expected, "note": note.strip(),
              "offered_to": to, "left": None, "banked": Decimal(0)}  # fmt: skip
    return move_shift(shift, S.OFFERED, by, values)


@action
def accept_shift(*, shift: Shift, by: User) -> Shift:
    """Take over a drawer with the cash that was counted; returns the new shift. Only for whom it was offered to."""
    CashDesk.objects.select_for_update(of=("self",)).get(pk=shift.desk_id)
    take_turn(f"shift-of:{by.pk}")
    shift = locked_shift(shift)
    if shift.status != S.OFFERED or shift.offered_to_id != by.pk:
        raise Conflict(_("This drawer is not offered to you any more."), code="not_offered")
    check_free(None, by)
    counted = shift.counted or Decimal(0)
    post_difference(shift, counted - (shift.expected or Decimal(0)), shift.note, by)
    write_move(shift, K.HANDED, counted, reason=by.full_name, by=by)
    move_shift(shift, S.CLOSED, by, {"closed_at": timezone.now(), "left": counted})
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
    return move_shift(shift, S.OPEN, by, {**UNCOUNTED, "offered_to": None}, reason=reason.strip())
