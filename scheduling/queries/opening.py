"""When somebody works: weekly hours of a branch's wall clock as stretches of real time, less holidays and times off.

Times are whole seconds since 1970 (UTC); a stretch is a pair (from, until).
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from clinic.shared.db.prepared import rows
from scheduling.models import Mode

Stretch = tuple[int, int]
EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
END_OF_DAY = 23 * 3600 + 59 * 60  # hours "until 23:59" mean until midnight: the clock has no 24:00
DAY = 86400
ONE_DAY = dt.timedelta(days=1)

# What each row of somebody's hours tells.
OFFERED = """
    o.practitioner_id, coalesce(o.minutes, s.minutes), h.branch_id, b.time_zone,
    coalesce(o.buffer_before, s.buffer_before), coalesce(o.buffer_after, s.buffer_after),
    r.id, CASE h.kind WHEN 'tokens' THEN h.tokens END,
    h.mode IN ('either', %(mode)s::text) AND coalesce(
        (SELECT bool_or(named.service_id = %(service)s::bigint) FROM scheduling_workinghours_services named
         WHERE named.workinghours_id = h.id), true),
    h.weekday, extract(epoch FROM h.starts)::int, extract(epoch FROM h.ends)::int,
    coalesce(h.valid_from - date '1970-01-01', 0), coalesce(h.valid_until - date '1970-01-01', 1000000000),
    h.replaces,
    (SELECT array_agg(kind.equipmentkind_id) FROM scheduling_service_equipment kind
     WHERE kind.service_id = %(service)s::bigint AND %(mode)s::text <> 'online')
"""
WHO_OFFERS = """
    FROM scheduling_practitionerservice o
    JOIN scheduling_service s ON s.id = o.service_id
    JOIN scheduling_practitioner p ON p.id = o.practitioner_id AND p.is_active
    JOIN scheduling_workinghours h ON h.practitioner_id = o.practitioner_id
    JOIN accounts_branch b ON b.id = h.branch_id AND b.is_active
    LEFT JOIN scheduling_room r ON r.id = h.room_id AND r.is_active AND %(mode)s::text <> 'online'
    WHERE o.service_id = %(service)s::bigint AND o.is_active
      AND (%(practitioner)s::bigint IS NULL OR o.practitioner_id = %(practitioner)s::bigint)
      AND (%(branch)s::bigint IS NULL OR h.branch_id = %(branch)s::bigint)
"""
_OFFERS = f"SELECT {OFFERED} {WHO_OFFERS} ORDER BY o.practitioner_id, h.branch_id, h.starts"

# One answer for everything that can stand in the way: closed days and taken times.
IN_THE_WAY = """
    SELECT 'h:' || coalesce(branch_id, 0), date - date '1970-01-01', is_open::int
    FROM scheduling_holiday WHERE date BETWEEN %(first_day)s AND %(last_day)s
    UNION ALL
    SELECT CASE WHEN practitioner_id IS NOT NULL THEN 'd:' || practitioner_id
                WHEN room_id IS NOT NULL THEN 'r:' || room_id ELSE 'b:' || coalesce(branch_id, 0) END,
           date_part('epoch', starts_at)::bigint, date_part('epoch', ends_at)::bigint
    FROM scheduling_timeoff WHERE starts_at < %(until)s AND ends_at > %(since)s
      AND (practitioner_id IS NULL OR practitioner_id = ANY(%(practitioners)s::bigint[]))
"""

# A group session stands in the way while somebody has a seat in it; holds that are over have none.
SEATED = """EXISTS (
        SELECT FROM scheduling_appointment a JOIN scheduling_occupancy seat ON seat.appointment_id = a.id
        WHERE a.session_id = {session}
          AND NOT (a.status IN ('held', 'pending') AND a.hold_expires_at <= clock_timestamp()))"""
_TAKEN = """
    SELECT o.resource, date_part('epoch', lower(o.interval))::bigint, date_part('epoch', upper(o.interval))::bigint,
           o.session_id, o.appointment_id
    FROM scheduling_occupancy o
    WHERE o.resource = ANY(%(resources)s::text[]) AND {which}
      AND o.interval && tstzrange(%(since)s::timestamptz, %(until)s::timestamptz)
"""
# Plain parts, each on its own index (the exclusion constraint's holds no overrides), which the server plans but once;
# then, without a resource, the holds that are over: they are few, and what they occupy is free.
TAKEN = f"""
    {_TAKEN.format(which="NOT o.is_override")} UNION ALL {_TAKEN.format(which="o.is_override")}
    UNION ALL SELECT NULL, NULL, NULL, NULL, id FROM scheduling_appointment
    WHERE status IN ('held', 'pending') AND hold_expires_at <= clock_timestamp()
