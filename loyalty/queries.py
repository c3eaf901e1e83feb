"""Reads of points: the rule that counts, balances, what may be spent, statements."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.money import exponent, quantise
from clinic.shared.segments import NUMBER, Asked, Way, condition
from clinic.shared.tenancy import current_clinic
from loyalty.models import LoyaltyRule, PointsAccount, PointsEntry, PointsKind, PointsLot


@dataclass(frozen=True)
class Offer:
    """What a patient may pay with points on one bill: the points, what they are worth, and the whole balance."""

    points: int
    worth: Decimal
    balance: int
    point_value: Decimal


def today() -> dt.date:
    """The clinic's own day; points belong to the clinic, not to a branch."""
    return timezone.now().astimezone(ZoneInfo(current_clinic().time_zone)).date()


def current_rule() -> LoyaltyRule:
    """The newest rule; until the owner sets one, one per cent comes back (in the clinic's currency)."""
    newest = LoyaltyRule.objects.order_by("-pk").first()
    if newest is not None:
        return newest
    if exponent(current_clinic().currency):
        return LoyaltyRule(money_per_point=Decimal(1), point_value=Decimal("0.01"))
    return LoyaltyRule()


def balance(patient: Patient) -> int:
    """The points that a patient has now, without those that ended but are not swept away yet."""
    account = PointsAccount.objects.filter(patient=patient).first()
    if account is None:
        return 0
    ended = _sum(PointsLot.objects.filter(patient=patient, expires_on__lt=today()), "remaining")
    return account.balance - ended


def offer(patient: Patient, *, total: Decimal, used: Decimal, due: Decimal) -> Offer:
    """What she may spend on a bill of `total`, of which points paid `used` already and `due` is still owed."""
    rule, owned = current_rule(), balance(patient)
    if not rule.is_active or not rule.point_value:
        return Offer(0, Decimal(0), owned, rule.point_value)
    room = min(quantise(total * rule.cap_percent / 100, current_clinic().currency) - used, due)
    points = max(0, min(owned, int(room // rule.point_value)))
    return Offer(points, points * rule.point_value, owned, rule.point_value)


def of_cause(cause: str) -> Q:
    """Rows of a cause and of what followed from it (`invoice:7`, `invoice:7/refund:3`)."""
    return Q(cause=cause) | Q(cause__startswith=f"{cause}/")


def net_points(patient: Patient, cause: str) -> int:
    """The points that this cause has brought and not lost again, also on a card that was merged into hers."""
    entries = PointsEntry.objects.filter(
        of_cause(cause),
        Q(patient=patient) | Q(patient__merged_into=patient),
        kind__in=[PointsKind.EARNED, PointsKind.REVERSED],
    )
    return _sum(entries, "points") - _sum(entries, "short")


def statement(patient: Patient) -> QuerySet[PointsEntry]:
    """Every line of her account, the newest first."""
    return PointsEntry.objects.filter(patient=patient).order_by("-at", "-pk")


def ending_next(patient: Patient) -> PointsLot | None:
    """The points that end first."""
    lots = PointsLot.objects.filter(patient=patient, remaining__gt=0, expires_on__gte=today())
    return lots.order_by("expires_on", "pk").first()


def remaining(lots: QuerySet[PointsLot]) -> int:
    """The points that are left in lots."""
    return _sum(lots, "remaining")


def outstanding() -> int:
    """All points that patients hold."""
    return _sum(PointsAccount.objects.all(), "balance")


def totals(since: dt.date) -> dict[str, int]:
    """Points by kind since a day, for the owner; all positive."""
    zone = ZoneInfo(current_clinic().time_zone)
    moment = dt.datetime.combine(since, dt.time(), tzinfo=zone)
    rows = PointsEntry.objects.filter(at__gte=moment).values_list("kind").annotate(sum=Sum("points"))
    found = {kind: abs(points) for kind, points in rows.values_list("kind", "sum")}
    return {kind: found.get(kind, 0) for kind in PointsKind.values}


def _sum(rows: "QuerySet[PointsLot] | QuerySet[PointsEntry] | QuerySet[PointsAccount]", field: str) -> int:
    return int(rows.aggregate(sum=Sum(field))["sum"] or 0)


@condition(
    "points",
    label=_("Points"),
    group=_("Money"),
    permission=Perm.POINTS_VIEW,
    order=65,
    ways=(
        Way(
            "at_least",
            _("at least"),
            ngettext_lazy("have at least %(what)s point", "have at least %(what)s points", "n"),
            NUMBER,
            _("points"),
            10_000_000,
        ),
        Way(
            "below",
            _("less than"),
            ngettext_lazy("have less than %(what)s point", "have less than %(what)s points", "n"),
            NUMBER,
            _("points"),
            10_000_000,
        ),
    ),
)
def with_points(asked: Asked) -> Q:
    """By the balance, without points that ended but are not swept away yet."""
    ended = PointsLot.objects.filter(patient=OuterRef("patient"), expires_on__lt=today()).order_by()
    gone = Subquery(ended.values("patient").annotate(sum=Sum("remaining")).values("sum"))
    rows = PointsAccount.objects.annotate(now=F("balance") - Coalesce(gone, 0)).filter(now__gte=int(asked.number))
    found = Q(pk__in=rows.values("patient")) if asked.number else ~Q(pk__in=[])
    return found if asked.way == "at_least" else ~found
