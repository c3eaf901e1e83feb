"""The weekly billing report: what was billed, given off, collected, and what is owed at the week's end."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from clinic.shared.calendar import week_start
from finance.models import Journal
from finance.postings import CHART
from finance.queries.money import NOTHING
from finance.queries.reports.scope import Scope

REVENUE = [CHART[key].code for key in ("service_revenue", "product_revenue", "fee_revenue")]
GIVEN_OFF = [CHART[key].code for key in ("discounts", "returns")]
COLLECTED = ["payment", "deposit", "deposit_held", "refund"]
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """Seven days of the books; `owed` is what patients owe at their end."""

    first: dt.date
    last: dt.date
    bills: int
    billed: Decimal
    given_off: Decimal
    collected: Decimal
    owed: Decimal

    @property
    def net(self) -> Decimal:
        """What was billed, less what was given off."""
        return self.billed - self.given_off


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The week of a day as the reader's calendar counts it."""
    first = day - dt.timedelta(days=(day.weekday() - week_start()) % 7)
    return first, first + WEEK - dt.timedelta(days=1)


def weekly(
    until: dt.date, *, count: int = 8, branch: int | None = None, known: dt.datetime | None = None
) -> list[Week]:
    """The `count` weeks up to that of a day, the newest first."""
    first, last = week_of(until)
    return [_week(Scope(first - WEEK * back, last - WEEK * back, known, branch)) for back in range(count)]


def _week(scope: Scope) -> Week:
    lines = scope.lines()
    sums = lines.aggregate(
        billed=Sum("amount", filter=Q(account__code__in=REVENUE)),
        off=Sum("amount", filter=Q(account__code__in=GIVEN_OFF)),
        money=Sum("amount", filter=Q(account__is_money=True, journal__kind__in=COLLECTED)),
    )
    owed = scope.lines_until().filter(account__code=CHART["receivable"].code).aggregate(sum=Sum("amount"))["sum"]
    bills = Journal.objects.filter(kind="issue", business_date__gte=scope.first, business_date__lte=scope.last)
    if scope.branch:
        bills = bills.filter(branch=scope.branch)
    if scope.known:
        bills = bills.filter(posted_at__lte=scope.known)
    return Week(
        scope.first,
        scope.last,
        bills.count(),
        -(sums["billed"] or NOTHING),
        sums["off"] or NOTHING,
        sums["money"] or NOTHING,
        owed or NOTHING,
    )
