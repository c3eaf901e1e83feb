"""Drawers of recurring visits: repeat, move and cancel from here on. Conflicts are seen before anything is saved."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError, Forbidden
from clinic.shared.html import close_drawer
from clinic.shared.money import format_number
from scheduling import actions
from scheduling.forms.series import EndForm, RepeatForm, ShiftForm
from scheduling.models import Appointment, Practitioner
from scheduling.queries import panel
from scheduling.queries.opening import moment, zone_of
from scheduling.queries.series import Occurrence, Wish, dates_of, following, preview, wall_moment
from scheduling.statuses import AppointmentStatus
from scheduling.views.frame import on_the_clock_of, show


def _of(request: HttpRequest, pk: int) -> Appointment:
    found = panel.appointment_for(request.user, pk)
    if not request.user.can(Perm.DIARY_BOOK, found.branch_id):
        raise Forbidden(_("Your role does not allow this."))
    if found.patient is None:
        raise Http404
    return found


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """The same visit again and again: dates with what stands in their way, each taken, replaced or left out."""
    first = _of(request, pk)
    with on_the_clock_of(first.branch):
        form, problem, warned = RepeatForm(request.POST or None), "", False
        if "book" in request.POST and form.is_valid() and request.POST.get("shown") == form.shown:
            try:
                booked = actions.book_series(
                    wish=_wish(first), dates=_chosen(request), every_days=form.every_days, first=first,
                    source=first.source, despite="despite" in request.POST, by=request.user,
                )  # fmt: skip
            except ActionError as error:
                problem, warned = error.message, error.code == "warned"
            else:
                words = ngettext(
                    "%(count)s visit is in the series.", "%(count)s visits are in the series.", len(booked)
                )
                return close_drawer(words % {"count": format_number(len(booked))})
        dates = dates_of(
            first.starts_at, every_days=form.every_days, times=form.chosen["times"], zone=first.branch.time_zone
        )
        context = {"form": form, "problem": problem, "warned": warned, "appointment": first, "shown": form.shown,
                   "dates": _rows(request, first, preview(_wish(first), dates[1:], wall=_wall(first)))}  # fmt: skip
        return show(request, "scheduling/keep/repeat.html", context, status=_status(form, problem))


def _status(form: Any, problem: str) -> int:
    return 422 if problem or (form.is_bound and form.errors) else 200


def _wish(appointment: Appointment) -> Wish:
    return Wish(
        appointment.service, appointment.practitioner, appointment.branch, appointment.patient, appointment.mode
    )


def _wall(appointment: Appointment) -> dt.time:
    return appointment.starts_at.astimezone(zone_of(appointment.branch.time_zone)).time()


def _rows(request: HttpRequest, appointment: Appointment, dates: list[Occurrence]) -> list[dict[str, Any]]:
    """Each date with its choices; what was chosen before stays chosen while it is still offered."""
    rows = []
    for each in dates:
        name = f"date-{each.number}"
        own = [(f"{appointment.practitioner_id}-{int(each.starts_at.timestamp())}", None)] if each.is_free else []
        choices = own + [(f"{slot.practitioner_id}-{slot.begin}", slot.starts_at) for slot in each.nearest]
        kept = request.POST.get(name) if "book" in request.POST else None
        known = {value for value, _at in choices} | {""}
        chosen = kept if kept in known else (choices[0][0] if each.is_free else "")
        rows.append({"name": name, "date": each, "choices": choices, "chosen": chosen})
    return rows


def _chosen(request: HttpRequest) -> list[tuple[Practitioner, dt.datetime]]:
    """The dates as they were chosen."""
    found = []
    for name in sorted(request.POST):
        at = _choice(request.POST[name]) if name.startswith("date-") else None
        if at is not None:
            found.append(at)
    return sorted(found, key=lambda each: each[1])


def _choice(text: str) -> tuple[Practitioner, dt.datetime] | None:
    doctor, _dash, epoch = text.partition("-")
    if not (text.isascii() and doctor.isdigit() and epoch.isdigit() and len(doctor) < 10 and len(epoch) < 11):
        return None
    found = Practitioner.objects.filter(pk=doctor, is_active=True).first()
    return (found, moment(int(epoch))) if found else None


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def move_on(request: HttpRequest, pk: int) -> HttpResponse:
    """This visit of a series at another day and time, and all after it as far from where they were."""
    first = _of(request, pk)
    with on_the_clock_of(first.branch):
        coming = _coming(first)
        local = timezone.localtime(first.starts_at)
        form = ShiftForm(request.POST or None, initial={"day": local.date().isoformat(), "time": f"{local:%H:%M}"})
        problem, rows = "", []
        if form.chosen is not None:
            rows = _rows(request, first, _shifted(first, coming, *form.chosen))
            if "book" in request.POST and request.POST.get("shown") == form.shown:
                try:
                    moved = actions.move_following(appointment=first, dates=_moves(request, coming), by=request.user)
                except ActionError as error:
                    problem = error.message
                else:
                    words = ngettext("%(count)s visit is moved.", "%(count)s visits are moved.", len(moved))
                    return close_drawer(words % {"count": format_number(len(moved))})
        context = {"form": form, "problem": problem, "appointment": first, "count": len(coming), "dates": rows,
                   "shown": form.shown}  # fmt: skip
        return show(request, "scheduling/keep/move_on.html", context, status=_status(form, problem))


def _coming(first: Appointment) -> list[Appointment]:
    coming = following(first) if first.status == AppointmentStatus.BOOKED else []
    if not coming:
        raise Http404
    return coming


def _shifted(first: Appointment, coming: list[Appointment], day: dt.date, time: dt.time) -> list[Occurrence]:
    """Where each would be: as many days later as this one, all at its new wall time."""
    later = day - timezone.localtime(first.starts_at).date()
    days = [timezone.localtime(each.starts_at).date() + later for each in coming]
    dates = [wall_moment(each, time, first.branch.time_zone) for each in days if 2000 < each.year < 2200]
    return preview(_wish(first), dates, wall=time, besides=coming)


def _moves(request: HttpRequest, coming: list[Appointment]) -> list[tuple[Appointment, Practitioner, dt.datetime]]:
    chosen = [(each, _choice(request.POST.get(f"date-{place}", ""))) for place, each in enumerate(coming, 1)]
    return [(each, *at) for each, at in chosen if at is not None]


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Call off this visit of a series and all after it."""
    first = _of(request, pk)
    with on_the_clock_of(first.branch):
        coming = _coming(first)
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                gone = actions.cancel_following(
                    appointment=first, reason=form.cleaned_data["reason"],
                    by_patient=form.cleaned_data["who"] == "patient", by=request.user,
                )  # fmt: skip
            except ActionError as error:
                form.add_error(None, error.message)
            else:
                words = ngettext("%(count)s visit is cancelled.", "%(count)s visits are cancelled.", len(gone))
                return close_drawer(words % {"count": format_number(len(gone))})
        context = {"form": form, "appointment": first, "coming": coming}
        return show(request, "scheduling/keep/end_series.html", context, status=422 if form.errors else 200)