"""  # noqa: S608 (our own text)
SEATED_OF = f"SELECT s.id FROM unnest(%(sessions)s::bigint[]) AS s (id) WHERE {SEATED.format(session='s.id')}"  # noqa: S608 (our own text)


@dataclass(frozen=True, slots=True)
class Offer:
    """A practitioner who gives the service in a branch under one rule, and the stretches in which she works so there.

    `room` is the one her hours are in; where `tokens` is set, each of `blocks` gives out so many numbers in line.
    `open` is `blocks` less the times off.
    """

    practitioner: int
    branch: int
    zone: str
    minutes: int
    open: tuple[Stretch, ...]
    blocks: tuple[Stretch, ...] = ()
    room: int | None = None
    tokens: int | None = None
    before: int = 0  # seconds kept free around a visit
    after: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """Who gives a service when, all times off by resource, and the kinds of equipment that it needs."""

    offers: list[Offer]
    away: dict[str, list[Stretch]]
    kinds: list[int]


@lru_cache(maxsize=64)
def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """The rules of a time zone."""
    return zoneinfo.ZoneInfo(name)


def wall_epoch(day: dt.date, seconds: int, zone: zoneinfo.ZoneInfo) -> int:
    """The moment at which the wall clock of this day shows so many seconds after midnight.

    A time that the clock skips is the moment of the skip; of one that comes twice the first is meant.
    """
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
    first = wall.replace(tzinfo=zone)
    offset, later = first.utcoffset(), first.replace(fold=1).utcoffset()
    if offset is not None and later is not None and later > offset:  # skipped: 01:30 on the day of 01:00 → 02:00
        return _skip(int(wall.replace(tzinfo=zone, fold=1).timestamp()), int(first.timestamp()), zone)
    return int(first.timestamp())


@lru_cache(maxsize=4096)
def _midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> int:
    """When a day begins; every look at free times asks it of the same few weeks."""
    return wall_epoch(day, 0, zone)


def _skip(before: int, after: int, zone: zoneinfo.ZoneInfo) -> int:
    """The moment between two at which the offset changes."""
    offset = dt.datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if dt.datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def offers(
    *, service: int, practitioner: int | None, branch: int | None, since: int, until: int, mode: str = Mode.IN_PERSON
) -> Opening:
    """Who gives the service where, with the stretches of work on the days between two moments.

    Two statements, however long the history.
    """
    hours = rows(_OFFERS, {"service": service, "practitioner": practitioner, "branch": branch, "mode": mode})
    if not hours:
        return Opening([], {}, [])
    window = whole_days(since, until)
    return opening_of(hours, rows(IN_THE_WAY, window_named(window, {row[0] for row in hours})), window)


def whole_days(since: int, until: int) -> Stretch:
    """The days (UTC) between two moments, so that the questions of one day are the same question."""
    return since - since % DAY, until + -until % DAY


def opening_of(hours: Sequence[Sequence[Any]], in_the_way: Sequence[Sequence[Any]], window: Stretch) -> Opening:
    """Of what was read: rows of somebody's hours, and closed days and times off."""
    if not hours:
        return Opening([], {}, [])
    found, away = _laid(tuple(tuple(row[:-1]) for row in hours), tuple(tuple(row) for row in in_the_way), window)
    return Opening(found, away, list(hours[0][-1] or ()))


# Nothing but its arguments decides, and hours change seldom: worked out once for the many who look at the same weeks.
@lru_cache(maxsize=512)
def _laid(
    hours: tuple[tuple, ...], in_the_way: tuple[tuple, ...], window: Stretch
) -> tuple[list[Offer], dict[str, list[Stretch]]]:
    """Everybody's hours on the days of a window, and all times off by resource; both are read only."""
    closed: dict[tuple[int, int], bool] = {}
    away: dict[str, list[Stretch]] = {}
    for key, first, second in in_the_way:
        if key.startswith("h:"):
            closed[int(key[2:]), first] = bool(second)
        else:
            away.setdefault(key, []).append((first, second))
    weeks: dict[tuple, Week] = {}
    for *place, room, tokens, fits, weekday, starts, ends, first, last, replaces in hours:
        week = weeks.get(key := tuple(place)) or weeks.setdefault(key, Week())
        week.add((room, tokens) if fits else None, (weekday, starts, ends, first, last, replaces))
    found = []
    for (practitioner_id, minutes, branch_id, zone, before, after), week in weeks.items():
        around = (before * 60, after * 60)
        gone = join(away.get(f"d:{practitioner_id}", []) + away.get(f"b:{branch_id}", []) + away.get("b:0", []))
        is_open_on = _open_days(branch_id, closed)
        for (room, tokens), weekly in week.rules.items():
            worked = _worked(weekly, week.plans, zone_of(zone), is_open_on, window)
            blocks = sorted(worked) if tokens else join(worked)
            left = tuple(without(blocks, gone))
            found.append(Offer(practitioner_id, branch_id, zone, minutes, left, tuple(blocks), room, tokens, *around))
    return found, away


Row = tuple[int, int, int, int, int, bool]  # weekday, from, to, valid from and until as days, replaces


class Week:
    """The hours of a doctor in a branch: rows of the same rule together, and the plans that replace the usual week."""

    def __init__(self) -> None:
        self.rules: dict[tuple[int | None, int | None], dict[int, list[Row]]] = {}
        self.plans: set[tuple[int, int]] = set()

    def add(self, rule: tuple[int | None, int | None] | None, row: Row) -> None:
        """One row; without a rule it is for other services and only says which plan counts."""
        if row[5]:
            self.plans.add((row[3], row[4]))
        if rule is not None:
            self.rules.setdefault(rule, {}).setdefault(row[0], []).append(row)


