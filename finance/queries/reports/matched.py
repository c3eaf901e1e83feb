"""Visits matched against revenue: each finished visit has a bill, each bill its worth; what does not fit is listed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from finance.models import Invoice
from finance.queries.money import NOTHING
from finance.queries.reports.scope import Scope
from finance.statuses import InvoiceStatus
from scheduling.models import Service, Visit
from scheduling.statuses import VisitStatus

AT_MOST = 200  # rows of a list


@dataclass(frozen=True)
class Unpriced:
    """A service whose price is nothing, and how many visits it had."""

    service: Service
    times: int


@dataclass(frozen=True)
class Matched:
    """Finished visits of some days with their bills, and what stands beside them."""

    scope: Scope
    visits: int
    billed: int
    revenue: Decimal  # of bills of these visits, less what was given back
    paid: Decimal
    without_bill: list[Visit]
    for_nothing: list[Invoice]
    unpaid: list[Invoice]
    other_bills: int  # of these days, without a visit: goods, fees
    other_revenue: Decimal
    others: list[Invoice]
    unpriced: list[Unpriced]

    @property
    def owed(self) -> Decimal:
        """What is still owed on the bills of these visits."""
        return self.revenue - self.paid


def matched(scope: Scope) -> Matched:
    """Visits against bills, of one branch or doctor where they are named; as both stand now."""
    visits = _visits(scope)
    standing = Invoice.objects.exclude(status__in=[InvoiceStatus.CANCELLED, InvoiceStatus.DRAFT])
    bills = standing.filter(visit__in=visits).select_related("patient", "visit")
    whole = bills.aggregate(total=Sum("total"), credited=Sum("credited"), paid=Sum("paid"))
    own = Exists(standing.filter(visit=OuterRef("pk")))
    missing = visits.filter(~own).select_related("patient", "service", "practitioner").order_by("day", "pk")
    others = standing.filter(visit=None, business_date__gte=scope.first, business_date__lte=scope.last)
    others = others.filter(branch=scope.branch) if scope.branch else others
    aside = others.aggregate(total=Sum("total"), credited=Sum("credited"))
    return Matched(
        scope=scope,
        visits=visits.count(),
        billed=bills.count(),
        revenue=_sum(whole, "total") - _sum(whole, "credited"),
        paid=_sum(whole, "paid"),
        without_bill=list(missing[:AT_MOST]),
        for_nothing=list(bills.filter(total=0).order_by("business_date", "pk")[:AT_MOST]),
        unpaid=list(bills.filter(status=InvoiceStatus.ISSUED).order_by("business_date", "pk")[:AT_MOST]),
        other_bills=others.count(),
        other_revenue=_sum(aside, "total") - _sum(aside, "credited"),
        others=list(others.select_related("patient").order_by("business_date", "pk")[:AT_MOST]),
        unpriced=_unpriced(visits),
    )


def _unpriced(visits: QuerySet[Visit]) -> list[Unpriced]:
    """Of these visits, the most used first."""
    used = (
        visits.filter(service__price=0).values_list("service").annotate(times=Count("pk")).order_by("-times", "service")
    )
    times = dict(used[:AT_MOST])
    rows = Service.objects.in_bulk(times)
    return [Unpriced(rows[pk], count) for pk, count in times.items()]


def _visits(scope: Scope) -> QuerySet[Visit]:
    found = Q(status=VisitStatus.FINISHED, day__gte=scope.first, day__lte=scope.last)
    for name in ("branch", "practitioner", "service"):
        if getattr(scope, name):
            found &= Q(**{name: getattr(scope, name)})
    return Visit.objects.filter(found)


def _sum(found: dict[str, Any], name: str) -> Decimal:
    return found[name] or NOTHING
