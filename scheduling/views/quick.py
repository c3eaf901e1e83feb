"""The desk's drawers: quick booking, walk-in, moving, cancelling."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.calendar import format_datetime, format_time
from clinic.shared.errors import ActionError, Conflict, Forbidden, Invalid
from clinic.shared.html import close_drawer, toast, trigger
from scheduling import actions
from scheduling.forms.desk import MAY_BE_BOOKED_OVER, BookForm, CancelForm, MoveForm, WalkInForm
from scheduling.models import Appointment, Mode, Practitioner, Service
from scheduling.queries import panel
from scheduling.queries.diary import branches_of_service
from scheduling.queries.floor import own_name, ticket
from scheduling.queries.opening import zone_of
from scheduling.queries.slots import free_slots, nearest_free
from scheduling.queries.steps import may_be_moved
from scheduling.queries.strip import open_days
from scheduling.queries.usual import usual_service
from scheduling.views.chained import chains_after, parts_from
from scheduling.views.frame import branch_of, on_the_clock_of, show
from scheduling.views.soonest import mode_picks, soonest_of
from scheduling.views.visit import undo_url

STRIP = 14


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """Book a time: an empty place of the board brings doctor and start with it."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    with on_the_clock_of(branch):
        soonest = _soonest(request, branch)
        form = BookForm(request.POST or None, branch=branch, initial=_wished(request, branch, soonest))
        nearest: list[Any] = []
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                appointment = _booked(request, branch, values)
            except ActionError as error:
                form.add_action_error(error)
                nearest = _nearest(error, values, branch)
            else:
                words = _("%(name)s is booked for %(when)s.")
                when = {"name": appointment.patient, "when": format_datetime(appointment.starts_at, style="short")}
                if "repeat" in request.POST:
                    return _on_to_repeat(appointment, words % when)
                return close_drawer(words % when)
        context = {"form": form, "branch": branch, "nearest": nearest, "query": request.GET.urlencode()}
        context["soonest"], context["fixed"] = soonest, "start" in request.GET
        context["picks"] = mode_picks(form.service_now, form["mode"].value())
        context["may_override"] = request.user.can(Perm.DIARY_OVERRIDE, branch)
        return show(request, "scheduling/desk/book.html", context, status=422 if form.errors else 200)


def _booked(request: HttpRequest, branch: Branch, values: dict[str, Any]) -> Appointment:
    """What was written in the form: one visit, or the first of several that follow each other."""
    how: dict[str, Any] = {name: values[name] for name in ("note", "override", "reason", "source", "referred_by")}
    how |= {"person": written_person(request, values), "branch": branch, "by": request.user}
    how["despite"] = "despite" in request.POST
    services, doctor, mode = values["services"], values["practitioner"], values["mode"]
    if len(services) > 1:
        parts = parts_from(services, doctor, branch, values["starts_at"], mode=mode, override=values["override"])
        return actions.book_person_together(parts=parts, **how)[0]
    return actions.book_person(
        service=services[0], practitioner=doctor, starts_at=values["starts_at"],
        mode=mode if services[0].mode == Mode.EITHER else None,
        room=values["room"].pk if values["room"] else None, **how,
    )  # fmt: skip


def _on_to_repeat(appointment: Appointment, words: str) -> HttpResponse:
    """It is booked; the drawer goes on with how often it is repeated."""
    repeat = {"url": f"/desk/appointments/{appointment.pk}/repeat/"}
    return toast(trigger(HttpResponse(status=204), live_refresh={}, drawer_open=repeat), words)


