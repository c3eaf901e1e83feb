"""The sheet of a shift: everything that went through its drawer."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Sum

from finance.models import CashMove, Payment, PaymentMethod, Refund, Shift
from finance.queries.drawers import drawer_sum
from finance.queries.money import NOTHING
from finance.queries.takings import ByMethod


@dataclass(frozen=True)
class ShiftSheet:
    """Everything that went through a drawer in a shift."""

    shift: Shift
    sum: Decimal
    moves: list[CashMove]
    methods: list[ByMethod]
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)


def sheet_of(shift: Shift) -> ShiftSheet:
    """A shift's sheet, from its documents; the drawer from the books."""
    came = {
        row["method"]: (row["count"], row["sum"])
        for row in Payment.objects.filter(shift=shift).values("method").annotate(sum=Sum("amount"), count=Count("pk"))
    }
    went = {
        row["method"]: row["sum"]
        for row in Refund.objects.filter(shift=shift).values("method").annotate(sum=Sum("amount"))
    }
    methods = [
        ByMethod(
            method.value, str(method.label), *came.get(method.value, (0, NOTHING)), went.get(method.value, NOTHING)
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
