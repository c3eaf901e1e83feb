"""The patient's own link to one appointment: see, keep in the calendar, move, cancel, take back."""

import datetime as dt
from datetime import timedelta
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import open_to_all
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx
from scheduling import actions
from scheduling.forms.book import ReasonForm
from scheduling.models import Appointment, FeeKind, Visit
from scheduling.queries.agreed import acceptance_of, refusal_of
from scheduling.queries.calendar_file import calendar_file
from scheduling.queries.diary import NEVER_SHOWN, by_link, is_late
from scheduling.queries.opening import zone_of
from scheduling.queries.policy import awaits_deposit, fee_for
from scheduling.queries.slots import nearest_free
from scheduling.statuses import IN_BUILDING, UPCOMING, AppointmentStatus
from scheduling.views.book import strip_context
from scheduling.views.coming import remember_link, today_context
from scheduling.views.held import read_choice, user_of
from scheduling.views.manage_all import is_final, move_all, question

A = AppointmentStatus
HIDDEN = NEVER_SHOWN - {A.EXPIRED}  # a request that lapsed tells its patient so


def _of(token: str) -> Appointment:
    appointment = by_link(token)
    if appointment is None or appointment.status in HIDDEN or appointment.patient_id is None:
        raise Http404
    return appointment


@open_to_all("whoever has the link has the appointment")
@require_safe
def appointment(request: HttpRequest, token: str) -> HttpResponse:
    """One appointment; also the page that says it is done."""
    found = _of(token)
    if found.link_token != token:
        return redirect("appointment", found.link_token)
    return _page(request, found)


def _page(request: HttpRequest, found: Appointment, *, problem: str = "", status: int = 200) -> HttpResponse:
    link = request.build_absolute_uri(reverse("appointment", args=[found.link_token]))
    zone = zone_of(found.time_zone)
    ahead = found.starts_at > timezone.now()
    context: dict[str, Any] = {
        "appointment": found,
        "wall": found.starts_at.astimezone(zone).replace(tzinfo=None),
        "limit": (found.starts_at - timedelta(hours=found.service.cancel_until_hours))
        .astimezone(zone)
        .replace(tzinfo=None),
        "can_change": found.status == A.BOOKED and ahead,
        "is_past": found.status == A.BOOKED and found.ends_at <= timezone.now(),
        "can_cancel": found.status in UPCOMING and ahead,
        "late_fee": fee_for(found, FeeKind.LATE) if found.status == A.BOOKED or found.was_late_cancel else 0,
        **_standing(found, zone),
        "can_move": found.status == A.BOOKED and ahead and not is_late(found, timezone.now()),
        "can_undo": found.status == A.CANCELLED and found.cancelled_by_patient and ahead,
        "visit": _visit_now(found),
        "shows_money": found.deposit > 0 or hasattr(found, "fee"),
        "is_new": "new" in request.GET,
        "is_moved": "moved" in request.GET,
        "form": ReasonForm(),
        "others": _others(found),
        "link": link,
        "qr": mark_safe(segno.make(link, error="m").svg_inline(border=2, omitsize=True)),  # noqa: S308 (drawn here)
        "problem": problem,
        "today": today_context(found),
    }
    response = render(request, "scheduling/manage/appointment.html", context, status=status)
    return remember_link(response, found, secure=request.is_secure())


def _others(found: Appointment) -> list[dict[str, Any]]:
    """What was booked together with it and lies ahead too; whose it is where it is somebody else's."""
    if found.bundle is None:
        return []
    zone = zone_of(found.time_zone)
    return [
        {
            "part": each,
            "wall": each.starts_at.astimezone(zone).replace(tzinfo=None),
            "whose": each.patient.first_name if each.patient and each.patient_id != found.patient_id else "",
        }
        for each in actions.together_with(found)
        if each.pk != found.pk and each.starts_at > timezone.now()
    ]


def _visit_now(found: Appointment) -> Visit | None:
    """The visit while she is in the building."""
    visit: Visit | None = getattr(found, "visit", None)
    return visit if visit is not None and visit.status in IN_BUILDING else None