@needs(Perm.FLOOR_WORK)
@require_http_methods(["GET", "POST"])
def walk_in(request: HttpRequest) -> HttpResponse:
    """Somebody who came without an appointment."""
    branch = branch_of(request, Perm.FLOOR_WORK)
    with on_the_clock_of(branch):
        form = WalkInForm(request.POST or None, branch=branch, initial={"patient": request.GET.get("patient", "")})
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                visit = actions.walk_in_person(
                    person=written_person(request, values), service=values["service"],
                    practitioner=values["practitioner"], branch=branch,
                    priority=values["priority"], referred_by=values["referred_by"], by=request.user,
                )  # fmt: skip
            except ActionError as error:
                form.add_action_error(error)
            else:
                return close_drawer(
                    _("%(name)s waits with number %(number)s.") % {"name": visit.patient, "number": ticket(visit)},
                    undo_url=undo_url(visit),
                )
        context = {"form": form, "branch": branch, "query": request.GET.urlencode()}
        return show(request, "scheduling/desk/walk_in.html", context, status=422 if form.errors else 200)


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another time: free ones of a day to choose from, or the place where a card was dropped."""
    appointment = panel.appointment_for(request.user, pk)
    if not may_be_moved(appointment, request.user):
        error = Conflict(_("Only a booked appointment can be moved."))
        if _is_drop(request):
            return _dropped_back(error)
        raise error
    with on_the_clock_of(appointment.branch):
        if _is_drop(request):
            return _drop(request, appointment)
        form = MoveForm(request.POST or None, appointment=appointment)
        if request.method == "POST" and form.is_valid():
            try:
                moved = actions.reschedule(appointment=appointment, by=request.user, **form.cleaned_data)
            except ActionError as error:
                form.add_action_error(error)
            else:
                return close_drawer(_moved(moved), undo_url=_undo_of(moved))
        return show(
            request, "scheduling/desk/move.html", _move_context(request, appointment, form),
            status=422 if form.errors else 200,
        )  # fmt: skip


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off: by whom and why; with `all` everything that was booked together with it."""
    appointment = panel.appointment_for(request.user, pk)
    if not request.user.can(Perm.DIARY_BOOK, appointment.branch_id):
        raise Forbidden(_("Your role does not allow this."))
    form = CancelForm(request.POST or None)
    together = actions.together_with(appointment) if "all" in request.GET else []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            step: Callable[..., Any] = actions.cancel_several if together else actions.cancel
            step(
                appointment=appointment, reason=values["reason"], by_patient=values["who"] == "patient",
                keep_time_closed=values["keep_time_closed"], by=request.user,
            )  # fmt: skip
        except ActionError as error:
            form.add_error(None, error.message)
        else:
            text = _("The appointment of %(name)s is cancelled.") % {"name": appointment.patient}
            return close_drawer(
                text, undo_url=f"/desk/appointments/{pk}/undo/?of=cancelled{'&all=1' if together else ''}"
            )
    context = {"form": form, "appointment": appointment, "together": together}
    return show(request, "scheduling/desk/cancel.html", context, status=422 if form.errors else 200)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _soonest(request: HttpRequest, branch: Branch) -> list[dict[str, Any]]:
    """The next free times, for a form that was opened without one."""
    if "start" in request.GET:
        return []
    written = request.POST.get("service", "")
    wanted = int(written) if written.isdecimal() and len(written) < 16 else _number(request, "service")
    service = Service.objects.filter(pk=wanted or 0, is_active=True).first()
    service = service or usual_service(branch)
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate()
    since = dt.datetime.combine(max(day, timezone.localdate()), dt.time(), zone_of(branch.time_zone))
    return soonest_of(service, branch, since=since, mode=request.POST.get("mode", "")) if service else []


def _wished(request: HttpRequest, branch: Branch, soonest: list[dict[str, Any]]) -> dict[str, Any]:
    """What the address already knows: `start` in the branch's wall time, `resource` the doctor, `patient`; else the
    next free time of what is booked most often.
    """
    initial: dict[str, Any] = {name: request.GET.get(name, "") for name in ("patient", "day", "service", "who")}
    if not initial["service"]:
        usual = usual_service(branch, _number(request, "resource"))
        initial["service"] = usual.pk if usual else ""
    try:
        start = dt.datetime.fromisoformat(request.GET.get("start", ""))
    except ValueError:
        return initial | (soonest[0]["values"] if soonest else {})
    return initial | {
        "day": start.date().isoformat(),
        "time": f"{start:%H:%M}",
        "practitioner": request.GET.get("resource", ""),
    }


