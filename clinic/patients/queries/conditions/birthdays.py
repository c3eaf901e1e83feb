"""Birthdays: months of the clinic's calendar, or the days to come."""

import datetime as dt

from django.db.models import F, Func, Q, Value
from django.db.models.fields import BooleanField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.accounts.permissions import Perm
from clinic.patients.queries.conditions.days import on_day
from clinic.patients.queries.conditions.person import PERSON
from clinic.shared import calendar
from clinic.shared.segments import CHOICES, NUMBER, Asked, Choices, Way, condition
from clinic.shared.tenancy import current_clinic

OLDEST = 120  # years back in which birthdays are looked for


def _months() -> Choices:
    kind: calendar.Calendar = "jalali" if current_clinic().language == "fa" else "gregorian"
    return [(f"{kind}-{month}", calendar.month_name(month, kind)) for month in range(1, 13)]


@condition(
    "birthday",
    label=_("Birthday"),
    group=PERSON,
    permission=Perm.PATIENTS_VIEW,
    order=28,
    choices=_months,
    ways=(
        Way("month", _("in the month"), _("have their birthday in %(what)s"), CHOICES),
        Way(
            "next", _("from today within"),
            ngettext_lazy(
                "have their birthday today or within %(what)s day",
                "have their birthday today or within %(what)s days",
                "n",
            ),
            NUMBER, _("days"), 180,
        ),
    ),
)  # fmt: skip
def born_on(asked: Asked) -> Q:
    """By the day of the year: months of the clinic's calendar, or the days to come."""
    spans: list[tuple[dt.date, dt.date]] = []
    if asked.way == "next":
        end = asked.today + dt.timedelta(days=int(asked.number))
        years = range(asked.today.year - OLDEST, asked.today.year + 1)
        spans += [(on_day(year, asked.today), on_day(year + end.year - asked.today.year, end)) for year in years]
    for key in asked.keys:
        kind, _dash, month = key.partition("-")
        spans += _month_of_every_year("jalali" if kind == "jalali" else "gregorian", int(month), asked.today)
    return Q(_born_in(spans))


def _month_of_every_year(kind: calendar.Calendar, month: int, today: dt.date) -> list[tuple[dt.date, dt.date]]:
    now = calendar.year_month_day(today, kind)[0]
    return [
        (
            calendar.make_date(year, month, 1, kind),
            calendar.make_date(year, month, calendar.month_length(year, month, kind), kind),
        )
        for year in range(now - OLDEST, now + 1)
    ]


def _born_in(spans: list[tuple[dt.date, dt.date]]) -> Func:
    text = "{" + ",".join(f"[{first},{last}]" for first, last in spans) + "}"
    return Func(
        F("birth_date"), Value(text), template="(%(expressions)s::datemultirange)", arg_joiner=" <@ ",
        output_field=BooleanField(),
    )  # fmt: skip