def _standing(found: Appointment, zone: dt.tzinfo) -> dict[str, Any]:
    """What a booking waits for and until when; why the clinic refused it."""
    waits, until = "", found.hold_expires_at
    if found.status == A.PENDING:
        waits = "deposit" if awaits_deposit(found) else "approval"
    return {
        "waits": waits,
        "until": until.astimezone(zone).replace(tzinfo=None) if waits and until else None,
        "refused": refusal_of(found),
        "acceptance": acceptance_of(found),
    }


@open_to_all("whoever has the link has the appointment")
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """I will come."""
    return _do(request, _of(token), actions.confirm)


@open_to_all("whoever has the link has the appointment")
@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """I will not come; with `all` to nothing that was booked together with it either."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    step = actions.cancel_several if "all" in request.POST else actions.cancel
    return _do(request, _of(token), step, reason=reason, by_patient=True)


@open_to_all("whoever has the link has the appointment")
@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """I will come after all."""
    return _do(request, _of(token), actions.undo_own, of=A.CANCELLED)


def _do(request: HttpRequest, found: Appointment, step: Any, **values: Any) -> HttpResponse:
    try:
        step(appointment=found, by=user_of(request), **values)
    except ActionError as error:
        return _page(request, _of(found.link_token), problem=error.message, status=409)
    return redirect("appointment", found.link_token)  # wherever it was moved to


@open_to_all("whoever has the link has the appointment")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Another time with the same doctor; for all that was booked together, unless `only` this one is meant."""
    found = _of(token)
    parts = _parts(request, found)
    if len(parts) > 1:
        return move_all(request, found, parts)
    if request.method == "POST":
        return _move_to(request, found)
    return _times(request, found)


def _parts(request: HttpRequest, found: Appointment) -> list[Appointment]:
    """What moves: all that was booked together and may still be moved, or this one alone."""
    if found.bundle is None or "only" in request.GET:
        return [found]
    together = [each for each in actions.together_with(found) if each.status == A.BOOKED]
    return together if any(each.pk == found.pk for each in together) else [found]


def _move_to(request: HttpRequest, found: Appointment) -> HttpResponse:
    wanted = None
    try:
        wanted = read_choice(request.POST.get("slot", ""))
        if "sure" not in request.POST and is_final(found, wanted.starts_at):
            return _times(request, found, asked=question([found], wanted.starts_at, request.POST["slot"]))
        new = actions.reschedule(
            appointment=found,
            starts_at=wanted.starts_at,
            practitioner=wanted.practitioner,
            branch=wanted.branch,
            by_patient=True,
            by=user_of(request),
        )
    except ActionError as error:
        near = wanted.starts_at if wanted else found.starts_at
        nearest = nearest_free(
            service=found.service, practitioner=found.practitioner_id, branch=found.branch_id, starts_at=near
        )
        return _times(
            request, found, problem=error.message, nearest=nearest, status=409 if error.status == 409 else 422
        )
    return HttpResponseRedirect(reverse("appointment", args=[new.link_token]) + "?moved=1")


def _times(request: HttpRequest, found: Appointment, *, status: int = 200, **more: Any) -> HttpResponse:
    context = strip_context(
        request,
        "appointment-move",
        found.link_token,
        service=found.service,
        doctor=found.practitioner,
        branch=found.branch,
        mode=found.mode,
    )
    context |= {"appointment": found, "wall": found.starts_at.astimezone(zone_of(found.time_zone)).replace(tzinfo=None)}
    context["action"] = reverse("appointment-move", args=[found.link_token])
    context["others"] = _others(found)
    template = "scheduling/book/_times.html" if is_htmx(request) else "scheduling/manage/move.html"
    return render(request, template, context | more, status=status)


@open_to_all("whoever has the link has the appointment")
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The appointment as a calendar entry."""
    found = _of(token)
    link = request.build_absolute_uri(reverse("appointment", args=[found.link_token]))
    response = HttpResponse(calendar_file(found, link), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="appointment-{found.starts_at:%Y-%m-%d}.ics"'
    return response
