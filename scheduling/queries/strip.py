"""The page of times: fourteen days with how much is free in each, and one day's times in parts of the day."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from scheduling.models import Service
from scheduling.queries.opening import zone_of
from scheduling.queries.slots import Slot, free_slots, next_free

DAYS = 14
NOON, EVENING = 12, 17


@dataclass
class Times:
    """What the page shows; days are dates with the number of free starts, parts are lists of slots with their name."""

    first: dt.date
    chosen: dt.date
    days: list[tuple[dt.date, int]] = field(default_factory=list)
    parts: list[tuple[str, list[Slot]]] = field(default_factory=list)
    next: Slot | None = None
    has_earlier: bool = False
    has_later: bool = False


def times(
    *,
    service: Service,
    practitioner: int | None,
    branch: int | None,
    zone: str,
    first: dt.date | None = None,
    chosen: dt.date | None = None,
    now: dt.datetime | None = None,
    **who: Any,
) -> Times:
    """Two weeks of free times from a day (today) on, and those of the chosen day, else of the first day with any."""
    now = now or timezone.now()
    today = now.astimezone(zone_of(zone)).date()
    last_bookable = today + dt.timedelta(days=service.horizon_days)
    first = min(max(first or today, today), max(last_bookable - dt.timedelta(days=1), today))
    if chosen and not first <= chosen < first + dt.timedelta(days=DAYS):
        first = today + dt.timedelta(days=max(0, (chosen - today).days) // DAYS * DAYS)
    since = dt.datetime.combine(first, dt.time(), zone_of(zone))
    until = dt.datetime.combine(first + dt.timedelta(days=DAYS), dt.time(), zone_of(zone))
    where = {"service": service, "practitioner": practitioner, "branch": branch, "now": now, **who}
    by_day: dict[dt.date, list[Slot]] = defaultdict(list)
    for slot in free_slots(since=since, until=until, **where):
        by_day[slot.starts_at.date()].append(slot)
    days = [first + dt.timedelta(days=offset) for offset in range(DAYS)]
    with_any = next((day for day in days if by_day.get(day)), days[0])
    page = Times(first=first, chosen=chosen if chosen in days else with_any)
    page.days = [(day, len({slot.begin for slot in by_day.get(day, [])})) for day in days]
    page.parts = parts_of_day(one_a_time(by_day.get(page.chosen, [])))
    page.has_earlier = first > today
    page.has_later = days[-1] < last_bookable
    if not page.parts:
        page.next = next_free(since=max(now, since), **where)
    return page


def one_a_time(slots: list[Slot]) -> list[Slot]:
    """One slot for each start: where several doctors are free, the one with the emptiest day."""
    free = Counter(slot.practitioner_id for slot in slots)
    best: dict[int, Slot] = {}
    for slot in slots:
        if slot.begin not in best or free[slot.practitioner_id] > free[best[slot.begin].practitioner_id]:
            best[slot.begin] = slot
    return [best[begin] for begin in sorted(best)]


def parts_of_day(slots: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """Morning, afternoon, evening; only those that have something."""
    parts: dict[str, list[Slot]] = {_("Morning"): [], _("Afternoon"): [], _("Evening"): []}
    names = list(parts)
    for slot in slots:
        hour = slot.starts_at.hour
        parts[names[0] if hour < NOON else names[1] if hour < EVENING else names[2]].append(slot)
    return [(name, found) for name, found in parts.items() if found]
