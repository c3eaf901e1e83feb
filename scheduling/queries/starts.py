"""Walking hours and taken times side by side: the starts that remain. Pure functions on seconds since 1970."""

import datetime as dt
import zoneinfo
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scheduling.queries.opening import Offer, Stretch, zone_of

GRID = 15 * 60
HOUR = 3600
NOON, EVENING = 12, 17


@dataclass(frozen=True, slots=True)
class Shape:
    """How long a visit is, what is kept free around it, and at which steps it may begin; all in seconds."""

    length: int
    before: int
    after: int
    grid: int = GRID


class Grid:
    """The starts of one stretch: steps of the clock where these divide the hour, else steps from the block's begin."""

    __slots__ = ("_origin", "_step")

    def __init__(self, step: int, zone: zoneinfo.ZoneInfo, block: int) -> None:
        self._step = step
        if HOUR % step:
            self._origin = block
        elif GRID % step:  # zones lie quarter hours apart
            offset = dt.datetime.fromtimestamp(block, zone).utcoffset()
            self._origin = -int(offset.total_seconds()) if offset is not None else 0
        else:
            self._origin = 0

    def at_or_after(self, moment: int) -> int:
        """The first start that is not before a moment."""
        return self._origin - (self._origin - moment) // self._step * self._step

    def has(self, moment: int) -> bool:
        """Whether a visit may begin then."""
        return (moment - self._origin) % self._step == 0


def block_of(offer: Offer, moment: int) -> Stretch | None:
    """The uncut block of work in which a moment lies."""
    place = bisect_right(offer.blocks, (moment, 1 << 60)) - 1
    if place >= 0 and offer.blocks[place][0] <= moment < offer.blocks[place][1]:
        return offer.blocks[place]
    return None


def starts_of(offer: Offer, busy: list[Stretch], shape: Shape, window: Stretch) -> list[int]:
    """Starts of one doctor: working stretches and taken times walked side by side."""
    found: list[int] = []
    earliest, latest = window
    length, before, after, step = shape.length, shape.before, shape.after, shape.grid
    place, total = 0, len(busy)
    zone = zone_of(offer.zone)
    everywhere = Grid(step, zone, 0) if GRID % step == 0 else None
    for open_from, open_until in offer.open:
        if open_until <= earliest:
            continue
        grid = everywhere or Grid(step, zone, (block_of(offer, open_from) or (open_from, 0))[0])
        start = grid.at_or_after(max(open_from, earliest))
        last = min(open_until - length, latest - 1)
        twice = clock_goes_back(zone, open_from, open_until)
        while start <= last:
            while place < total and busy[place][1] <= start - before:
                place += 1
            fits = last if place == total else min(last, busy[place][0] - after - length)
            if fits < start:
                start = max(start + step, grid.at_or_after(busy[place][1] + before))
                continue
            gap = range(start, fits + 1, step)
            # A wall time that comes twice is promised once: nobody could tell the two apart.
            found += [at for at in gap if not dt.datetime.fromtimestamp(at, zone).fold] if twice else gap
            start = gap[-1] + step
    return found


# Of the same hours it is asked in every look at free times.
@lru_cache(maxsize=4096)
def clock_goes_back(zone: zoneinfo.ZoneInfo, begin: int, end: int) -> bool:
    """Whether the clock is moved between two moments."""
    return dt.datetime.fromtimestamp(begin, zone).utcoffset() != dt.datetime.fromtimestamp(end, zone).utcoffset()


def is_clear(busy: list[Stretch], begin: int, end: int) -> bool:
    """Whether nothing of an ordered list of stretches overlaps [begin, end)."""
    place = bisect_left(busy, (end, 0)) - 1
    return place < 0 or busy[place][1] <= begin


def is_within(stretches: Iterable[Stretch], begin: int, end: int) -> bool:
    """Whether one of the stretches holds all of [begin, end)."""
    return any(opens <= begin and end <= closes for opens, closes in stretches)


def part_of_day(hour: int) -> int:
    """0 in the morning, 1 in the afternoon, 2 in the evening."""
    return 0 if hour < NOON else 1 if hour < EVENING else 2


def first_of_each_part(starts: Iterable[int], zone: str, most: int) -> Iterator[int]:
    """The first so many starts of each part of each day."""
    counted: Counter[tuple[int, int]] = Counter()
    clock = zone_of(zone)
    for start in starts:
        wall = dt.datetime.fromtimestamp(start, clock)
        key = (wall.toordinal(), part_of_day(wall.hour))
        counted[key] += 1
        if counted[key] <= most:
            yield start
