"""How long it still takes: learned by doctor and service from past visits, told as a range (rule 5.3).

A turn comes at max(what was promised, the sum of what is still expected before it). What is expected is the mean of
the last weeks' visits of this doctor and service, drawn towards the price list while there are few of them; the range
holds four of five turns if visits are as they were.
"""

import datetime as dt
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, FloatField, StdDev, Value
from django.db.models.functions import Extract
from django.utils import timezone

from scheduling.models import PractitionerService, Visit
from scheduling.statuses import VisitStatus

V = VisitStatus
LEARN_DAYS = 60
PRIOR_VISITS = 6  # so many visits weigh as much as the price list
PRIOR_SPREAD = 0.35  # of the length, before anything is known
FORGOTTEN = 4  # beyond so many times its length somebody forgot to note the end
FOUR_OF_FIVE = 1.28  # standard deviations
CHANGE = 1.0  # minutes from one patient's door to the next one's
STEP = 5  # minutes; a range is told in these
UNKNOWN = 20


@dataclass(frozen=True)
class Length:
    """Minutes: as planned, as expected, and how far visits lie from that (standard deviation)."""

    planned: int
    mean: float
    spread: float


def lengths(pairs: Iterable[tuple[int, int]], now: dt.datetime | None = None) -> dict[tuple[int, int], Length]:
    """How long each (doctor, service) takes: two statements whatever their number."""
    pairs = set(pairs)
    if not pairs:
        return {}
    doctors, services = {doctor for doctor, _s in pairs}, {service for _d, service in pairs}
    planned = _planned(doctors, services)
    usual = round(statistics.median(planned.values())) if planned else UNKNOWN
    seen = _seen(doctors, services, now or timezone.now())
    pooled: dict[int, tuple[int, float]] = {}
    for (_doctor, service), (count, mean, _spread) in seen.items():
        before = pooled.get(service, (0, 0.0))
        pooled[service] = (before[0] + count, before[1] + count * mean)
    found = {}
    for pair in pairs:
        plan = planned.get(pair, usual)
        others, total = pooled.get(pair[1], (0, 0.0))
        prior = (PRIOR_VISITS * plan + total) / (PRIOR_VISITS + others)
        count, mean, spread = seen.get(pair, (0, 0.0, 0.0))
        weight = PRIOR_VISITS + count
        variance = (PRIOR_VISITS * (PRIOR_SPREAD * prior) ** 2 + count * spread**2) / weight
        found[pair] = Length(plan, (PRIOR_VISITS * prior + count * mean) / weight, math.sqrt(variance))
    return found


def _planned(doctors: set[int], services: set[int]) -> dict[tuple[int, int], int]:
    offers = PractitionerService.objects.filter(practitioner__in=doctors, service__in=services)
    rows = offers.values_list("practitioner_id", "service_id", "minutes", "service__minutes")
    return {(doctor, service): own or usual for doctor, service, own, usual in rows}


def _seen(doctors: set[int], services: set[int], now: dt.datetime) -> dict[tuple[int, int], tuple[int, float, float]]:
    """(how many, mean, standard deviation) in minutes of what was noted whole."""
    length = ExpressionWrapper(F("left_room_at") - F("in_room_at"), output_field=DurationField())
    forgotten = ExpressionWrapper(
        F("service__minutes") * Value(dt.timedelta(minutes=FORGOTTEN)), output_field=DurationField()
    )
    minutes = ExpressionWrapper(Extract("length", "epoch") / 60.0, output_field=FloatField())
    rows = (
        Visit.objects.filter(
            practitioner__in=doctors,
            service__in=services,
            day__gte=now.date() - dt.timedelta(days=LEARN_DAYS),
            status__in=[V.FINISHED, V.CHECKOUT],
            in_room_at__isnull=False,
            left_room_at__gt=F("in_room_at"),
        )
        .annotate(length=length)
        .filter(length__lte=forgotten)
        .annotate(lasted=minutes)
        .values_list("practitioner_id", "service_id")
        .annotate(count=Count("pk"), mean=Avg("lasted"), spread=StdDev("lasted"))
    )
    return {(doctor, service): (count, mean, spread) for doctor, service, count, mean, spread in rows.order_by()}


