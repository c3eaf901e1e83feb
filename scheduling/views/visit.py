"""The panel of an appointment or visit, and every step that its buttons do."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError, Conflict, Forbidden
from clinic.shared.html import is_htmx, toast, trigger
from scheduling import actions
from scheduling.models import Appointment, Priority, Room, Visit
from scheduling.queries import panel
from scheduling.queries.moves import last_move
from scheduling.queries.policy import misses
from scheduling.queries.steps import undo_permission
from scheduling.statuses import AppointmentStatus
from scheduling.views.frame import in_panel, on_the_clock_of, refused, show

APPOINTMENT_STEPS: dict[str, tuple[Callable[..., Any], Perm, Any]] = {
    "arrive": (actions.arrive, Perm.FLOOR_WORK, gettext_lazy("%(name)s has arrived.")),
    "check-in": (actions.check_in, Perm.FLOOR_WORK, gettext_lazy("%(name)s is checked in.")),
    "confirm": (actions.confirm, Perm.DIARY_BOOK, gettext_lazy("%(name)s is confirmed.")),
    "no-show": (actions.no_show, Perm.DIARY_BOOK, gettext_lazy("%(name)s did not come.")),
}
VISIT_STEPS: dict[str, tuple[Callable[..., Any], Any]] = {
    "call": (actions.call, gettext_lazy("%(name)s is called.")),
    "hold": (actions.hold_visit, gettext_lazy("%(name)s is on hold and keeps her place.")),
    "resume": (actions.resume_visit, gettext_lazy("%(name)s is back in line.")),
    "priority": (actions.set_priority, gettext_lazy("%(name)s has another class now.")),
    "recall": (actions.recall, gettext_lazy("%(name)s is called again.")),
    "skip": (actions.skip, gettext_lazy("%(name)s waits a little longer.")),
    "enter-room": (actions.enter_room, gettext_lazy("%(name)s is in the room.")),
    "leave-room": (actions.leave_room, gettext_lazy("%(name)s is out of the room.")),
    "finish": (actions.finish_visit, gettext_lazy("The visit of %(name)s is finished.")),
    "left": (actions.left, gettext_lazy("%(name)s left without being seen.")),
    "undo": (actions.undo_visit, gettext_lazy("Undone.")),
}
CLASSES = {str(value) for value in Priority.values}


@needs(Perm.DIARY_VIEW)
@require_safe
def appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of an appointment and, once she is here, of its visit."""
    return _panel(request, panel.appointment_for(request.user, pk))


@needs(Perm.FLOOR_VIEW)
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of a visit."""
    found = panel.visit_for(request.user, pk)
    return _panel(request, found.appointment, found)


@needs(Perm.FLOOR_VIEW)
@require_POST
def appointment_step(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """One button of an appointment; each checks the permission it needs in this branch."""
    if do not in {*APPOINTMENT_STEPS, "undo"}:
        raise Http404
    found = panel.appointment_for(request.user, pk)
    try:
        if do == "undo":
            _must(request.user, undo_permission(found), found)
            _as_seen(request, found)
            back: Callable[..., Any] = actions.undo_appointment
            if request.GET.get("to") == "booked":
                back = actions.undo_arrival
            elif "all" in request.GET:
                back = actions.undo_several
            back(appointment=found, by=request.user)
            text, undo = _("Undone."), ""
        else:
            step, permission, words = APPOINTMENT_STEPS[do]
            _must(request.user, permission, found)
            step(appointment=found, by=request.user)
            text = str(words) % {"name": found.patient.full_name if found.patient else ""}
            fresh = Appointment.objects.get(pk=pk)
            undo = "" if do == "confirm" else f"/desk/appointments/{pk}/undo/?of={fresh.status}"
            if do == "check-in" and found.status == AppointmentStatus.BOOKED:
                undo += "&to=booked"  # one press, one press back
    except ActionError as error:
        return refused(error)
    return _done(request, text, undo, lambda: panel.appointment_for(request.user, pk))


@needs(Perm.FLOOR_WORK)
@require_POST
def visit_step(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """One button of a visit."""
    if do not in VISIT_STEPS:
        raise Http404
    found = panel.visit_for(request.user, pk)
    step, words = VISIT_STEPS[do]
    more: dict[str, Any] = {}
    try:
        _must(request.user, Perm.FLOOR_WORK, found)
        if do == "undo":
            _as_seen(request, found)
            more["move"] = _number(request.GET.get("move", ""))
        if do == "priority":
            more["priority"] = int(request.POST["priority"]) if request.POST.get("priority") in CLASSES else -1
        if do in {"call", "enter-room"} and request.POST.get("room", "").isdigit():
            more["room"] = Room.objects.filter(pk=request.POST["room"], branch=found.branch_id).first()
        after = step(visit=found, by=request.user, **more)
    except ActionError as error:
        return refused(error)
    undo = "" if do == "undo" else undo_url(after)
    text = str(words) % {"name": found.patient.full_name}
    return _done(request, text, undo, lambda: panel.visit_for(request.user, pk))


@needs(Perm.DIARY_VIEW)
@require_safe
def for_patient(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a patient's card: what is booked and what was."""
    patient = surviving(request, pk)
    context = {"rows": panel.of_patient(request.user, patient.pk), "patient_id": patient.pk}
    context["missed"] = misses(patient.pk, days=panel.MISSED_DAYS)
    context["may_book"] = request.user.can(Perm.DIARY_BOOK)
    return render(request, "scheduling/visit/for_patient.html", context)


def _panel(request: HttpRequest, found: Appointment | None, visit: Visit | None = None) -> HttpResponse:
    context = panel.context_of(request.user, found, visit)
    with on_the_clock_of(context["branch"]):
        return show(request, "scheduling/visit/panel.html", context)


def _done(request: HttpRequest, text: str, undo: str, again: Callable[[], Any]) -> HttpResponse:
    """Say it, refresh every live part, and the panel where it is open; without a script back to the board."""
    if not is_htmx(request) and not request.headers.get("X-Requested-With"):
        return HttpResponseRedirect(request.headers.get("Referer") or "/desk/")
    response = HttpResponse(status=204)
    if in_panel(request):
        found = again()
        response = _panel(request, *((found.appointment, found) if isinstance(found, Visit) else (found,)))
    return toast(trigger(response, live_refresh={}), text, undo_url=undo)


def undo_url(visit: Visit) -> str:
    """The address that takes back what was done last, unless something else happens first."""
    last = last_move(visit)
    return f"/desk/visits/{visit.pk}/undo/?move={last.pk}" if last else ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _must(user: User, permission: Perm, found: Appointment | Visit) -> None:
    if not user.can(permission, found.branch_id):
        raise Forbidden(_("Your role does not allow this."))


def _as_seen(request: HttpRequest, found: Appointment | Visit) -> None:
    """An undo takes back what the person saw, not what somebody else did meanwhile."""
    seen = request.GET.get("of", "")
    if seen and seen != found.status:
        raise Conflict(_("Something else happened meanwhile. Look at what is there now."))