def plan_of(plans: set[tuple[int, int]], day: int) -> tuple[int, int] | None:
    """The plan that replaces the usual week on a day: the narrowest, of equally wide ones the latest."""
    covering = [plan for plan in plans if plan[0] <= day <= plan[1]]
    return min(covering, key=lambda plan: (plan[1] - plan[0], -plan[0])) if covering else None


def window_named(window: Stretch, practitioners: set[int]) -> dict[str, Any]:
    """The values of IN_THE_WAY; a day of some zone may begin a day before or after its UTC namesake."""
    begin, end = moment(window[0]), moment(window[1])
    days = {"first_day": (begin - ONE_DAY).date(), "last_day": (end + ONE_DAY).date()}
    return {**days, "since": begin, "until": end, "practitioners": list(practitioners)}


def _open_days(branch: int, closed: dict[tuple[int, int], bool]) -> Callable[[int], bool]:
    """Whether a day is one of work: a branch's own word on a holiday goes before the clinic's."""
    return lambda day: closed.get((branch, day), closed.get((0, day), True))


def _worked(
    weekly: dict[int, list[Row]],
    plans: set[tuple[int, int]],
    zone: zoneinfo.ZoneInfo,
    is_open_on: Callable[[int], bool],
    window: Stretch,
) -> Iterator[Stretch]:
    """The weekly blocks laid on the days of a window."""
    since, until = window
    day = dt.datetime.fromtimestamp(since, zone).date()
    last = dt.datetime.fromtimestamp(until, zone).date()
    midnight = _midnight(day, zone)
    while day <= last:
        following = _midnight(day + ONE_DAY, zone)
        number = day.toordinal() - EPOCH_DAY
        rows = weekly.get(day.weekday())
        if rows and is_open_on(number):
            plan = plan_of(plans, number) if plans else None
            for _weekday, starts, ends, first_day, last_day, replaces in rows:
                if (plan is not None) != replaces or not first_day <= number <= last_day:
                    continue
                if replaces and (first_day, last_day) != plan:
                    continue
                ends = DAY if ends >= END_OF_DAY else ends
                if following - midnight == DAY:  # no clock is moved today
                    begin, end = midnight + starts, midnight + ends
                else:
                    begin, end = wall_epoch(day, starts, zone), wall_epoch(day, ends, zone)
                if begin < until and end > since and begin < end:
                    yield begin, end
        day, midnight = day + ONE_DAY, following


def join(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in order, those that touch or overlap made one."""
    joined: list[Stretch] = []
    for begin, end in sorted(stretches):
        if joined and begin <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def without(stretches: list[Stretch], holes: list[Stretch]) -> list[Stretch]:
    """Stretches with the holes cut out; both in order and joined."""
    if not holes:
        return stretches
    kept: list[Stretch] = []
    for begin, end in stretches:
        for hole_begin, hole_end in holes:
            if hole_end <= begin:
                continue
            if hole_begin >= end:
                break
            if hole_begin > begin:
                kept.append((begin, hole_begin))
            begin = hole_end
            if begin >= end:
                break
        if begin < end:
            kept.append((begin, end))
    return kept


@dataclass(frozen=True, slots=True)
class Busy:
    """When resources are occupied: by anything, and by visits of their own (not by a session's shared time)."""

    by_resource: dict[str, list[Stretch]]
    alone: dict[str, list[Stretch]]

    def of(self, resource: str) -> list[Stretch]:
        """When a resource is occupied, in order."""
        return self.by_resource.get(resource, [])


def taken(resources: list[str], since: int, until: int) -> Busy:
    """When resources (`d:1`, `r:2`, `e:3`) are occupied; ended holds do not count, overrides do."""
    window: dict[str, Any] = {"resources": resources, "since": moment(since), "until": moment(until)}
    found = rows(TAKEN, window)
    over = {row[4] for row in found if row[0] is None}
    sessions = {row[3] for row in found if row[3] is not None}
    seated = {row[0] for row in rows(SEATED_OF, {"sessions": list(sessions)})} if sessions else set()
    busy: dict[str, list[Stretch]] = {}
    shared: dict[str, list[Stretch]] = {}
    for resource, begin, end, session, appointment in found:
        if session is None:
            if resource is not None and appointment not in over:
                busy.setdefault(resource, []).append((begin, end))
        elif session in seated:
            shared.setdefault(resource, []).append((begin, end))
    alone = {resource: join(stretches) for resource, stretches in busy.items()}
    together = dict(alone)
    for resource, stretches in shared.items():
        together[resource] = join(stretches + alone.get(resource, []))
    return Busy(together, alone)


def moment(epoch: int) -> dt.datetime:
    """An aware moment (UTC) of so many seconds."""
    return dt.datetime.fromtimestamp(epoch, dt.UTC)
