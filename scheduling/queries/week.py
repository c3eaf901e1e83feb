"""One doctor's week in a branch: seven days as the day board has them, in five statements."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.accounts.queries import business_day, day_bounds
from clinic.shared.calendar import format_date, week_start, weekday_name
from scheduling.models import Holiday, Practitioner, WorkingHours
from scheduling.queries.board import Day, board_closed, board_events, off_of, span
from scheduling.queries.board_time import board_wall, within
from scheduling.queries.floor import own_name
from scheduling.queries.lines import lines_of_week
from scheduling.queries.opening import plan_of, zone_of

DAYS = 7


@dataclass(frozen=True)
class Week:
    """A doctor's seven days."""

    branch: Branch
    practitioner: Practitioner
    days: list[Day]

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return self.days[0].date

    @property
    def span(self) -> tuple[str, str]:
        """The first and last hour shown, the same for all days."""
        spans = [span(day) for day in self.days if day.lines or day.hours] or [("08:00", "20:00")]
        return min(begin for begin, _end in spans), max(end for _begin, end in spans)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """A column a day, its name and date in the reader's calendar."""
        return [
            {
                "id": str(day.date),
                "title": weekday_name(day.date),
                "sub": format_date(day.date, style="short") + (f" · {day.holiday}" if day.holiday else ""),
                "today": day.is_today,
                "url": f"/desk/?branch={self.branch.pk}&day={day.date}",
            }
            for day in self.days
        ]

    def events(self, *, cancelled: bool = False) -> list[dict[str, Any]]:
        """The cards of the seven days."""
        return [row for day in self.days for row in board_events(day, cancelled=cancelled)]

    def closed(self) -> list[dict[str, Any]]:
        """Where the doctor does not work."""
        return [row for day in self.days for row in board_closed(day, *self.span)]


def first_of_week(day: dt.date) -> dt.date:
    """The day on which the reader's week begins: Saturday or Monday."""
    return day - dt.timedelta(days=(day.weekday() - week_start()) % DAYS)


def week_of(branch: Branch, practitioner: Practitioner, day: dt.date, *, now: dt.datetime | None = None) -> Week:
    """The week around a day."""
    now, zone, first = now or timezone.now(), zone_of(branch.time_zone), first_of_week(day)
    dates = [first + dt.timedelta(days=number) for number in range(DAYS)]
    begin, end = day_bounds(branch, first)[0], day_bounds(branch, dates[-1])[1]
    today = business_day(branch, now)
    days = {date: Day(branch, date, date == today, [], {}, {}, []) for date in dates}
    for line in lines_of_week(branch, practitioner.pk, (int(begin.timestamp()), int(end.timestamp())), now):
        days[_day(line.start, branch)].lines.append(line)
    hours, closed = list(_hours(branch, practitioner)), _holidays(branch, dates)
    off = [row for row in off_of(branch, begin, end) if row[0] in {None, practitioner.pk}]
    for date, found in days.items():
        found.doctors[practitioner.pk] = (own_name(practitioner), practitioner.specialty)
        found.holiday = closed.get(date, "")
        blocks = _blocks(hours, date, zone) + _blocks(hours, date + dt.timedelta(days=1), zone)
        found.hours = {} if found.holiday else {practitioner.pk: within(blocks, day_bounds(branch, date))}
        found.off = [row for row in off if _day(row[1], branch) <= date <= _day(row[2], branch)]
    return Week(branch, practitioner, list(days.values()))


def _day(moment: dt.datetime, branch: Branch) -> dt.date:
    return board_wall(moment, branch).date()


def _hours(branch: Branch, practitioner: Practitioner) -> Any:
    return WorkingHours.objects.filter(branch=branch, practitioner=practitioner).order_by("starts")


def _blocks(hours: list[WorkingHours], date: dt.date, zone: dt.tzinfo) -> list[tuple[dt.datetime, dt.datetime]]:
    """The hours of a day: of the plan that replaces the usual week where one does."""
    plan = plan_of({_span(each) for each in hours if each.replaces}, date.toordinal())
    return [
        (dt.datetime.combine(date, each.starts, zone), dt.datetime.combine(date, each.ends, zone))
        for each in hours
        if each.weekday == date.weekday()
        and _span(each)[0] <= date.toordinal() <= _span(each)[1]
        and (each.replaces and _span(each) == plan if plan else not each.replaces)
    ]


def _span(hours: WorkingHours) -> tuple[int, int]:
    since, until = hours.valid_from or dt.date.min, hours.valid_until or dt.date.max
    return since.toordinal(), until.toordinal()


def _holidays(branch: Branch, dates: list[dt.date]) -> dict[dt.date, str]:
    """The names of the days on which this branch is closed; its own row counts before the clinic's."""
    rows = Holiday.objects.filter(Q(branch=branch) | Q(branch=None), date__in=dates)
    own: dict[dt.date, list[Holiday]] = defaultdict(list)
    for row in rows.order_by(F("branch").asc(nulls_last=True)):
        own[row.date].append(row)
    return {date: found[0].name for date, found in own.items() if not found[0].is_open}
