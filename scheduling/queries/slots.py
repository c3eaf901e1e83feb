"""Free times: one answer for the site, the desk, the API and the waitlist, computed from hours and what is taken, never
stored.

The rule of gaps: a visit occupies doctor, room and devices from its buffer before to its buffer after, and two occupied
times may touch but not overlap; so the buffers of neighbours add up. The visit itself lies within working hours, its
buffers may reach beyond them.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone

from scheduling.models import Mode, Service
from scheduling.queries.numbers import expected, next_number, numbers_left
from scheduling.queries.opening import DAY, Busy, Offer, Opening, Stretch, join, offers, taken, zone_of
from scheduling.queries.places import Places, places_of
from scheduling.queries.sessions import Key, Shared, open_sessions
from scheduling.queries.starts import GRID, Shape, first_of_each_part, is_clear, is_within, starts_of

LONGEST_WINDOW = dt.timedelta(days=93)
STAFF_HORIZON = dt.timedelta(days=730)


@lru_cache(maxsize=32_768)
def iso(zone: str, moment: int) -> str:
    """A moment as the API writes it; quarter hours are few and are asked for again and again."""
    return dt.datetime.fromtimestamp(moment, zone_of(zone)).isoformat()


class Slot(NamedTuple):
    """A time that can be booked: from `begin` to `end` in seconds since 1970, in the zone of the branch.

    `left` is how many more people it takes, where several share it; with `number`, the next number in line, the time is
    a block in which numbers are given, and she is expected at `expected_at`.
    """

    practitioner_id: int
    service_id: int
    branch_id: int
    begin: int
    end: int
    zone: str
    mode: str = Mode.IN_PERSON
    left: int | None = None
    number: int | None = None
    expected: int | None = None

    @property
    def starts_at(self) -> dt.datetime:
        """The start in the branch's own time."""
        return dt.datetime.fromtimestamp(self.begin, zone_of(self.zone))

    @property
    def ends_at(self) -> dt.datetime:
        """The end in the branch's own time."""
        return dt.datetime.fromtimestamp(self.end, zone_of(self.zone))

    @property
    def expected_at(self) -> dt.datetime:
        """When the next number of a block is expected to be seen; of other times the start."""
        return dt.datetime.fromtimestamp(self.expected or self.begin, zone_of(self.zone))

    @property
    def wall(self) -> dt.datetime:
        """The start as the clock of the branch shows it, without a zone: what pages print."""
        return self.starts_at.replace(tzinfo=None)

    @property
    def value(self) -> str:
        """How a form names it: doctor, branch, moment."""
        return f"{self.practitioner_id}-{self.branch_id}-{self.begin}"

    def as_dict(self) -> dict[str, object]:
        """As the API tells it; what only some times have stands there only for them."""
        told: dict[str, object] = {
            "doctor": self.practitioner_id,
            "service": self.service_id,
            "branch": self.branch_id,
            "starts_at": iso(self.zone, self.begin),
            "ends_at": iso(self.zone, self.end),
        }
        if self.mode != Mode.IN_PERSON:
            told["mode"] = self.mode
        if self.left is not None:
            told["left"] = self.left
        if self.number is not None:
            told |= {"number": self.number, "expected_at": self.expected_at.isoformat()}
        return told


@lru_cache(maxsize=32_768)
def _both_times(zone: str, begin: int, end: int) -> str:
    return f'"starts_at":"{iso(zone, begin)}","ends_at":"{iso(zone, end)}"'


