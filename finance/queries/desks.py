"""Reads of cash desks: which there are, whose drawers are open, who can take one over."""

from dataclasses import dataclass
from decimal import Decimal

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import staff_accounts
from finance.models import CashDesk, Shift
from finance.queries.drawers import drawer_sums, left_at, shifts
from finance.queries.money import NOTHING
from finance.statuses import LIVE_SHIFTS


@dataclass(frozen=True)
class DeskState:
    """A desk with its live shift, and what the drawer must hold."""

    desk: CashDesk
    shift: Shift | None
    sum: Decimal
    left: Decimal


def desks_of(branch: Branch) -> list[DeskState]:
    """The desks of a branch as they are now; those out of use only while a shift is open."""
    live = {shift.desk_id: shift for shift in shifts().filter(branch=branch, status__in=LIVE_SHIFTS)}
    sums = drawer_sums(shift.pk for shift in live.values())
    found = []
    for desk in CashDesk.objects.filter(branch=branch).select_related("branch"):
        shift = live.get(desk.pk)
        if shift:
            found.append(DeskState(desk, shift, sums.get(shift.pk, NOTHING), NOTHING))
        elif desk.is_active:
            found.append(DeskState(desk, None, NOTHING, left_at(desk)))
    return found


def may_take_over(branch: Branch, shift: Shift) -> list[User]:
    """The colleagues to whom a drawer can be handed: those who take money there and have none open."""
    busy = set(Shift.objects.filter(status__in=LIVE_SHIFTS).values_list("cashier", flat=True))
    return [
        user
        for user in staff_accounts()
        if user.is_active and user.pk not in busy and user.pk != shift.cashier_id
        and user.can(Perm.PAYMENTS_TAKE, branch.pk)
    ]  # fmt: skip
