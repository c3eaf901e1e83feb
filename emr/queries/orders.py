"""Orders and results as screens show them."""

from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from emr.models import Flag, OrderItem, OrderKind, Result, ServiceRequest
from emr.queries.chart import whole_of
from emr.statuses import ORDER_OPEN, OrderStatus

ODD = {Flag.LOW, Flag.HIGH, Flag.ABNORMAL, Flag.CRITICAL}


@dataclass
class Desk:
    """A doctor's orders: what is on its way, what came back and wants to be seen, what was seen lately."""

    to_see: list[ServiceRequest] = field(default_factory=list)
    under_way: list[ServiceRequest] = field(default_factory=list)
    seen: list[ServiceRequest] = field(default_factory=list)


def with_results(orders: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """Orders with all that a page shows of them: two queries."""
    return orders.select_related("patient", "practitioner", "visit__branch", "reviewed_by").prefetch_related(
        Prefetch("results", Result.objects.select_related("entered_by"))
    )


def orders_of(patient: Patient, *, limit: int = 200) -> list[ServiceRequest]:
    """The patient's orders, newest first, without those entered in error."""
    rows = ServiceRequest.objects.filter(whole_of(patient)).exclude(status=OrderStatus.ENTERED_IN_ERROR)
    return list(with_results(rows).order_by("-pk")[:limit])


def desk_of(user: User, *, everybody: bool = False) -> Desk:
    """The orders of the doctor behind an account, or of all doctors: four queries."""
    rows = with_results(ServiceRequest.objects.all())
    if not everybody:
        rows = rows.filter(Q(practitioner__user=user))
    return Desk(
        to_see=list(rows.filter(status=OrderStatus.RESULTED).order_by("-is_urgent", "resulted_at")[:200]),
        under_way=list(rows.filter(status__in=ORDER_OPEN).order_by("-is_urgent", "pk")[:200]),
        seen=list(rows.filter(status=OrderStatus.REVIEWED).order_by("-reviewed_at")[:20]),
    )


def choices() -> list[tuple[str, list[OrderItem]]]:
    """What can be ordered, by kind; panels first."""
    rows = list(OrderItem.objects.filter(is_active=True).prefetch_related("panel"))
    found = []
    for kind, label in OrderKind.choices:
        own = sorted((row for row in rows if row.kind == kind), key=lambda row: (not row.panel.all(), row.name))
        if own:
            found.append((str(label), own))
    return found


def released_orders(user: User) -> QuerySet[ServiceRequest]:
    """The results that the patients of an account may see."""
    mine = acts_for(user)
    return with_results(
        ServiceRequest.objects.filter(
            Q(patient__in=mine) | Q(patient__merged_into__in=mine),
            status=OrderStatus.REVIEWED,
            released_at__isnull=False,
        )
    ).order_by("-released_at")
