"""Reads of cash desks: whose shift is open, what a drawer must hold, what went through it."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from clinic.accounts.models import Branch, User
from finance.models import BranchCash, CashDesk, JournalLine, Payment, PaymentMethod, Refund, Shift
from finance.queries.money import NOTHING, total
from finance.statuses import ShiftStatus

S = ShiftStatus


# Notes and coins that are counted one by one, the largest first.
NOTES: dict[str, list[str]] = {
    "IRR": ["1000000", "500000", "100000", "50000", "20000", "10000", "5000"],
    "GBP": ["50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10"],
    "EUR": ["100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10"],
    "USD": ["100", "50", "20", "10", "5", "1", "0.25", "0.10"],
    "AED": ["1000", "500", "200", "100", "50", "20", "10", "5", "1"],
}


def cash_rules(branch: Branch) -> BranchCash:
    """How the branch keeps its cash; the usual way where it has not said."""
    return BranchCash.objects.filter(branch=branch).first() or BranchCash(branch=branch)


def shifts() -> QuerySet[Shift]:
    """Shifts with what every page shows of them."""
    return Shift.objects.select_related("desk", "branch", "cashier", "offered_to")


def live_shift(branch: Branch, user: User) -> Shift | None:
    """The open drawer that a person uses in a branch: her own, else the one shared one that a colleague has open."""
    found = list(shifts().filter(branch=branch, status=S.OPEN).filter(Q(cashier=user) | Q(desk__is_shared=True)))
    own = next((shift for shift in found if shift.cashier_id == user.pk), None)
    return own or (found[0] if len(found) == 1 else None)


def needs_desk(branch: Branch, user: User) -> bool:
    """Whether somebody has to open a drawer before she can take cash."""
    return cash_rules(branch).uses_shifts and live_shift(branch, user) is None


def drawer_sum(shift: Shift) -> Decimal:
    """What a shift's drawer must hold now, by the books."""
    return drawer_sums([shift.pk]).get(shift.pk, NOTHING)


def drawer_sums(shifts: Iterable[int]) -> dict[int, Decimal]:
    """`drawer_sum` of many shifts at once, by their ids."""
    lines = JournalLine.objects.filter(journal__shift__in=list(shifts), account__code__startswith="1010-")
    rows = lines.values("journal__shift").annotate(sum=Sum("amount"))
    return {row["journal__shift"]: row["sum"] for row in rows}


def left_at(desk: CashDesk) -> Decimal:
    """What the last shift left in the drawer."""
    last = Shift.objects.filter(desk=desk, status=S.CLOSED).order_by("-closed_at", "-pk").first()
    return (last.left if last else None) or NOTHING


def cash_taken(shift: Shift) -> Decimal:
    """Cash of patients that stayed, in one shift."""
    came = Payment.objects.filter(shift=shift, method=PaymentMethod.CASH)
    return total(came) - total(Refund.objects.filter(shift=shift, method=PaymentMethod.CASH))
