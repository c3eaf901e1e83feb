"""Single cells: dates of two calendars, times, numbers, phones, in any digits."""

import datetime as dt
import functools
import re

from django.utils import timezone

from clinic.roof.importing.errors import RowProblem
from clinic.shared.calendar import parse_date
from clinic.shared.errors import Invalid
from clinic.shared.phones import read_phone, region
from clinic.shared.text import InputProblem, normalise, normalise_national_code

EARLIEST = dt.date(1970, 1, 1)
MONTHS_AHEAD = 24
OLDEST = 130  # years
SEXES = {
    "female": "female", "f": "female", "woman": "female", "زن": "female", "خانم": "female", "مونث": "female",
    "male": "male", "m": "male", "man": "male", "مرد": "male", "آقا": "male", "مذکر": "male", "other": "other",
}  # fmt: skip


@functools.lru_cache(maxsize=4096)
def read_date(text: str, what: str) -> dt.date:
    """A day in either calendar, as `2022-12-30`, `1401/10/09` or `۱۴۰۱/۱۰/۰۹`."""
    try:
        return parse_date(text)
    except InputProblem as problem:
        raise RowProblem(f"{what} {short(text)}: {problem}") from problem


def read_day(text: str, what: str) -> dt.date:
    """A day on which somebody can have been at the clinic, or can come."""
    day = read_date(text, what)
    if day < EARLIEST:
        raise RowProblem(f"{what} {short(text)}: that is before {EARLIEST.year}.")
    if day > timezone.localdate() + dt.timedelta(days=MONTHS_AHEAD * 31):
        raise RowProblem(f"{what} {short(text)}: that is more than {MONTHS_AHEAD} months ahead.")
    return day


def read_moment(text: str, what: str, zone: dt.tzinfo) -> tuple[dt.date, dt.datetime | None]:
    """(day, moment) of a date with or without a time; a time without a zone is the branch's wall time."""
    text = normalise(text)
    found = re.fullmatch(r"(.+?)[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?", text)
    if not found:
        return read_day(text, what), None
    date, hour, minute, second, offset = found.groups()
    day = read_day(date, what)
    try:
        clock = dt.time(int(hour), int(minute), int(second or 0))
    except ValueError:
        raise RowProblem(f"{what} {short(text)}: there is no such time of day.") from None
    moment = dt.datetime.combine(day, clock, tzinfo=_offset(offset) if offset else zone)
    return moment.astimezone(zone).date(), moment.astimezone(dt.UTC)


def _offset(text: str) -> dt.tzinfo:
    if text == "Z":
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return dt.timezone(dt.timedelta(minutes=minutes if text[0] == "+" else -minutes))


def read_birth_date(text: str) -> dt.date | None:
    """A day of birth, or none."""
    if not text:
        return None
    born = read_date(text, "birth_date")
    if not timezone.localdate() - dt.timedelta(days=OLDEST * 366) <= born <= timezone.localdate():
        raise RowProblem(f"birth_date {short(text)}: nobody alive was born on that day.")
    return born


def read_count(text: str, what: str, most: int) -> int:
    """A whole number from 1 to `most`, also written as `3.0`."""
    found = re.fullmatch(r"(\d{1,9})(?:[.٫]0+)?", normalise(text))
    if not found or not 1 <= int(found[1]) <= most:
        raise RowProblem(f"{what} {short(text)}: a whole number from 1 to {most} is needed.")
    return int(found[1])


def read_phone_cell(text: str) -> str:
    """A phone number in E.164, or nothing."""
    if not text:
        return ""
    try:
        return read_phone(text)
    except Invalid as problem:
        raise RowProblem(f"phone {short(text)}: {problem.message}") from problem


def read_national_code(text: str) -> str:
    """A national code; Iranian ones are held to their check digit."""
    if not text or region() != "IR":
        return text[:20]
    try:
        return normalise_national_code(text)
    except InputProblem as problem:
        raise RowProblem(f"national_code {short(text)}: {problem}") from problem


def read_sex(text: str) -> str:
    """One of the product's four answers."""
    return SEXES.get(text.casefold(), "unknown")


def read_text(text: str, what: str, longest: int) -> str:
    """A text that fits its column."""
    text = normalise(text)
    if len(text) > longest:
        raise RowProblem(f"{what} has {len(text)} characters; at most {longest} fit.")
    return text


def short(text: str) -> str:
    """A cell as a reason quotes it."""
    text = normalise(text)
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"