def as_json(slots: Iterable[Slot]) -> str:
    """What `as_dict` tells of each, as one text: to encode hundreds of times costs half as much as to find them."""
    texts = []
    for slot in slots:
        doctor, service, branch, begin, end, zone, mode, left, number, _expected = slot
        if left is None and number is None and mode == Mode.IN_PERSON:
            times = _both_times(zone, begin, end)
            texts.append(f'{{"doctor":{doctor},"service":{service},"branch":{branch},{times}}}')
        else:
            texts.append(json.dumps(slot.as_dict(), separators=(",", ":")))
    return f"[{','.join(texts)}]"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of `Diary`: a service in one mode, between two moments."""

    service: Service
    mode: str
    window: Stretch
    scan: Stretch  # what must be read for it: with a limit for parts of the day, the part from its beginning
    for_staff: bool
    now: int

    @property
    def most(self) -> int | None:
        """How many starts of a part of a day are offered at most."""
        return None if self.for_staff else self.service.starts_per_part


def free_slots(
    *,
    service: Service,
    practitioner: int | None = None,
    branch: int | None = None,
    since: dt.datetime,
    until: dt.datetime,
    for_staff: bool = False,
    mode: str | None = None,
    now: dt.datetime | None = None,
    limit: int | None = None,
) -> list[Slot]:
    """All starts in [since, until) at which the service can be had, in order of time, then doctor.

    Without a practitioner every one who gives it, without a branch all branches. Patients see neither less than the
    shortest notice ahead nor beyond the horizon, nor more starts of a part of a day than the service's limit; staff see
    everything from the step of the clock that is running. `mode` matters where a service is given in either way: times
    at the clinic unless "online" is asked for.
    """
    diary = look(
        service=service, practitioner=practitioner, branch=branch, since=since, until=until, for_staff=for_staff,
        mode=mode, now=now,
    )  # fmt: skip
    if diary is None:
        return []
    slots = [slot for offer in diary.opening.offers for slot in diary.slots(offer)]
    if len(diary.opening.offers) > 1:
        slots.sort(key=lambda slot: (slot.begin, slot.practitioner_id))
    return slots[:limit] if limit else slots


def look(
    *,
    service: Service,
    practitioner: int | None,
    branch: int | None,
    since: dt.datetime,
    until: dt.datetime,
    for_staff: bool,
    mode: str | None,
    now: dt.datetime | None,
) -> "Diary | None":
    """Everything that decides about the free times of a service between two moments; None where there are none."""
    now = now or timezone.now()
    way = way_of(service, mode)
    begin, end = _window(service, since, until, for_staff, now)
    if begin >= end or way is None or not service.is_active or not (service.is_online or for_staff):
        return None
    first = begin
    if service.starts_per_part and not for_staff:
        first = max(begin - DAY, int(bookable(service, for_staff=False, now=now)[0].timestamp()))
    opening = offers(
        service=service.pk, practitioner=practitioner, branch=branch, since=first, until=end + DAY, mode=way
    )
    if not opening.offers:
        return None
    return Diary(Question(service, way, (begin, end), (first, end), for_staff, int(now.timestamp())), opening)


class Diary:
    """Hours, what is taken, places and shared times of one question, read once."""

    def __init__(self, question: Question, opening: Opening) -> None:
        self.question, self.opening = question, opening
        service, (begin, end) = question.service, question.scan
        self.hurdles: dict[int, tuple[list[Stretch], list[list[list[Stretch]]]]] = {}
        found = opening.offers
        self.places: Places = places_of(service, opening, question.mode)
        names = dict.fromkeys(f"d:{offer.practitioner}" for offer in found)
        names |= dict.fromkeys(name for offer in found for pool in self.places.pools(offer) for name in pool)
        numbers = any(offer.tokens for offer in found)
        longest = max(offer.minutes for offer in found) * 60
        # A block of numbers is looked at as a whole, even where it has begun.
        before, after = max(offer.before for offer in found), max(offer.after for offer in found)
        since, until = begin - (DAY if numbers else before), end + (DAY if numbers else longest) + after
        self.busy: Busy = taken(list(names), since, until)
        self.groups = self._shared(service.pk, since, until) if service.capacity > 1 else {}
        self.lines = self._shared(None, since, until) if numbers else {}

    def _shared(self, service: int | None, since: int, until: int) -> dict[Key, Shared]:
        return open_sessions({offer.practitioner for offer in self.opening.offers}, service, since, until)

    def shape(self, offer: Offer) -> Shape:
        """Length, buffers and steps of the service with this doctor."""
        return Shape(offer.minutes * 60, offer.before, offer.after, grid_of(self.question.service))

    def slots(self, offer: Offer) -> Iterable[Slot]:
        """What one doctor has in one branch under one rule, in order of time."""
        if offer.tokens:
            return self._blocks(offer, offer.tokens)
        made = self._made(offer, self._starts(offer))
        return sorted([*made, *self._groups(offer)], key=lambda slot: slot.begin) if self.groups else made

    def slot(self, offer: Offer, start: int) -> Slot:
        """The slot of a doctor that begins then."""
        return self._made(offer, [start])[0]

    def _made(self, offer: Offer, starts: Iterable[int]) -> list[Slot]:
        service, mode = self.question.service, self.question.mode
        left = service.capacity if service.capacity > 1 else None
        doctor, pk, branch, zone, length = offer.practitioner, service.pk, offer.branch, offer.zone, offer.minutes * 60
        return [Slot(doctor, pk, branch, start, start + length, zone, mode, left) for start in starts]

    def fits(self, offer: Offer, start: int) -> bool:
        """Whether a visit may begin then, on any minute."""
        end = start + offer.minutes * 60
        if not is_within(offer.open, start, end):
            return False
        known = self.hurdles.get(id(offer)) or self.hurdles.setdefault(id(offer), self._hurdles(offer))
        begin, end = start - offer.before, end + offer.after
        return is_clear(known[0], begin, end) and fits_all(known[1], begin, end)

    def names(self, offer: Offer) -> set[str]:
        """Rooms and devices that a visit may take."""
        return {name for pool in self.places.pools(offer) for name in pool}

    def _starts(self, offer: Offer) -> Iterable[int]:
        question, shape = self.question, self.shape(offer)
        busy, pools = self._hurdles(offer)
        starts: Iterable[int] = starts_of(offer, busy, shape, question.scan)
        if pools:
            before, after = shape.before, shape.length + shape.after
            starts = (start for start in starts if fits_all(pools, start - before, start + after))
        if question.most is None:
            return starts
        limited = first_of_each_part(starts, offer.zone, question.most)
        return (start for start in limited if start >= question.window[0])

    def _hurdles(self, offer: Offer) -> tuple[list[Stretch], list[list[list[Stretch]]]]:
        """What must be clear at once (the doctor, a room or device without an alternative), and the other places."""
        one = [self.busy.of(f"d:{offer.practitioner}")]
        several = []
        for pool in self.places.pools(offer):
            times = [join(self.busy.of(name) + self.opening.away.get(name, [])) for name in pool]
            (one.append(times[0]) if len(times) == 1 else several.append(times))
        return (join(stretch for each in one for stretch in each) if len(one) > 1 else one[0]), several

    def _groups(self, offer: Offer) -> Iterator[Slot]:
        """Groups that somebody opened and that have seats left."""
        service, (begin, end) = self.question.service, self.question.window
        for (doctor, branch, start), group in self.groups.items():
            left = service.capacity - len(group.seats)
            if (doctor, branch) != (offer.practitioner, offer.branch) or left <= 0 or not begin <= start < end:
                continue
            if is_within(offer.open, start, group.end):
                yield Slot(doctor, service.pk, branch, start, group.end, offer.zone, self.question.mode, left)

    def _blocks(self, offer: Offer, tokens: int) -> Iterator[Slot]:
        """Blocks in which numbers are given: one slot each, with how many are left."""
        question = self.question
        begin, end = question.window
        for block in offer.blocks:
            running = question.for_staff and block[0] < begin <= question.now < block[1]
            if not (begin <= block[0] < end or running):
                continue
            line = self.lines.get((offer.practitioner, offer.branch, block[0]))
            alone = self.busy.alone.get(f"d:{offer.practitioner}", [])
            left = numbers_left(offer, block, tokens, line.seats if line else (), alone)
            if left:
                number = next_number(block, tokens, left, question.now)
                yield Slot(
                    offer.practitioner, question.service.pk, offer.branch, *block, offer.zone, question.mode,
                    len(left), number, expected(block, tokens, number)[0],
                )  # fmt: skip


def fits_all(pools: list[list[list[Stretch]]], begin: int, end: int) -> bool:
    """Whether each sort of place has one that is clear."""
    return all(any(is_clear(times, begin, end) for times in pool) for pool in pools)


def way_of(service: Service, mode: str | None) -> str | None:
    """How patient and doctor meet: the wish where the service leaves it open; None where it is not given so."""
    if mode in (None, "", Mode.EITHER):
        return Mode.ONLINE if service.mode == Mode.ONLINE else Mode.IN_PERSON
    return mode if service.mode in (Mode.EITHER, mode) else None


def grid_of(service: Service) -> int:
    """At which steps a service may begin, in seconds."""
    return service.grid_minutes * 60 if service.grid_minutes else GRID


def _window(
    service: Service, since: dt.datetime, until: dt.datetime, for_staff: bool, now: dt.datetime
) -> tuple[int, int]:
    earliest, latest = bookable(service, for_staff=for_staff, now=now)
    if for_staff:  # the step that is running can still be taken
        earliest -= dt.timedelta(seconds=grid_of(service) - 1)
    until = min(until, latest, since + LONGEST_WINDOW)
    return int(max(since, earliest).timestamp()), int(until.timestamp())


def bookable(service: Service, *, for_staff: bool, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The first and last moment at which a visit may begin."""
    if for_staff:
        return now, now + STAFF_HORIZON
    notice, horizon = dt.timedelta(minutes=service.min_notice_minutes), dt.timedelta(days=service.horizon_days)
    return now + notice, now + horizon


def next_free(
    *,
    service: Service,
    practitioner: int | None = None,
    branch: int | None = None,
    since: dt.datetime | None = None,
    for_staff: bool = False,
    mode: str | None = None,
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
            for_staff=for_staff, mode=mode, now=now, limit=1,
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
    mode: str | None = None,
    now: dt.datetime | None = None,
) -> list[Slot]:
    """The free times closest to a wished one, the same doctor's first, then anybody's; in order of time."""
    now = now or timezone.now()
    wish: dict[str, Any] = {"service": service, "branch": branch, "for_staff": for_staff, "mode": mode, "now": now}
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
