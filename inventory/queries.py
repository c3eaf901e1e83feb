"""Reads of stock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DecimalField, F, Min, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from clinic.accounts.models import Branch
from clinic.accounts.queries import business_day
from inventory.models import ConsumptionLine, Discrepancy, Item, Lot, StockMovement, TemplateLine
from scheduling.models import Service, Visit

SOON = timedelta(days=30)
_QUANTITY = DecimalField(max_digits=14, decimal_places=3)


def today_in(branch: Branch) -> date:
    """The branch's own day."""
    return business_day(branch)


def _sum(condition: Q) -> Coalesce:
    return Coalesce(Sum("lots__quantity", filter=condition), Decimal(0), output_field=_QUANTITY)


def levels(items: Iterable[int], branch: Branch) -> dict[int, Decimal]:
    """How much of each item the branch can use today: lots that have expired do not count."""
    usable = Q(expires_on=None) | Q(expires_on__gte=today_in(branch))
    rows = Lot.objects.filter(usable, item__in=list(items), branch=branch).order_by()
    found = dict(rows.values_list("item").annotate(Sum("quantity")))
    return {item: found.get(item, Decimal(0)) for item in items}


def stock_of(branch: Branch, *, words: str = "", with_unused: bool = False) -> QuerySet[Item]:
    """Items with `on_hand`, `expired`, `worth` and `next_expiry` in a branch; low ones first, then by name."""
    today = today_in(branch)
    here = Q(lots__branch=branch)
    usable = here & (Q(lots__expires_on=None) | Q(lots__expires_on__gte=today))
    there, worth = Q(lots__quantity__gt=0), F("lots__quantity") * F("lots__unit_cost")
    items = Item.objects.all() if with_unused else Item.objects.filter(is_active=True)
    if words:
        items = items.filter(Q(name__icontains=words) | Q(name_en__icontains=words))
    return items.annotate(
        on_hand=_sum(usable),
        expired=_sum(here & Q(lots__expires_on__lt=today)),
        next_expiry=Min("lots__expires_on", filter=usable & there),
        worth=Coalesce(Sum(worth, filter=usable), Decimal(0), output_field=_QUANTITY),
    ).order_by((F("on_hand") - F("low_level")).asc(), "name", "pk")


def low_items(branch: Branch) -> list[Item]:
    """Items at or below their level in a branch; those without a level are never low."""
    return list(stock_of(branch).filter(low_level__gt=0, on_hand__lte=F("low_level")))


def lots_of(item: Item, branch: Branch) -> QuerySet[Lot]:
    """The lots with something in them, the first to expire first."""
    return Lot.objects.filter(item=item, branch=branch, quantity__gt=0).order_by(
        F("expires_on").asc(nulls_last=True), "pk"
    )


def movements_of(item: Item, branch: Branch) -> QuerySet[StockMovement]:
    """Every movement of an item in a branch with its reason, the newest first."""
    rows = StockMovement.objects.filter(item=item, branch=branch)
    return rows.select_related("lot", "by", "visit__patient", "visit__service").order_by("-at", "-pk")


def consumption_of(visit: Visit) -> list[ConsumptionLine]:
    """The lines of a visit, each with what the branch has of the item (`on_hand`)."""
    lines = list(visit.consumption.select_related("item").order_by("pk"))
    there = levels([line.item_id for line in lines], visit.branch)
    for line in lines:
        line.on_hand = there[line.item_id]  # type: ignore[attr-defined]  # for the page
    return lines


def open_shortages(branch: Branch) -> QuerySet[Discrepancy]:
    """Shortages that nobody has settled by a count."""
    rows = Discrepancy.objects.filter(branch=branch, settled_at=None)
    return rows.select_related("item", "visit__service").order_by("-created_at")


@dataclass(frozen=True)
class Attention:
    """What the desk should know of a branch's stock."""

    low: list[Item]
    shortages: int

    def __bool__(self) -> bool:
        return bool(self.low or self.shortages)


def attention(branch: Branch) -> Attention:
    """Low items and open shortages of a branch."""
    return Attention(low_items(branch), open_shortages(branch).count())


def services_with_templates() -> list[Service]:
    """Services that are offered, each with the lines of what it is expected to use (`consumption`)."""
    lines = Prefetch("consumption", TemplateLine.objects.select_related("item").order_by("pk"))
    return list(Service.objects.filter(is_active=True).prefetch_related(lines).order_by("pk"))