def written_person(request: HttpRequest, values: dict[str, Any]) -> Patient | dict[str, Any]:
    """The chosen patient, or what was written of a new one."""
    if values["patient"] is not None:
        patient: Patient = values["patient"]
        return patient
    if not request.user.can(Perm.PATIENTS_EDIT):
        raise Forbidden(_("Your role does not register patients. Choose one."), field="patient")
    written = {name: values[name] or "" for name in ("first_name", "last_name", "phone")}
    return written | {"refuse_duplicates": "anyway" not in request.POST}


def _nearest(error: ActionError, values: dict[str, Any], branch: Branch) -> list[Any]:
    """Other times where this one is taken or closed."""
    if error.status != 409 and error.code != "closed":
        return []
    if error.code in {"duplicates", "warned"}:
        return []
    services, doctor = values["services"], values["practitioner"]
    if len(services) > 1:
        slots: Sequence[Any] = chains_after(services, doctor, branch, values["starts_at"], mode=values["mode"])
    else:
        slots = nearest_free(
            service=services[0], starts_at=values["starts_at"], practitioner=doctor.pk, branch=branch.pk,
            for_staff=True, count=4, mode=values["mode"] if services[0].mode == Mode.EITHER else None,
        )  # fmt: skip
    found = [_choice(slot.begin, branch, slot.practitioner_id) for slot in slots]
    for choice in found:
        choice["fill"] = json.dumps(
            {"day": f"{choice['day']:%Y-%m-%d}", "time": f"{choice['starts_at']:%H:%M}",
             "practitioner": str(choice["practitioner"])}
        )  # fmt: skip
    return found


def _choice(begin: int, branch: Branch, practitioner: int | None = None) -> dict[str, Any]:
    start = dt.datetime.fromtimestamp(begin, zone_of(branch.time_zone))
    return {
        "value": start.strftime("%Y-%m-%dT%H:%M"),
        "starts_at": start,
        "day": start.date(),
        "practitioner": practitioner,
        "free": True,
    }


def _is_drop(request: HttpRequest) -> bool:
    return request.method == "POST" and "start" in request.POST


