"""Which days of the books are closed."""

import datetime as dt
from dataclasses import dataclass, field

from clinic.shared.calendar import current_calendar, make_date, month_length, month_name
from finance.models import PeriodMove
from finance.queries.days import clinic_today

ONE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """A month of the reader's calendar: `state` is open, closed or part."""

    name: str
    first: dt.date
    last: dt.date
    state: str
    is_over: bool
    moves: list[PeriodMove] = field(default_factory=list)


def is_closed(day: dt.date) -> bool:
    """Whether nothing may be posted on a day: of all moves over it the newest holds, as in the database."""
    found = PeriodMove.objects.filter(first_day__lte=day, last_day__gte=day).order_by("-pk").values("closes").first()
    return bool(found and found["closes"])


def open_day(day: dt.date) -> dt.date:
    """The day itself while its period is open, else today: what comes late is dated when it came."""
    return clinic_today() if is_closed(day) else day


def closed_ranges() -> list[tuple[dt.date, dt.date]]:
    """All closed days as ranges, in order."""
    ranges: list[tuple[dt.date, dt.date]] = []
    for move in PeriodMove.objects.order_by("pk"):
        ranges = [part for each in ranges for part in _without(each, move)]
        if move.closes:
            ranges.append((move.first_day, move.last_day))
    merged: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + ONE:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _without(each: tuple[dt.date, dt.date], move: PeriodMove) -> list[tuple[dt.date, dt.date]]:
    first, last = each
    if move.last_day < first or move.first_day > last:
        return [each]
    parts = []
    if first < move.first_day:
        parts.append((first, move.first_day - ONE))
    if last > move.last_day:
        parts.append((move.last_day + ONE, last))
    return parts


def months_of(year: int) -> list[Month]:
    """The twelve months of a year of the reader's calendar, with what is closed and the moves over each."""
    calendar, today, ranges = current_calendar(), clinic_today(), closed_ranges()
    moves = list(PeriodMove.objects.select_related("by").order_by("-pk"))
    found = []
    for month in range(1, 13):
        first = make_date(year, month, 1, calendar)
        last = make_date(year, month, month_length(year, month, calendar), calendar)
        own = [move for move in moves if move.first_day <= last and move.last_day >= first]
        found.append(Month(month_name(month), first, last, _state(first, last, ranges), last < today, own))
    return found


def _state(first: dt.date, last: dt.date, ranges: list[tuple[dt.date, dt.date]]) -> str:
    if any(begin <= first and end >= last for begin, end in ranges):
        return "closed"
    return "part" if any(begin <= last and end >= first for begin, end in ranges) else "open"


def fiscal_year(year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a year of the reader's calendar."""
    calendar = current_calendar()
    return make_date(year, 1, 1, calendar), make_date(year, 12, month_length(year, 12, calendar), calendar)
