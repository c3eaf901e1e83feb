"""Reads of memberships: whose they are, which gives what on a visit, what is owed for them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from clinic.patients.models import Patient, RelatedPerson
from clinic.shared.money import rounded_down
from finance.models import Membership, MembershipPeriod, MembershipPlan, MembershipPlanLine, MembershipRight
from finance.queries.days import today
from finance.queries.packages import last_unless
from finance.statuses import InvoiceStatus, MembershipStatus
from scheduling.models import Visit

GIVES = Q(discount_percent__gt=0) | Q(sessions__gt=0)
RUNNING = [MembershipStatus.ACTIVE, MembershipStatus.FROZEN]


@dataclass(frozen=True)
class Benefit:
    """What a membership takes off a visit; a session that is included costs nothing."""

    right: MembershipRight
    list_price: Decimal
    is_session: bool

    @property
    def membership(self) -> Membership:
        """The membership that gives it."""
        return self.right.period.membership

    @property
    def amount(self) -> Decimal:
        """What is taken off, in the clinic's currency, rounded down."""
        if self.is_session:
            return self.list_price
        return rounded_down(self.list_price * self.right.discount_percent / 100)


def whose(patient: Patient, path: str = "") -> Q:
    """Her own memberships, and those that her family shares with her; in one statement."""
    family = RelatedPerson.objects.filter(relative__isnull=False)
    beside = Q(**{f"{path}patient__in": family.filter(patient=patient).values("relative")})
    around = Q(**{f"{path}patient__in": family.filter(relative=patient).values("patient")})
    return Q(**{f"{path}patient": patient}) | Q(**{f"{path}shareable": True}) & (beside | around)


def benefit_of(visit: Visit, price: Decimal, *, hold: bool = False) -> Benefit | None:
    """The best that a visit gets: an included session, else the highest discount. `hold` locks what gives it.

    A row of the visit's own service counts before the row for all the others; a period counts once it is paid.
    """
    if not price:
        return None
    day = today(visit.branch)
    rows = MembershipRight.objects.filter(
        whose(visit.patient, "period__membership__"), Q(service=visit.service_id) | Q(service=None),
        period__membership__status=MembershipStatus.ACTIVE, period__starts_on__lte=day, period__ends_on__gt=day,
        period__invoice__status=InvoiceStatus.BALANCED, period__returned=0,
    ).select_related("period__membership__patient")  # fmt: skip
    rows = rows.order_by(last_unless(period__membership__patient=visit.patient), "period__ends_on", "pk")
    found = list(rows.select_for_update(of=("self",)) if hold else rows)
    for right in found:
        if right.left and right.service_id:
            return Benefit(right, price, is_session=True)
    named = {right.period_id for right in found if right.service_id}
    counts = [right for right in found if right.service_id or right.period_id not in named]
    best = max(counts, key=lambda right: right.discount_percent, default=None)
    return Benefit(best, price, is_session=False) if best and best.discount_percent else None


def plans() -> QuerySet[MembershipPlan]:
    """Every kind with what it gives, those on sale first."""
    lines = MembershipPlanLine.objects.filter(GIVES).select_related("service")
    rows = MembershipPlan.objects.prefetch_related(
        Prefetch("lines", lines.order_by(F("service").asc(nulls_last=True)), to_attr="inside")
    )
    return rows.order_by("-is_active", "name", "pk")


def plans_on_sale() -> list[MembershipPlan]:
    """The kinds that can be sold now."""
    return list(plans().filter(is_active=True))


def _with_periods(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    rights = MembershipRight.objects.select_related("service").order_by(F("service").asc(nulls_last=True))
    periods = MembershipPeriod.objects.exclude(invoice__status=InvoiceStatus.CANCELLED).select_related("invoice")
    inside = Prefetch("periods", periods.order_by("-starts_on").prefetch_related(Prefetch("rights", rights)))
    return rows.select_related("patient", "branch").prefetch_related(inside)


def memberships_for(patient: Patient) -> QuerySet[Membership]:
    """A patient's own memberships, the running ones first, and what her family shares with her."""
    mine = Q(patient=patient) | Q(patient__merged_into=patient)
    shared = whose(patient) & Q(status__in=RUNNING)
    return _with_periods(Membership.objects.filter(mine | shared)).order_by(last_unless(status__in=RUNNING), "-pk")


def running_memberships(patients: Iterable[int]) -> QuerySet[Membership]:
    """What runs of these patients."""
    rows = Membership.objects.filter(patient__in=list(patients), status__in=RUNNING)
    return _with_periods(rows).order_by("-pk")


def owing_memberships() -> QuerySet[Membership]:
    """Memberships of which days are paid or owed and have not passed yet, the newest first."""
    rows = Membership.objects.filter(periods__price__gt=F("periods__earned") + F("periods__returned")).distinct()
    return _with_periods(rows).order_by("-pk")


def owed_for_memberships() -> tuple[int, Decimal]:
    """How many memberships are owed, and how much, by their periods."""
    rows = MembershipPeriod.objects.annotate(rest=F("price") - F("earned") - F("returned")).filter(rest__gt=0)
    owed = rows.aggregate(sum=Sum("rest"))["sum"] or Decimal(0)
    return rows.values("membership").distinct().count(), owed


@dataclass(frozen=True)
class Standing:
    """A membership as it is read on a day: the period that runs and the bill that waits."""

    membership: Membership
    now: MembershipPeriod | None
    waiting: MembershipPeriod | None
    ends_on: dt.date | None  # the last day that is in it

    @property
    def owed(self) -> Decimal:
        """What is neither earned nor given back, of all its periods."""
        return sum((period.owed for period in self.membership.periods.all()), Decimal(0))


def standing(membership: Membership) -> Standing:
    """How a membership stands today."""
    day = membership.frozen_on or today(membership.branch)
    periods = list(membership.periods.all())
    running = next((each for each in periods if each.starts_on <= day < each.ends_on), None)
    waiting = next((each for each in periods if each.invoice.due > 0), None)
    last = max((each.ends_on for each in periods), default=None)
    return Standing(membership, running, waiting, last - dt.timedelta(1) if last else None)


def goes_first(patient: Patient, day: dt.date) -> bool:
    """Whether a paid membership of hers lets her go first in the line."""
    rows = MembershipPeriod.objects.filter(
        membership__patient=patient, membership__status=MembershipStatus.ACTIVE, membership__priority=True,
        starts_on__lte=day, ends_on__gt=day, invoice__status=InvoiceStatus.BALANCED, returned=0,
    )  # fmt: skip
    return rows.exists()
