"""Reads of terminals and bank accounts: which there are, what is on its way to the bank."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from clinic.accounts.models import Branch
from finance.models import JournalLine, Payment, PayPoint, PayPointKind, Refund, Settlement
from finance.queries.money import NOTHING, total


def points_of(branch: Branch, kind: str = "") -> QuerySet[PayPoint]:
    """The terminals and accounts of a branch that are in use."""
    rows = PayPoint.objects.filter(branch=branch, is_active=True)
    return rows.filter(kind=kind) if kind else rows


def on_terminals(branch: Branch) -> Decimal:
    """What cards have paid in a branch and the bank has not paid out, by the books."""
    return total(JournalLine.objects.filter(account__code=f"1020-{branch.pk}"))


@dataclass(frozen=True)
class TerminalState:
    """A terminal with what it took since ever, and what of it the bank has paid out."""

    point: PayPoint
    taken: Decimal
    settled: Decimal
    last: Settlement | None

    @property
    def waiting(self) -> Decimal:
        """What the bank still has to pay."""
        return self.taken - self.settled


def terminals_of(branch: Branch) -> list[TerminalState]:
    """The terminals of a branch, in three statements whatever their number."""
    rows = list(PayPoint.objects.filter(branch=branch, kind=PayPointKind.TERMINAL))
    came = dict(Payment.objects.filter(point__in=rows).order_by().values_list("point").annotate(Sum("amount")))
    went = dict(
        Refund.objects.filter(payment__point__in=rows, method=F("payment__method"))
        .order_by()
        .values_list("payment__point")
        .annotate(Sum("amount"))
    )
    paid: dict[int, list[Settlement]] = {}
    for each in Settlement.objects.filter(point__in=rows).order_by("pk"):
        paid.setdefault(each.point_id, []).append(each)
    return [
        TerminalState(
            row,
            came.get(row.pk, NOTHING) - went.get(row.pk, NOTHING),
            sum((each.gross for each in paid.get(row.pk, [])), NOTHING),
            paid[row.pk][-1] if row.pk in paid else None,
        )
        for row in rows
        if row.is_active or row.pk in came
    ]
