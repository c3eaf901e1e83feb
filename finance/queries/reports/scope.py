"""Which lines a report counts."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from clinic.shared.calendar import add_months, current_calendar, make_date, month_length, year_month_day
from finance.models import Journal, JournalLine

ONE = dt.timedelta(days=1)
YEAR_ENDS = ["year_closed", "year_closed_reversed"]


@dataclass(frozen=True)
class Scope:
    """Days from `first` to `last`, both counted; of one branch, doctor or service (ids) where they are named.

    `known` counts only what was posted until that moment, so that a report run again gives the same figures.
    """

    first: dt.date
    last: dt.date
    known: dt.datetime | None = None
    branch: int | None = None
    practitioner: int | None = None
    service: int | None = None

    def lines(self) -> QuerySet[JournalLine]:
        """The lines of these days."""
        return self._narrow(JournalLine.objects.filter(business_date__gte=self.first, business_date__lte=self.last))

    def lines_until(self) -> QuerySet[JournalLine]:
        """The lines up to and with the last day."""
        return self._narrow(JournalLine.objects.filter(business_date__lte=self.last))

    def lines_before(self) -> QuerySet[JournalLine]:
        """The lines before the first day."""
        return self._narrow(JournalLine.objects.filter(business_date__lt=self.first))

    def earned(self) -> QuerySet[JournalLine]:
        """The lines of these days without those that carried a year's profit to the equity."""
        ends = Journal.objects.filter(kind__in=YEAR_ENDS, business_date__gte=self.first, business_date__lte=self.last)
        carried = list(ends.values_list("pk", flat=True))
        return self.lines().exclude(journal__in=carried) if carried else self.lines()

    def _narrow(self, lines: QuerySet[JournalLine]) -> QuerySet[JournalLine]:
        if self.known:
            lines = lines.filter(journal__posted_at__lte=self.known)
        for name in ("branch", "practitioner", "service"):
            if getattr(self, name):
                lines = lines.filter(**{name: getattr(self, name)})
        return lines

    def before(self) -> "Scope":
        """What it is compared with: the month before a whole month of the reader's calendar, else as many days."""
        year, month, day = year_month_day(self.first)
        if day == 1 and self.last == month_range(year, month)[1]:
            first, last = month_range(*add_months(year, month, -1))
            return replace(self, first=first, last=last)
        days = self.last - self.first + ONE
        return replace(self, first=self.first - days, last=self.first - ONE)


def month_range(year: int, month: int) -> tuple[dt.date, dt.date]:
    """First and last day of a month of the reader's calendar."""
    calendar = current_calendar()
    return (
        make_date(year, month, 1, calendar),
        make_date(year, month, month_length(year, month, calendar), calendar),
    )


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The month of a day, in the reader's calendar."""
    year, month, _day = year_month_day(day)
    return month_range(year, month)
