"""Reads of cash desks: whose shift is open, what a drawer must hold, what went through it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import staff_accounts
from finance.models import BranchCash, CashDesk, CashMove, JournalLine, Payment, PaymentMethod, Refund, Shift
from finance.queries.money import NOTHING, total
from finance.statuses import LIVE_SHIFTS, ShiftStatus

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


@dataclass(frozen=True)
class MethodSum:
    """One way to pay in one shift."""

    label: str
    count: int
    received: Decimal
    refunded: Decimal

    @property
    def kept(self) -> Decimal:
        """What is left of it."""
        return self.received - self.refunded


@dataclass(frozen=True)
class ShiftSheet:
    """Everything that went through a drawer in a shift."""

    shift: Shift
    sum: Decimal
    moves: list[CashMove]
    methods: list[MethodSum]
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)


def sheet_of(shift: Shift) -> ShiftSheet:
    """A shift's sheet, from its documents; the drawer from the books."""
    came = {
        row["method"]: (row["count"], row["sum"])
        for row in Payment.objects.filter(shift=shift).values("method").annotate(sum=Sum("amount"), count=Count("pk"))
    }
    went = {
        row["payment__method"]: row["sum"]
        for row in Refund.objects.filter(shift=shift).values("payment__method").annotate(sum=Sum("amount"))
    }
    methods = [
        MethodSum(
            str(method.label),
            *came.get(method.value, (0, NOTHING)),
            went.get(method.value, NOTHING),
        )
        for method in PaymentMethod
        if method.value in came or method.value in went
    ]
    return ShiftSheet(
        shift=shift,
        sum=drawer_sum(shift),
        moves=list(shift.cash_moves.select_related("by").order_by("pk")),
        methods=methods,
        payments=list(
            Payment.objects.filter(shift=shift).select_related("patient", "invoice", "received_by").order_by("-pk")
        ),
        refunds=list(Refund.objects.filter(shift=shift).select_related("payment__patient", "by").order_by("-pk")),
    )


def cash_taken(shift: Shift) -> Decimal:
    """Cash of patients that stayed, in one shift."""
    came = Payment.objects.filter(shift=shift, method=PaymentMethod.CASH)
    return total(came) - total(Refund.objects.filter(shift=shift, payment__method=PaymentMethod.CASH))


def may_take_over(branch: Branch, shift: Shift) -> list[User]:
    """The colleagues to whom a drawer can be handed: those who take money there and have none open."""
    busy = set(Shift.objects.filter(status__in=LIVE_SHIFTS).values_list("cashier", flat=True))
    return [
        user
        for user in staff_accounts()
        if user.is_active and user.pk not in busy and user.pk != shift.cashier_id
        and user.can(Perm.PAYMENTS_TAKE, branch.pk)
    ]  # fmt: skip
