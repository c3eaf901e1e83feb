"""The page of times: two weeks or a month with how much is free, and one day's times in parts of the day."""

import datetime as dt
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.shared.calendar import add_months, make_date
from scheduling.models import Service
from scheduling.queries.chains import free_chains
from scheduling.queries.opening import offers, zone_of
from scheduling.queries.slots import Slot, bookable, free_slots, next_free, way_of

DAYS = 14
NOON, EVENING = 12, 17
PARTS = ("morning", "afternoon", "evening")
OFFERED_TO = {"practitioner", "branch"}


@dataclass(frozen=True)
class DayOffer:
    """A day of the page: how many starts are free, and whether anybody works at all in what is left of it."""

    date: dt.date
    free: int
    is_open: bool


@dataclass
class Times:
    """What the page shows: days with what is free in them, and one day's slots in parts that have a name."""

    first: dt.date
    chosen: dt.date
    days: list[DayOffer] = field(default_factory=list)
    parts: list[tuple[str, list[Slot]]] = field(default_factory=list)
    soonest: Any = None  # the first free time from the page's first day on
    next: Any = None  # where these days have none
    has_earlier: bool = False
    has_later: bool = False


def times(
    *,
    services: Sequence[Service],
    zone: str,
    first: dt.date | None = None,
    chosen: dt.date | None = None,
    month: tuple[int, int] | None = None,
    part: str = "",
    now: dt.datetime | None = None,
    **where: Any,
) -> Times:
    """Two weeks of free times from a day (today) on, or a month of the reader's calendar, and those of the chosen day;
    of several services those at which all follow each other.

    Without a chosen day the first one with any is shown; where the first two weeks have none and nobody asked for
    them, the page begins with the two weeks that have.
    """
    now = now or timezone.now()
    clock = zone_of(zone)
    today = now.astimezone(clock).date()
    last_bookable = today + dt.timedelta(days=min(service.horizon_days for service in services))
    nobody_asked = first is None and chosen is None and month is None
    first, days = _days(first, chosen, month, today, last_bookable)
    where |= {"services": services, "now": now}
    slots = [slot for slot in _free(**_window(days, clock), **where) if _is_in(part, slot)]
    if not slots and nobody_asked and not part:
        later = _next(since=_window(days, clock)["until"], **where)
        if later is not None:
            first, days = _days(None, later.starts_at.date(), None, today, last_bookable)
            slots = _free(**_window(days, clock), **where)
    by_day: dict[dt.date, list[Any]] = defaultdict(list)
    for slot in slots:
        by_day[slot.starts_at.date()].append(slot)
    with_any = next((day for day in days if by_day.get(day)), days[0])
    page = Times(first=first, chosen=chosen if chosen in days else with_any)
    opened = open_days(services[0], where, clock, days, now)
    page.days = [DayOffer(day, len({slot.begin for slot in by_day.get(day, [])}), day in opened) for day in days]
    page.parts = parts_of_day(one_a_time(by_day.get(page.chosen, [])))
    page.has_earlier = first > today
    page.has_later = days[-1] < last_bookable
    page.soonest = next(iter(one_a_time(by_day.get(with_any, []))), None)
    if not page.parts:
        page.next = _next(since=max(now, _window(days, clock)["since"]), **where)
    return page


def _free(*, services: Sequence[Service], **where: Any) -> list[Any]:
    """Slots of one service, chains of several."""
    if len(services) > 1:
        return free_chains(services=services, **where)
    return free_slots(service=services[0], **where)


def _next(*, services: Sequence[Service], since: dt.datetime, now: dt.datetime, **where: Any) -> Any:
    """The first time from a moment on."""
    if len(services) == 1:
        return next_free(service=services[0], since=since, now=now, **where)
    latest = min(bookable(service, for_staff=False, now=now)[1] for service in services)
    while since < latest:
        until = since + dt.timedelta(days=DAYS)
        found = free_chains(services=services, since=since, until=until, now=now, limit=1, **where)
        if found:
            return found[0]
        since = until
    return None


def _days(
    first: dt.date | None,
    chosen: dt.date | None,
    month: tuple[int, int] | None,
    today: dt.date,
    last: dt.date,
) -> tuple[dt.date, list[dt.date]]:
    """The page's first day and all its days."""
    if month is not None:
        begin, end = make_date(*month, 1), make_date(*add_months(*month, 1), 1)
        count = min((end - begin).days, 31)
        return begin, [begin + dt.timedelta(days=offset) for offset in range(count)]
    first = min(max(first or today, today), max(last - dt.timedelta(days=1), today))
    if chosen and not first <= chosen < first + dt.timedelta(days=DAYS):
        first = today + dt.timedelta(days=max(0, (chosen - today).days) // DAYS * DAYS)
    return first, [first + dt.timedelta(days=offset) for offset in range(DAYS)]


def _window(days: list[dt.date], clock: zoneinfo.ZoneInfo) -> dict[str, Any]:
    after = days[-1] + dt.timedelta(days=1)
    return {
        "since": dt.datetime.combine(days[0], dt.time(), clock),
        "until": dt.datetime.combine(after, dt.time(), clock),
    }


def open_days(
    service: Service, where: dict[str, Any], clock: zoneinfo.ZoneInfo, days: list[dt.date], now: dt.datetime
) -> set[dt.date]:
    """Days in which somebody works from the earliest bookable moment on: where nothing is free they are full."""
    window = _window(days, clock)
    since = int(max(window["since"], bookable(service, for_staff=False, now=now)[0]).timestamp())
    until = int(window["until"].timestamp())
    if since >= until:
        return set()
    whose: dict[str, Any] = {name: where.get(name) for name in OFFERED_TO}
    way = way_of(service, where.get("mode")) or service.mode
    opening = offers(service=service.pk, since=since, until=until, mode=way, **whose)
    stretches = [(max(begin, since), min(end, until)) for offer in opening.offers for begin, end in offer.open]
    return {
        dt.datetime.fromtimestamp(moment, clock).date()
        for begin, end in stretches
        if begin < end
        for moment in (*range(begin, end, 6 * 3600), end - 1)
    }


def _is_in(part: str, slot: Slot) -> bool:
    return part not in PARTS or part_of(slot) == part


def part_of(slot: Slot) -> str:
    """Morning, afternoon or evening by the clock of the branch."""
    hour = slot.starts_at.hour
    return PARTS[0] if hour < NOON else PARTS[1] if hour < EVENING else PARTS[2]


def one_a_time(slots: list[Slot]) -> list[Slot]:
    """One slot for each start: where several doctors are free, the one with the emptiest day."""
    free = Counter(slot.practitioner_id for slot in slots)
    best: dict[int, Slot] = {}
    for slot in slots:
        if slot.begin not in best or free[slot.practitioner_id] > free[best[slot.begin].practitioner_id]:
            best[slot.begin] = slot
    return [best[begin] for begin in sorted(best)]


def part_names() -> dict[str, str]:
    """What the parts of the day are called."""
    return {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")}


def parts_of_day(slots: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """Morning, afternoon, evening; only those that have something."""
    found: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        found[part_of(slot)].append(slot)
    return [(name, found[part]) for part, name in part_names().items() if found.get(part)]
