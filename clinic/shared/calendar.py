"""Dates of two calendars: stored Gregorian, read and written Jalali or Gregorian in either language."""

from __future__ import annotations

import datetime as dt
import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from persiantools.jdatetime import JalaliDate

from clinic.shared.money import language
from clinic.shared.text import InputProblem, normalise, to_persian_digits

Calendar = Literal["jalali", "gregorian"]
Style = Literal["long", "medium", "weekday", "short", "numeric", "month"]

calendar_choice: ContextVar[Calendar | None] = ContextVar("calendar_choice", default=None)

MONTHS: dict[tuple[Calendar, str], tuple[str, ...]] = {
    ("jalali", "fa"): ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
                       "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    ("jalali", "en"): ("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
                       "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"),
    ("gregorian", "fa"): ("ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن",
                          "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
    ("gregorian", "en"): ("January", "February", "March", "April", "May", "June",
                          "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
# Monday first, as date.weekday() counts.
WEEKDAYS: dict[str, tuple[str, ...]] = {
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
WEEKDAYS_SHORT: dict[str, tuple[str, ...]] = {
    "fa": ("د", "س", "چ", "پ", "ج", "ش", "ی"),
    "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"),
}
SATURDAY, MONDAY = 5, 0
YEARS: dict[Calendar, range] = {"jalali": range(1200, 1600), "gregorian": range(1821, 2221)}


class DateProblem(InputProblem):
    """A date that cannot be read or does not exist."""


@dataclass(frozen=True)
class GridDay:
    """One cell of a month sheet."""

    date: dt.date
    day: int
    in_month: bool


def current_calendar(lang: str | None = None) -> Calendar:
    """The reader's calendar: the choice made for the request, else the habit of the language."""
    return calendar_choice.get() or ("jalali" if language(lang) == "fa" else "gregorian")


def week_start(calendar: Calendar | None = None) -> int:
    """The first day of the week as date.weekday() counts: Saturday, or Monday."""
    return SATURDAY if (calendar or current_calendar()) == "jalali" else MONDAY


def month_name(month: int, calendar: Calendar | None = None, lang: str | None = None) -> str:
    """The name of month 1-12."""
    return MONTHS[calendar or current_calendar(lang), language(lang)][month - 1]


def weekday_name(day: dt.date | int, lang: str | None = None, *, short: bool = False) -> str:
    """The name of the weekday of a date, or of a number as date.weekday() counts."""
    number = day if isinstance(day, int) else day.weekday()
    return (WEEKDAYS_SHORT if short else WEEKDAYS)[language(lang)][number]


def year_month_day(day: dt.date, calendar: Calendar | None = None) -> tuple[int, int, int]:
    """The three numbers of a date in the calendar."""
    if (calendar or current_calendar()) == "jalali":
        shown = JalaliDate(day)
        return shown.year, shown.month, shown.day
    return day.year, day.month, day.day


def month_length(year: int, month: int, calendar: Calendar) -> int:
    """How many days the month has."""
    if calendar == "jalali":
        return int(JalaliDate.days_in_month(month, year))
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).day


def make_date(year: int, month: int, day: int, calendar: Calendar | None = None) -> dt.date:
    """The date of three numbers; DateProblem `year`, `month` or `day` says which one cannot be."""
    calendar = calendar or current_calendar()
    if year not in YEARS[calendar]:
        example = year_month_day(timezone.localdate(), calendar)[0]
        raise DateProblem("year", _("Write the year with four digits, for example %(year)s."), year=_digits(example))
    if not 1 <= month <= 12:
        raise DateProblem("month", _("A year has 12 months; this says month %(month)s."), month=_digits(month))
    length = month_length(year, month, calendar)
    if not 1 <= day <= length:
        raise DateProblem(
            "day",
            _("%(month)s %(year)s has %(length)s days."),
            month=month_name(month, calendar),
            year=_digits(year),
            length=_digits(length),
        )
    return JalaliDate(year, month, day).to_gregorian() if calendar == "jalali" else dt.date(year, month, day)


def _digits(number: int, lang: str | None = None) -> str:
    return to_persian_digits(str(number)) if language(lang) == "fa" else str(number)


def local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    """An aware moment in the current time zone; a date or naive time as it is."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def format_date(
    value: dt.date | dt.datetime,
    lang: str | None = None,
    style: Style = "medium",
    calendar: Calendar | None = None,
) -> str:
    """A date as read. Styles: long (weekday, day, month, year), medium, weekday, short (day, month), numeric, month."""
    day = local(value)
    day = day.date() if isinstance(day, dt.datetime) else day
    lang = language(lang)
    return date_text(day, lang, style, calendar or current_calendar(lang))


@lru_cache(maxsize=8192)  # a clinic writes the same few thousand days again and again
def date_text(day: dt.date, lang: str, style: Style, calendar: Calendar) -> str:
    """`format_date` where all is known, for who writes very many."""
    year, month, number = year_month_day(day, calendar)
    if style == "numeric":
        mark = "/" if calendar == "jalali" else "-"
        text = f"{year:04d}{mark}{month:02d}{mark}{number:02d}"
        return to_persian_digits(text) if lang == "fa" else text
    name, week = month_name(month, calendar, lang), weekday_name(day, lang)
    if lang == "en" and style in ("short", "weekday") and calendar == "gregorian":
        name, week = name[:3], week[:3]
    comma = ", " if lang == "en" and style == "long" else " "
    text = {
        "long": f"{week}{comma}{number} {name} {year}",
        "medium": f"{number} {name} {year}",
        "weekday": f"{week} {number} {name}",
        "short": f"{number} {name}",
        "month": f"{name} {year}",
    }[style]
    return to_persian_digits(text) if lang == "fa" else text


def format_time(value: dt.time | dt.datetime, lang: str | None = None) -> str:
    """Hours and minutes of 24, in the current time zone: "10:15", "۱۰:۱۵"."""
    moment = local(value) if isinstance(value, dt.datetime) else value
    text = f"{moment:%H:%M}"
    return to_persian_digits(text) if language(lang) == "fa" else text


def format_datetime(value: dt.datetime, lang: str | None = None, style: Style = "medium") -> str:
    """Date and time: "21 November 2026, 10:15"."""
    mark = "،" if language(lang) == "fa" else ","
    return f"{format_date(value, lang, style)}{mark} {format_time(value, lang)}"


_NAMES: dict[str, tuple[Calendar, int]] = {
    name.casefold()[: None if lang == "fa" else 3]: (calendar, number)
    for (calendar, lang), names in MONTHS.items()
    for number, name in enumerate(names, 1)
    if lang == "fa" or calendar == "gregorian"
} | {name.casefold(): ("jalali", number) for number, name in enumerate(MONTHS["jalali", "en"], 1)}


def parse_date(text: str | None, calendar: Calendar | None = None) -> dt.date:
    """The date somebody typed: any digits, year first or last, month by number or name.

    A year that belongs to one calendar only decides for it, so 1405/8/30 and 2026-11-21 are read alike.
    Raises DateProblem with code `empty`, `unreadable`, `year`, `month` or `day`.
    """
    calendar = calendar or current_calendar()
    text = normalise(text)
    if not text:
        raise DateProblem("empty", _("Enter a date."))
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]} {text[4:6]} {text[6:]}"
    words = re.findall(r"\d+|[^\W\d_]+", text)
    named = [_named_month(word) for word in words if not word.isdigit()]
    numbers = [int(word) for word in words if word.isdigit()]
    months = [found for found in named if found]
    if len(numbers) + len(months) != 3 or len(months) > 1 or (months and len(numbers) != 2):
        raise _unreadable(calendar)
    if months:
        calendar, month = months[0]
        day, year = sorted(numbers)
        return make_date(year, month, day, calendar)
    year, month, day = numbers if numbers[0] > 31 else numbers[::-1]
    for name, years in YEARS.items():
        if year in years and year not in YEARS[calendar]:
            calendar = name
    return make_date(year, month, day, calendar)


def _named_month(word: str) -> tuple[Calendar, int] | None:
    key = word.casefold()
    return _NAMES.get(key) or (_NAMES.get(key[:3]) if key.isascii() and len(key) >= 3 else None)


def _unreadable(calendar: Calendar) -> DateProblem:
    example = format_date(timezone.localdate(), style="numeric", calendar=calendar)
    return DateProblem("unreadable", _("Write the date as year, month, day. Example: %(example)s"), example=example)


def parse_birth_date(day: str, month: str, year: str, calendar: Calendar | None = None) -> dt.date:
    """A birth date of three fields; DateProblem also with code `future` for a day still to come."""
    values = [normalise(part) for part in (year, month, day)]
    if not any(values):
        raise DateProblem("empty", _("Enter a date."))
    if not all(part.isdigit() for part in values):
        raise DateProblem("unreadable", _("Fill in day, month and year."))
    born = make_date(int(values[0]), int(values[1]), int(values[2]), calendar)
    if born > timezone.localdate():
        raise DateProblem("future", _("A birth date cannot lie in the future."))
    return born


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    """The year and month `count` months later (or earlier)."""
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def month_grid(
    year: int, month: int, calendar: Calendar | None = None, start: int | None = None
) -> list[list[GridDay]]:
    """The weeks of a month, full weeks with the neighbours' days; `start` is the first weekday."""
    calendar = calendar or current_calendar()
    first = make_date(year, month, 1, calendar)
    last = first + dt.timedelta(days=month_length(year, month, calendar) - 1)
    begin = first - dt.timedelta(days=(first.weekday() - (week_start(calendar) if start is None else start)) % 7)
    cells = -(-((last - begin).days + 1) // 7) * 7
    days = [begin + dt.timedelta(days=offset) for offset in range(cells)]
    grid = [GridDay(day, year_month_day(day, calendar)[2], first <= day <= last) for day in days]
    return [grid[i : i + 7] for i in range(0, cells, 7)]


def week_header(calendar: Calendar | None = None, lang: str | None = None) -> list[tuple[str, str]]:
    """(short, full) weekday names from the first day of the week."""
    order = [(week_start(calendar) + i) % 7 for i in range(7)]
    return [(weekday_name(day, lang, short=True), weekday_name(day, lang)) for day in order]
