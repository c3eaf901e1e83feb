"""The two pages of an online visit: the patient's by her link, the clinic's by permission; and their live parts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError, NotFound
from clinic.shared.html import is_htmx, toast, trigger
from scheduling import actions
from scheduling.models import Appointment, Mode, OnlineSide
from scheduling.queries import online, panel
from scheduling.queries.diary import NEVER_SHOWN, by_link
from scheduling.queries.floor import own_name, place_of
from scheduling.queries.opening import zone_of
from scheduling.statuses import AppointmentStatus
from scheduling.views.frame import on_the_clock_of, refused

PATIENCE = 20  # seconds until the page offers chat and phone beside trying on


@open_to_all("the long random token in the address is the key to one online visit")
@never_cache
@require_safe
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The patient's page: try camera and microphone, wait, be with the doctor."""
    found = by_link(token)
    if found is None or found.status in NEVER_SHOWN or found.patient_id is None:
        raise Http404
    if found.mode != Mode.ONLINE:
        return redirect("appointment", found.link_token)
    if found.link_token != token:
        return redirect("online-join", found.link_token)
    context = _context(found)
    status = 410 if context["step"] == "over" else 200
    with on_the_clock_of(found.branch):
        return render(request, "scheduling/online/join.html", context, status=status)


@open_to_all("the long random token in the address is the key to one online visit")
@never_cache
@require_safe
def join_part(request: HttpRequest, token: str) -> HttpResponse:
    """Where she stands: fetched again on every notice."""
    found = online.online_by_link(token)
    if found is None or found.status in NEVER_SHOWN:
        raise Http404
    with on_the_clock_of(found.branch):
        return render(request, "scheduling/online/_join_state.html", _context(found))


@needs(Perm.ONLINE_MEET)
@never_cache
@require_safe
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The clinic's page: who waits, let her in, talk, end."""
    found = online.online_for(request.user, pk)
    with on_the_clock_of(found.branch):
        return render(request, "scheduling/online/room.html", _room_context(request, found))


@needs(Perm.ONLINE_MEET)
@never_cache
@require_safe
def room_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is there and what can be done: fetched again on every notice."""
    found = online.online_for(request.user, pk)
    with on_the_clock_of(found.branch):
        return render(request, "scheduling/online/_room_state.html", _room_context(request, found))


@needs(Perm.ONLINE_MEET)
@require_POST
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the patient in."""
    return _do(request, pk, actions.admit_online, "")


@needs(Perm.ONLINE_MEET)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The conversation is over; the record is finished on its own page."""
    return _do(request, pk, actions.end_online, _("The online visit is over. Finish the record now."))


@needs(Perm.FLOOR_VIEW)
@require_safe
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened in an online visit, for panels and records."""
    found = panel.appointment_for(request.user, pk)
    if found.mode != Mode.ONLINE:
        raise NotFound(_("There is no such online visit for you."))
    with on_the_clock_of(found.branch):
        return render(request, "scheduling/online/_story.html", {"events": online.online_story(found)})


def _do(request: HttpRequest, pk: int, step: Any, said: str) -> HttpResponse:
    try:
        step(appointment=online.online_for(request.user, pk), by=request.user)
    except ActionError as error:
        return refused(error)
    if not is_htmx(request) and not request.headers.get("X-Requested-With"):
        return HttpResponseRedirect(f"/online/{pk}/")
    response = trigger(HttpResponse(status=204), live_refresh={})
    return toast(response, said) if said else response


def _context(found: Appointment) -> dict[str, Any]:
    step = online.step_of(found)
    visit = online.visit_of(found)
    placed = place_of(visit.queue_token) if visit is not None and step == "waiting" else None
    return {
        "appointment": found,
        "wall": found.starts_at.astimezone(zone_of(found.time_zone)).replace(tzinfo=None),
        "opens_at": found.starts_at - online.OPENS_BEFORE,
        "step": step,
        "missed": step == "over" and found.status == AppointmentStatus.BOOKED,
        "row": placed[1] if placed else None,
        "visit": visit,
        "doctor": own_name(found.practitioner),
        "doctor_is_there": online.is_there(found, OnlineSide.CLINIC),
        "branch": found.branch,
        "patience": PATIENCE,
    }


def _room_context(request: HttpRequest, found: Appointment) -> dict[str, Any]:
    return _context(found) | {
        "patient": found.patient,
        "service": own_name(found.service),
        "patient_is_there": online.is_there(found, OnlineSide.PATIENT),
        "problem": online.wants_call(found),
        "events": online.online_story(found),
        "may_note": request.user.can(Perm.DIARY_VIEW, found.branch_id),
        "may_read": request.user.can(Perm.RECORD_VIEW, found.branch_id),
    }