def _drop(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The answer to a card dropped on the board, as JSON."""
    try:
        start = dt.datetime.fromisoformat(request.POST["start"])
        wanted = request.POST.get("resource", "")
        doctor = Practitioner.objects.filter(pk=wanted).first() if wanted.isdigit() else appointment.practitioner
        moved = actions.reschedule(
            appointment=appointment, starts_at=start.replace(tzinfo=zone_of(appointment.branch.time_zone)),
            practitioner=doctor, by=request.user,
        )  # fmt: skip
    except ValueError:
        return _dropped_back(Invalid(_("This time cannot be read."), field="start"))
    except ActionError as error:
        over = error.code in MAY_BE_BOOKED_OVER and request.user.can(Perm.DIARY_OVERRIDE, appointment.branch_id)
        return _dropped_back(error, _over_there(request, appointment) if over else "")
    return JsonResponse({"text": _moved(moved), "undo_url": _undo_of(moved)})


def _dropped_back(error: ActionError, url: str = "") -> HttpResponse:
    return JsonResponse({"message": error.message} | ({"url": url} if url else {}), status=error.status)


def _over_there(request: HttpRequest, appointment: Appointment) -> str:
    """The drawer that asks why it is moved there all the same."""
    wanted = {"start": request.POST["start"], "resource": request.POST.get("resource", "")}
    return f"/desk/appointments/{appointment.pk}/move/?{urlencode(wanted)}"


def _moved(moved: Appointment) -> str:
    words = _("%(name)s is moved to %(time)s, %(doctor)s.")
    return words % {
        "name": moved.patient,
        "time": format_time(timezone.localtime(moved.starts_at)),
        "doctor": own_name(moved.practitioner),
    }


def _undo_of(moved: Appointment) -> str:
    return f"/desk/appointments/{moved.pk}/undo/?of=booked"


def _move_context(request: HttpRequest, appointment: Appointment, form: MoveForm) -> dict[str, Any]:
    service, branches = appointment.service, _branches_of(request, appointment)
    branch = next((each for each in branches if each.pk == _number(request, "to")), appointment.branch)
    zone = zone_of(branch.time_zone)
    today = timezone.now().astimezone(zone).date()
    try:
        day = max(dt.date.fromisoformat(request.GET.get("day", "")), today)
    except ValueError:
        day = max(appointment.starts_at.astimezone(zone).date(), today)
    doctors = _doctors_of(service, branch)
    known = {str(pk): pk for pk in [appointment.practitioner_id, *(pk for pk, _name in doctors)]}
    doctor = request.GET.get("doctor", "") or str(appointment.practitioner_id)
    if doctor not in {str(pk) for pk, _name in doctors} and branch.pk != appointment.branch_id:
        doctor = str(doctors[0][0]) if doctors else doctor
    last = min(max(day, today), today + dt.timedelta(days=365))
    first = last if last >= today + dt.timedelta(days=STRIP) else today
    slots = free_slots(
        service=service, practitioner=known.get(doctor), branch=branch.pk,
        since=dt.datetime.combine(first, dt.time(), zone),
        until=dt.datetime.combine(first + dt.timedelta(days=STRIP), dt.time(), zone), for_staff=True,
        mode=appointment.mode,
    )  # fmt: skip
    by_day: dict[dt.date, list[Any]] = defaultdict(list)
    for slot in slots:
        by_day[slot.wall.date()].append(slot)
    strip = [first + dt.timedelta(days=number) for number in range(STRIP)]
    where = {"practitioner": known.get(doctor), "branch": branch.pk, "mode": appointment.mode}
    opened = open_days(service, where, zone, strip, timezone.now())
    if "day" not in request.GET and not by_day.get(day):  # nothing is free on its own day: the next one that has
        day = min((each for each in by_day if each >= day), default=day)
    return {
        "form": form,
        "appointment": appointment,
        "branch": branch,
        "branches": branches if len(branches) > 1 else [],
        "over": _wished_over(request, appointment),
        "day": day,
        "days": [
            {
                "date": each,
                "free": len({slot.begin for slot in by_day.get(each, [])}),
                "closed": each not in opened,
                "url": f"/desk/appointments/{appointment.pk}/move/?day={each}&doctor={doctor}&to={branch.pk}",
            }
            for each in strip
        ],
        "doctor": doctor,
        "doctors": doctors,
        "slots": [_choice(slot.begin, branch, slot.practitioner_id) for slot in by_day.get(day, [])],
    }


def _wished_over(request: HttpRequest, appointment: Appointment) -> dict[str, Any] | None:
    """The taken time on which a card was dropped, for whoever may book over it."""
    try:
        start = dt.datetime.fromisoformat(request.GET.get("start", "")).replace(tzinfo=None)
    except ValueError:
        return None
    if not request.user.can(Perm.DIARY_OVERRIDE, appointment.branch_id):
        return None
    wanted = request.GET.get("resource", "")
    known = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    doctor = Practitioner.objects.filter(pk=wanted).first() if known else None
    doctor = doctor or appointment.practitioner
    return {"value": f"{start:%Y-%m-%dT%H:%M} {doctor.pk}", "start": start, "doctor": own_name(doctor),
            "query": urlencode({"start": start.isoformat(), "resource": doctor.pk})}  # fmt: skip


def _branches_of(request: HttpRequest, appointment: Appointment) -> list[Branch]:
    """Where the service is given and this person books."""
    given = branches_of_service(appointment.service).order_by("pk")
    found = [each for each in given if request.user.can(Perm.DIARY_BOOK, each)]
    return found if appointment.branch in found else [appointment.branch, *found]


def _doctors_of(service: Service, branch: Branch) -> list[tuple[int, str]]:
    offering = Practitioner.objects.filter(
        is_active=True, offers__service=service, offers__is_active=True, hours__branch=branch
    )
    return [(doctor.pk, own_name(doctor)) for doctor in offering.distinct()]
