"""Free times: one answer for the site, the desk and the API, computed from hours and what is taken, never stored.

The rule of gaps: a visit occupies doctor and room from its buffer before to its buffer after, and two occupied times
may touch but not overlap; so the buffers of neighbours add up. The visit itself lies within working hours, its buffers
may reach beyond them.
"""

import datetime as dt
import zoneinfo
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from scheduling.models import Room, Service
from scheduling.queries.opening import DAY, Offer, Stretch, join, offers, taken, zone_of

GRID = 15 * 60
LONGEST_WINDOW = dt.timedelta(days=93)
STAFF_HORIZON = dt.timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked: from `begin` to `end` in seconds since 1970, in the zone of the branch."""

    practitioner_id: int
    service_id: int
    branch_id: int
    begin: int
    end: int
    zone: str

    @property
    def starts_at(self) -> dt.datetime:
        """The start in the branch's own time."""
        return dt.datetime.fromtimestamp(self.begin, zone_of(self.zone))

    @property
    def ends_at(self) -> dt.datetime:
        """The end in the branch's own time."""
        return dt.datetime.fromtimestamp(self.end, zone_of(self.zone))

    @property
    def wall(self) -> dt.datetime:
        """The start as the clock of the branch shows it, without a zone: what pages print."""
        return self.starts_at.replace(tzinfo=None)

    @property
    def value(self) -> str:
        """How a form names it: doctor, branch, moment."""
        return f"{self.practitioner_id}-{self.branch_id}-{self.begin}"

    def as_dict(self) -> dict[str, object]:
        """As the API tells it."""
        return {
            "doctor": self.practitioner_id,
            "service": self.service_id,
            "branch": self.branch_id,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }


def free_slots(
    *,
    service: Service,
    practitioner: int | None = None,
    branch: int | None = None,
    since: dt.datetime,
    until: dt.datetime,
    for_staff: bool = False,
    now: dt.datetime | None = None,
    limit: int | None = None,
) -> list[Slot]:
    """All starts on quarter hours in [since, until) at which the service can be had, in order of time, then doctor.

    Without a practitioner every one who gives it, without a branch all branches. Patients see neither less than the
    shortest notice ahead nor beyond the horizon; staff see everything from now on.
    """
    begin, end = _window(service, since, until, for_staff, now or timezone.now())
    if begin >= end or not service.is_active or not (service.is_online or for_staff):
        return []
    before, after = service.buffer_before * 60, service.buffer_after * 60
    found, away = offers(service=service.pk, practitioner=practitioner, branch=branch, since=begin, until=end + DAY)
    if not found:
        return []
    rooms = rooms_of(service, {offer.branch for offer in found}) if service.needs_room else {}
    doctors = [f"d:{offer.practitioner}" for offer in found]
    resources = list(dict.fromkeys(doctors + [f"r:{room}" for ids in rooms.values() for room in ids]))
    longest = max(offer.minutes for offer in found) * 60
    busy = taken(resources, begin - before, end + longest + after)
    slots: list[Slot] = []
    for offer in found:
        length = offer.minutes * 60
        shape = (length, before, after)
        starts = _starts(offer, busy.get(f"d:{offer.practitioner}", []), shape, (begin, end))
        if service.needs_room:
            full = _rooms_full(rooms.get(offer.branch, []), busy, away)
            starts = (start for start in starts if _fits_some(full, start - before, start + length + after))
        slots += [
            Slot(offer.practitioner, service.pk, offer.branch, start, start + length, offer.zone) for start in starts
        ]
    if len(found) > 1:
        slots.sort(key=lambda slot: (slot.begin, slot.practitioner_id))
    return slots[:limit] if limit else slots


def _window(
    service: Service, since: dt.datetime, until: dt.datetime, for_staff: bool, now: dt.datetime
) -> tuple[int, int]:
    earliest, latest = bookable(service, for_staff=for_staff, now=now)
    until = min(until, latest, since + LONGEST_WINDOW)
    return int(max(since, earliest).timestamp()), int(until.timestamp())