def fill_turns(rows: list[Any], now: dt.datetime, begins: dict[int, float] | None = None) -> None:
    """Write into queue rows, given in the order of the line: place, range still to wait, planned length.

    `begins` says of doctors who have not begun in how many minutes they do.

    Each doctor's line adds up for itself: who is inside, who is called, then who waits. Who is on hold is passed over.
    """
    known = lengths({(row.practitioner_id, row.service_id) for row in rows}, now)
    busy: dict[int, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))  # minutes still taken, and their variance
    busy |= {doctor: (minutes, 0.0) for doctor, minutes in (begins or {}).items()}
    places: dict[int, int] = defaultdict(int)
    for row in sorted(rows, key=_turn):
        doctor, length = row.practitioner_id, known[row.practitioner_id, row.service_id]
        row.planned = length.planned
        taken, variance = busy[doctor]
        if row.status == V.IN_ROOM and row.in_room_at:
            gone = (now - row.in_room_at).total_seconds() / 60
            left = max(length.mean - gone, length.mean * 0.2, 2.0)
            if left > taken:
                busy[doctor] = left, length.spread**2 * left / length.mean
        elif row.status == V.CALLED:
            busy[doctor] = taken + CHANGE + length.mean, variance + length.spread**2
        elif row.status == V.ARRIVED:
            places[doctor] += 1
            row.place = places[doctor]
            early = (row.promised_at - now).total_seconds() / 60 if row.promised_at else 0.0
            start = taken + CHANGE if taken else 0.0
            row.wait_low, row.wait_high = told_range(start, math.sqrt(variance), early)
            if early > start:
                start, variance = early, 0.0
            busy[doctor] = start + length.mean, variance + length.spread**2


def told_range(minutes: float, spread: float, early: float = 0.0) -> tuple[int, int]:
    """An honest range around an estimate in steps of five minutes, never before what was promised: 22 → 15–30."""
    low = max(minutes - FOUR_OF_FIVE * spread, early, 0.0)
    high = max(minutes + FOUR_OF_FIVE * spread, early)
    floor = int(low // STEP) * STEP
    return floor, max(math.ceil(high / STEP) * STEP, floor + STEP)


def _turn(row: Any) -> int:
    return {V.IN_ROOM: 0, V.CALLED: 1}.get(row.status, 2)


@dataclass(frozen=True)
class Calibration:
    """How good what patients were told on arrival turned out to be."""

    count: int
    inside: int
    earlier: int
    later: int
    median_error: int  # minutes between the middle of the range and the turn, either way

    @property
    def share(self) -> float:
        """How many of the turns came inside the range, 0–1."""
        return self.inside / self.count if self.count else 0.0


def calibration(branch: int, *, days: int = 30, now: dt.datetime | None = None) -> Calibration:
    """The ranges told on arrival in the last days of a branch against when each was led in."""
    since = (now or timezone.now()).date() - dt.timedelta(days=days)
    rows = Visit.objects.filter(
        branch=branch, day__gte=since, told_from__isnull=False, told_until__isnull=False, in_room_at__isnull=False
    ).values_list("told_from", "told_until", "in_room_at")
    errors, earlier, later = [], 0, 0
    for row in rows:
        begins, ends, came = cast(tuple[dt.datetime, dt.datetime, dt.datetime], row)
        earlier += came < begins
        later += came > ends
        errors.append(abs((came - (begins + (ends - begins) / 2)).total_seconds()) / 60)
    count = len(errors)
    return Calibration(
        count, count - earlier - later, earlier, later, round(statistics.median(errors)) if errors else 0
    )
