"""Leaves, closures and holidays."""

import datetime as dt
import zoneinfo
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import YEARS, current_calendar, make_date, year_month_day
from clinic.shared.errors import ActionError
from clinic.shared.money import format_number
from clinic.shared.tenancy import current_clinic
from scheduling.actions import setup as actions
from scheduling.forms.setup import HolidayForm, TimeOffForm
from scheduling.models import Holiday, TimeOff
from scheduling.queries.setup import (
    booked_in,
    holidays_of,
    my_branches,
    my_practitioners,
    rooms_by_branch,
    sets_up_all,
    times_off,
)
from scheduling.views.setup.saving import saved, saved_for, tried

ONE_DAY = dt.timedelta(days=1)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def time_off(request: HttpRequest) -> HttpResponse:
    """Leaves and closures to come; adding one."""
    doctors, places = list(my_practitioners(request.user)), rooms_by_branch(request.user)
    form = TimeOffForm(request.POST or None, doctors=doctors, places=places)
    things: dict[str, tuple[str, Any]] = {f"d{each.pk}": ("practitioner", each) for each in doctors}
    for branch, rooms in places:
        things[f"b{branch.pk}"] = ("branch", branch)
        things |= {f"r{room.pk}": ("room", room) for room in rooms}
    made: list[TimeOff] = []

    def work(data: dict[str, Any]) -> None:
        kind, subject = things[data["subject"]]
        starts_at, ends_at = _span(data, _zone(subject))
        row = actions.add_time_off(
            starts_at=starts_at, ends_at=ends_at, reason=data["reason"], by=request.user, **{kind: subject}
        )
        made.append(row)

    if request.method == "POST" and tried(form, work):
        return saved(request, request.path, _said(booked_in(made[0])))
    context = {"form": form, "rows": [(row, booked_in(row)) for row in times_off(request.user)]}
    return render(request, "scheduling/setup/time_off.html", context, status=422 if form.errors else 200)


def _zone(subject: Any) -> zoneinfo.ZoneInfo:
    """The wall clock that is meant: the branch's, for a doctor the clinic's."""
    place = getattr(subject, "branch", subject)
    return zoneinfo.ZoneInfo(getattr(place, "time_zone", "") or current_clinic().time_zone)


def _span(data: dict[str, Any], zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    begin = dt.datetime.combine(data["since"], data["since_time"] or dt.time(), zone)
    if data["until_time"]:
        return begin, dt.datetime.combine(data["until"], data["until_time"], zone)
    return begin, dt.datetime.combine(data["until"] + ONE_DAY, dt.time(), zone)


def _said(booked: int) -> str:
    if not booked:
        return _("Saved. Nothing is booked in this time.")
    text = ngettext(
        "Saved. %(count)s appointment lies in this time: move it on the day board.",
        "Saved. %(count)s appointments lie in this time: move them on the day board.",
        booked,
    )
    return text % {"count": format_number(booked)}


@needs(Perm.SETUP_MANAGE)
@require_POST
def time_off_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a leave or closure back."""
    row = get_object_or_404(times_off(request.user), pk=pk)
    actions.remove_time_off(time_off=row, by=request.user)
    return saved(request, "/set-up/time-off/", _("Taken back. The time is free again."))


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def holidays(request: HttpRequest) -> HttpResponse:
    """The closed days of a year of the reader's calendar; adding one."""
    year = _year(request)
    whole = sets_up_all(request.user)
    form = HolidayForm(request.POST or None, branches=my_branches(request.user), whole=whole)

    def work(data: dict[str, Any]) -> None:
        actions.save_holiday(by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved_for(request, f"/set-up/holidays/?year={year}")
    context = {"form": form, "year": year, "rows": holidays_of(year, request.user), "whole": whole}
    context |= {"before": year - 1, "after": year + 1}
    return render(request, "scheduling/setup/holidays.html", context, status=422 if form.errors else 200)


def _year(request: HttpRequest) -> int:
    typed = request.GET.get("year", "") or request.POST.get("year", "")
    now = year_month_day(timezone.localdate())[0]
    return int(typed) if typed.isdecimal() and int(typed) + 1 in YEARS[current_calendar()] else now


@needs(Perm.SETUP_MANAGE)
@require_POST
def holiday_fill(request: HttpRequest) -> HttpResponse:
    """Add the official holidays of a year of the reader's calendar."""
    year = _year(request)
    try:
        new = actions.lay_holidays(
            first=make_date(year, 1, 1), last=make_date(year + 1, 1, 1) - ONE_DAY, by=request.user
        )
    except ActionError as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(f"/set-up/holidays/?year={year}")
    text = ngettext("%(count)s holiday was added.", "%(count)s holidays were added.", new)
    return saved_for(request, f"/set-up/holidays/?year={year}", text=text % {"count": format_number(new)})


@needs(Perm.SETUP_MANAGE)
@require_POST
def holiday_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open all the same on a closed day, or close it again."""
    row = _holiday(request, pk)
    actions.save_holiday(date=row.date, name=row.name, branch=row.branch, is_open=not row.is_open, by=request.user)
    return saved_for(request, _list_of(row))


@needs(Perm.SETUP_MANAGE)
@require_POST
def holiday_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closed day back."""
    row = _holiday(request, pk)
    actions.remove_holiday(holiday=row, by=request.user)
    return saved_for(request, _list_of(row))


def _list_of(row: Holiday) -> str:
    return f"/set-up/holidays/?year={year_month_day(row.date)[0]}"


def _holiday(request: HttpRequest, pk: int) -> Holiday:
    rows = Holiday.objects.select_related("branch")
    if not sets_up_all(request.user):
        rows = rows.filter(branch__in=my_branches(request.user))
    return get_object_or_404(rows, pk=pk)
