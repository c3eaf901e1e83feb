"""Reading what stands in an address: numbers, days, moments; each refusal names its parameter."""

import datetime as dt

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from rest_framework.request import Request

from clinic.shared.errors import Invalid
from clinic.shared.text import to_latin_digits
from scheduling.queries.opening import zone_of

YEARS = range(1970, 2200)


def numbers(request: Request, name: str) -> list[int]:
    """The rows' numbers of a parameter that may come several times, or once with commas."""
    texts = [text for given in request.query_params.getlist(name) for text in given.split(",")]
    return [found for text in texts if (found := _number(text, name)) is not None]


def number(request: Request, name: str) -> int | None:
    """A row's number, None where it is not given."""
    return _number(request.query_params.get(name, ""), name)


def _number(text: str, name: str) -> int | None:
    text = to_latin_digits(text).strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid(_("%(name)s must be a number.") % {"name": name}, field=name)
    return int(text)


def day(request: Request, name: str) -> dt.date | None:
    """A day as 2026-11-22, None where it is not given."""
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise Invalid(
            _("%(name)s must be a day, such as %(example)s.") % {"name": name, "example": "2026-11-22"}, field=name
        )
    return found


def moment(request: Request, name: str, zone: str, *, end: bool = False) -> dt.datetime | None:
    """A moment (ISO 8601), or a day of the zone: its beginning, or with `end` the beginning of the day after."""
    text = request.query_params.get(name, "").strip().replace(" ", "+")  # an unescaped + in an address is a blank
    if not text:
        return None
    if len(text) <= 10:
        found = day(request, name)
        assert found
        return dt.datetime.combine(found + dt.timedelta(days=1 if end else 0), dt.time(), zone_of(zone))
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.year not in YEARS:
        raise Invalid(_("%(name)s must be a day or a moment, such as %(example)s.")
            % {"name": name, "example": "2026-11-22T10:15:00+03:30"},
                      field=name)  # fmt: skip
    return at.replace(tzinfo=zone_of(zone)) if is_naive(at) else at
