"""When a branch is open, as its public page says it: the hours of its doctors taken together, like days in one line."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Max, Min

from clinic.accounts.models import Branch
from clinic.shared.calendar import week_start, weekday_name
from scheduling.models import WorkingHours


@dataclass(frozen=True)
class Open:
    """Days that follow each other and have the same hours."""

    first: str
    last: str  # empty for a single day
    opens: dt.time
    closes: dt.time


def usual_hours(branch: Branch) -> list[Open]:
    """The usual week from its first day on; weeks that replace it, and rows for some time only, are left out."""
    usual = WorkingHours.objects.filter(branch=branch, practitioner__is_active=True, replaces=False)
    usual = usual.filter(valid_from=None, valid_until=None)
    rows = usual.values("weekday").annotate(opens=Min("starts"), closes=Max("ends"))
    found: dict[int, tuple[dt.time, dt.time]] = {row["weekday"]: (row["opens"], row["closes"]) for row in rows}
    week = [(day % 7, found.get(day % 7)) for day in range(week_start(), week_start() + 7)]
    lines = []
    for hours, alike in groupby(week, key=lambda each: each[1]):
        days = [day for day, _hours in alike]
        if hours is not None:
            last = weekday_name(days[-1]) if len(days) > 1 else ""
            lines.append(Open(weekday_name(days[0]), last, *hours))
    return lines