def bookable(service: Service, *, for_staff: bool, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The first and last moment at which a visit may begin."""
    if for_staff:
        return now, now + STAFF_HORIZON
    notice, horizon = dt.timedelta(minutes=service.min_notice_minutes), dt.timedelta(days=service.horizon_days)
    return now + notice, now + horizon


def _starts(offer: Offer, busy: list[Stretch], shape: tuple[int, int, int], window: Stretch) -> Iterator[int]:
    """Starts of one doctor: working stretches and taken times walked side by side. Shape: length, buffers."""
    (length, before, after), (earliest, latest) = shape, window
    place, total = 0, len(busy)
    zone = zone_of(offer.zone)
    for open_from, open_until in offer.open:
        start = -(-max(open_from, earliest) // GRID) * GRID
        last = min(open_until - length, latest - 1)
        twice = _clock_goes_back(zone, open_from, open_until)
        while start <= last:
            while place < total and busy[place][1] <= start - before:
                place += 1
            if place < total and busy[place][0] < start + length + after:
                start = max(start + GRID, -(-(busy[place][1] + before) // GRID) * GRID)
                continue
            # A wall time that comes twice is promised once: nobody could tell the two apart.
            if not twice or not dt.datetime.fromtimestamp(start, zone).fold:
                yield start
            start += GRID


def _clock_goes_back(zone: zoneinfo.ZoneInfo, begin: int, end: int) -> bool:
    return dt.datetime.fromtimestamp(begin, zone).utcoffset() != dt.datetime.fromtimestamp(end, zone).utcoffset()


def rooms_of(service: Service, branches: set[int]) -> dict[int, list[int]]:
    """The rooms in use in which a service is given, by branch; a service that names none is given in any."""
    rooms = Room.objects.filter(is_active=True, branch__in=branches)
    named = rooms.filter(services=service)
    found: dict[int, list[int]] = {}
    for room, branch in (named if service.rooms.exists() else rooms).order_by("pk").values_list("pk", "branch_id"):
        found.setdefault(branch, []).append(room)
    return found


def _rooms_full(
    rooms: list[int], busy: dict[str, list[Stretch]], away: dict[str, list[Stretch]]
) -> list[list[Stretch]]:
    return [join(busy.get(f"r:{room}", []) + away.get(f"r:{room}", [])) for room in rooms]


def _fits_some(rooms: list[list[Stretch]], begin: int, end: int) -> bool:
    return any(is_clear(room, begin, end) for room in rooms)


def is_clear(busy: list[Stretch], begin: int, end: int) -> bool:
    """Whether nothing of an ordered list of stretches overlaps [begin, end)."""
    place = bisect_left(busy, (end, 0)) - 1
    return place < 0 or busy[place][1] <= begin


def next_free(
    *,
    service: Service,
    practitioner: int | None = None,
    branch: int | None = None,
    since: dt.datetime | None = None,
    for_staff: bool = False,
    now: dt.datetime | None = None,
) -> Slot | None:
    """The first free time from a moment (now) on, looked for in growing windows; None within the horizon."""
    now = now or timezone.now()
    begin = max(since or now, now)
    latest = min(bookable(service, for_staff=for_staff, now=now)[1], begin + dt.timedelta(days=180))
    days = 3
    while begin < latest:
        until = begin + dt.timedelta(days=days)
        found = free_slots(
            service=service, practitioner=practitioner, branch=branch, since=begin, until=until,
            for_staff=for_staff, now=now, limit=1,
        )  # fmt: skip
        if found:
            return found[0]
        begin, days = until, min(days * 2, 45)
    return None


def nearest_free(
    *,
    service: Service,
    starts_at: dt.datetime,
    practitioner: int | None = None,
    branch: int | None = None,
    for_staff: bool = False,
    count: int = 3,
    now: dt.datetime | None = None,
) -> list[Slot]:
    """The free times closest to a wished one, the same doctor's first, then anybody's; in order of time."""
    now = now or timezone.now()
    wish: dict[str, Any] = {"service": service, "branch": branch, "for_staff": for_staff, "now": now}
    found = _around(starts_at, count, **wish, practitioner=practitioner)
    if len(found) < count and practitioner is not None:
        others = _around(starts_at, count * 2, **wish)
        taken_times = {slot.value for slot in found}
        found += [slot for slot in others if slot.value not in taken_times][: count - len(found)]
    return sorted(found, key=lambda slot: slot.begin)


def _around(starts_at: dt.datetime, count: int, **wish: Any) -> list[Slot]:
    """The nearest ones within a day, else a week, else four weeks on both sides."""
    wished = int(starts_at.timestamp())
    for days in (1, 7, 28):
        reach = dt.timedelta(days=days)
        slots = free_slots(since=starts_at - reach, until=starts_at + reach, **wish)
        if len(slots) >= count or days == 28:
            return sorted(slots, key=lambda slot: abs(slot.begin - wished))[:count]
    return []


def local_day(day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """A branch's day as two moments."""
    begin = dt.datetime.combine(day, dt.time(), zone_of(zone))
    return begin, dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone_of(zone))


def is_open(*, service: int, practitioner: int, branch: int, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether the doctor gives the service in the branch for the whole of this time, whatever is booked."""
    begin, end = int(starts_at.timestamp()), int(ends_at.timestamp())
    found, _away = offers(service=service, practitioner=practitioner, branch=branch, since=begin - 1, until=end + 1)
    return any(opens <= begin and end <= closes for offer in found for opens, closes in offer.open)
