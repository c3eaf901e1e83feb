"""What addresses of the books ask for: days, a branch, a doctor, a service, and what was known at a moment."""

import datetime as dt
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch
from clinic.shared.errors import Invalid
from finance.queries.days import clinic_today
from finance.queries.reports import Scope
from finance.queries.reports.scope import month_of
from scheduling.models import Practitioner, Service

YEARS = range(1950, 2151)
LONGEST = dt.timedelta(days=3700)
DAYS = [
    OpenApiParameter("first", dt.date, description="The first day; this month's where none is named."),
    OpenApiParameter("last", dt.date, description="The last day, counted as well."),
]
NARROW = [
    OpenApiParameter("branch", int),
    OpenApiParameter("doctor", int),
    OpenApiParameter("service", int),
    OpenApiParameter(
        "known", dt.datetime, description="Counts only what was posted until then: the same figures whenever it is run."
    ),
]


def day_of(request: Request, name: str) -> dt.date | None:
    """A day of the address, None where it is not there. Raises Invalid for what is none."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise Invalid(_("Write the day as %(example)s.") % {"example": "2026-11-22"}, field=name)
    return found


def number_of(request: Request, name: str) -> int | None:
    """A whole number of the address, None where it is not there. Raises Invalid for what is none."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid(_("This is not a number."), field=name)
    return int(text)


def scope_of(request: Request) -> Scope:
    """The days and parts of a report. Raises Invalid for days in the wrong order, or a thing that is not there."""
    first, last = day_of(request, "first"), day_of(request, "last")
    if first is None and last is None:
        first, last = month_of(clinic_today())
    first = first or last
    last = last or first
    assert first is not None
    assert last is not None  # one of them was given
    if last < first or last - first > LONGEST:
        raise Invalid(_("The last day lies before the first, or too far from it."), field="last")
    return Scope(
        first, last, _known(request), _one(request, "branch", Branch), _one(request, "doctor", Practitioner),
        _one(request, "service", Service),
    )  # fmt: skip


def _one(request: Request, name: str, model: Any) -> int | None:
    number = number_of(request, name)
    if number is not None and not model.objects.filter(pk=number).exists():
        raise Invalid(_("There is nothing of this number."), field=name)
    return number


def _known(request: Request) -> dt.datetime | None:
    text = request.query_params.get("known", "").replace(" ", "+")
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise Invalid(_("Write the moment as %(example)s.") % {"example": "2026-11-22T09:30:00+00:00"}, field="known")
    return found


def branch_named(request: Request, permission: Perm) -> Branch:
    """The branch of the address, else the first in which the permission is held."""
    return chosen_branch(request.user, permission, number_of(request, "branch"))
