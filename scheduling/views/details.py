"""The last page of a booking: name, mobile number and code on one page, the held time on top with its countdown."""

from difflib import SequenceMatcher
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.accounts.actions import ask_code, check_code
from clinic.accounts.guards import open_to_all
from clinic.accounts.models import User
from clinic.accounts.queries import open_code
from clinic.accounts.views import PROBLEMS, finish_sign_in
from clinic.patients.actions import add_family_member, own_patient_for
from clinic.patients.models import Patient, Relation
from clinic.patients.permissions import acts_for
from clinic.patients.queries import own_patient
from clinic.shared.errors import ActionError, Conflict, Invalid
from clinic.shared.text import search_key
from scheduling import actions
from scheduling.forms.book import SOMEBODY_NEW, KnownForm, VisitorForm, code_of
from scheduling.models import Appointment
from scheduling.queries.opening import zone_of
from scheduling.queries.policy import agreement_for, price_of_move
from scheduling.queries.slots import Slot, nearest_free
from scheduling.statuses import UPCOMING, AppointmentStatus
from scheduling.views.held import (
    DONE,
    book_held,
    forget_hold,
    held_of,
    hold_again,
    hold_choice,
    is_alive,
    parts_of,
    read_choice,
    user_of,
)

CODE = "booking_code"
ALIKE = 0.85


@open_to_all("the held time is proved by the browser's session, the person by a code")
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Who comes. Whatever goes wrong, everything typed stays."""
    held, secret = held_of(request)
    if held is None:
        done = request.session.get(DONE)
        return redirect("appointment", done) if done else redirect("book")
    if held.status in UPCOMING:
        forget_hold(request, held)
        return redirect("appointment", held.link_token)
    form = _form(request)
    if request.method == "GET":
        return _page(request, held, form)
    if "switch" in request.POST:
        return _switch(request, held, form)
    if request.POST.get("held", str(held.pk)) != str(held.pk):
        text = _("You chose another time in another window: the one above. Nothing is booked yet.")
        return _page(request, held, _untouched(form), problem=Conflict(text, code="other_window"), status=409)
    if not form.is_valid():
        return _page(request, held, form, status=422)
    if user_of(request) is None:
        answer = _prove(request, held, form)
        if answer is not None:
            return answer
    return _book(request, held, secret, form)


def _form(request: HttpRequest) -> Any:
    user = user_of(request)
    data = request.POST if request.method == "POST" else None
    if user is None:  # loaded anew, as a phone does that let the page go while the message was read
        return VisitorForm(data, initial=(request.session.get(CODE) or {}).get("typed"))
    return KnownForm(data, patients=list(acts_for(user)))


def _switch(request: HttpRequest, held: Appointment, form: Any) -> HttpResponse:
    """Another time for the same form."""
    try:
        held = hold_choice(request, held.service, read_choice(request.POST["switch"]))
    except ActionError as error:
        return _page(request, held, _untouched(form), problem=error, status=409)
    return _page(request, held, _untouched(form))


def _untouched(form: Any) -> Any:
    """The same typed values without complaints about what is not finished yet."""
    form._errors = {}
    return form


def _prove(request: HttpRequest, held: Appointment, form: Any) -> HttpResponse | None:
    """Send the code or check it; None once the person is signed in."""
    kept, phone = request.session.get(CODE) or {}, form.cleaned_data["phone"]
    code = code_of(request.POST)
    if "send" in request.POST or kept.get("phone") != phone or not code:
        return _send_code(request, held, form, phone)
    outcome = check_code(challenge=kept["challenge"], code=code, by=None)
    if outcome.user is None:
        needs_more = outcome.problem in {"totp", "wrong_totp"}
        message = (
            _("Sign in first: this account needs its authenticator.") if needs_more else PROBLEMS[outcome.problem]()
        )
        return _page(request, held, form, code_error=message, status=422)
    request.session.pop(CODE)
    finish_sign_in(request, outcome)
    return None


def _send_code(request: HttpRequest, held: Appointment, form: Any, phone: str) -> HttpResponse:
    asked = (request.session.get(CODE) or {}).get("phone") == phone
    if asked and "send" not in request.POST:
        return _page(request, held, form, code_error=_("Write the six digits from the message."), status=422)
    try:
        row = ask_code(phone=phone, language=get_language() or "fa", proof=request.POST.get("proof", ""), by=None)
    except ActionError as error:
        if error.code == "puzzle":
            return _page(request, held, _untouched(form), puzzle=error, status=error.status)
        form.add_error("phone", error.message)
        return _page(request, held, form, status=422)
    typed = {name: str(request.POST.get(name, ""))[:300] for name in form.fields}
    request.session[CODE] = {"phone": phone, "challenge": row.challenge, "typed": typed}
    return redirect("book-details")  # so the way back from the booked visit leads past no form


def _book(request: HttpRequest, held: Appointment, secret: str, form: Any) -> HttpResponse:
    user = request.user
    try:
        if not is_alive(held):  # the same time once more, if nobody has it
            held = hold_again(request, held)
            secret = held_of(request)[1]
        patient = _patient(user, form.cleaned_data)
        instead = _instead(request, held, patient)
        if instead is not None:
            booked = actions.replace(
                appointment=instead, hold=held, secret=secret, agreed=_agreed(request, held),
                device=request.headers.get("User-Agent", ""), by=user,
            )  # fmt: skip
        else:
            booked = book_held(
                hold=held, patient=patient, secret=secret, note=form.cleaned_data.get("note", ""), as_patient=True,
                agreed=_agreed(request, held), device=request.headers.get("User-Agent", ""), by=user,
            )  # fmt: skip
    except ActionError as error:
        return _page(request, held, _again(user, form), problem=error, status=409 if error.status == 409 else 422)
    forget_hold(request, booked)
    return HttpResponseRedirect(reverse("appointment", args=[booked.link_token]) + "?new=1")


def _agreed(request: HttpRequest, held: Appointment) -> str:
    """The mark of the terms that were shown; several services have several, which are not compared."""
    return "" if held.bundle is not None else request.POST.get("agreed", "")[:16]


def _instead(request: HttpRequest, held: Appointment, patient: Patient) -> Appointment | None:
    """The booked visit that she wants to move to the held time: one of this patient's, for the same service."""
    wanted = request.POST.get("replace", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return None
    rows = Appointment.objects.filter(patient=patient, service=held.service_id, status=AppointmentStatus.BOOKED)
    return rows.select_related("practitioner", "branch").filter(pk=wanted).first()


def _in_the_way(problem: ActionError | None) -> Appointment | None:
    """The visit that lies too near the wished time and could be moved there."""
    if problem is None or problem.code != "gap":
        return None
    return Appointment.objects.select_related("branch").filter(pk=problem.details.get("other") or 0).first()


def _again(user: User, form: Any) -> Any:
    """After the code was right the page asks only who comes; the typed name goes with it."""
    if isinstance(form, KnownForm):
        return form
    patients = list(acts_for(user))
    typed = " ".join(form.cleaned_data["name"])
    chosen = next((patient for patient in patients if _is_alike(patient, typed)), None)
    values = {
        "patient": str(chosen.pk) if chosen else SOMEBODY_NEW,
        "name": "" if chosen else typed,
        "note": form.cleaned_data.get("note", ""),
    }
    return KnownForm(None, patients=patients, initial=values)


def _patient(user: User, values: dict[str, Any]) -> Patient:
    """Whom the visit is for: one of the family, or somebody new of whom only the name is known."""
    chosen = values.get("patient")
    if chosen and chosen != SOMEBODY_NEW:
        return acts_for(user).get(pk=chosen)
    first, last = values["name"]
    name = f"{first} {last}"
    known = next((patient for patient in acts_for(user) if _is_alike(patient, name)), None)
    if known is not None:
        return known
    if own_patient(user) is None and not values.get("for_family"):
        return own_patient_for(user=user, first_name=first, last_name=last, by=user)
    relation = values.get("relation") or Relation.OTHER
    return add_family_member(user=user, first_name=first, last_name=last, relation=relation, by=user)


def _is_alike(patient: Patient, name: str) -> bool:
    """Whether a typed name is this patient's, a slip of a finger aside."""
    return SequenceMatcher(None, search_key(patient.full_name), search_key(name)).ratio() >= ALIKE


@open_to_all("the held time is proved by the browser's session")
@require_GET
def held_part(request: HttpRequest) -> HttpResponse:
    """The strip with the held time; asked for every ten seconds, so that a time never vanishes silently."""
    held, _secret = held_of(request)
    if held is None:
        return HttpResponse(status=204)
    return render(request, "scheduling/book/_held.html", _held_context(held))


def _held_context(held: Appointment, problem: ActionError | None = None) -> dict[str, Any]:
    alive = is_alive(held)
    gone = isinstance(problem, Conflict) and problem.code not in {"gap", "terms_changed", "other_window"}
    return {
        "held": held,
        "wall": held.starts_at.astimezone(zone_of(held.branch.time_zone)).replace(tzinfo=None),
        "alive": alive,
        "parts": parts_of(held),
        "nearest": [] if (alive and not gone) or held.bundle else _nearest(held),
    }


def _nearest(held: Appointment) -> list[Slot]:
    return nearest_free(
        service=held.service,
        practitioner=held.practitioner_id,
        branch=held.branch_id,
        starts_at=held.starts_at,
        mode=held.mode,
    )


def _page(
    request: HttpRequest,
    held: Appointment,
    form: Any,
    *,
    code_error: str = "",
    problem: ActionError | None = None,
    puzzle: ActionError | None = None,
    status: int = 200,
) -> HttpResponse:
    near = _in_the_way(problem)
    if isinstance(problem, Invalid) and form.is_bound and problem.field in form.fields:
        form.add_error(problem.field, problem.message)
        problem = None
    sent = request.session.get(CODE) or {}
    known = isinstance(form, KnownForm)
    code_sent = not known and bool(sent) and _is_for(sent, form)
    if code_sent:  # the code's field has the focus then
        form.fields["name"].widget.attrs.pop("autofocus", None)
    context = _held_context(held, problem) | {
        "form": form,
        "known": known,
        "code_sent": code_sent,
        "code_error": code_error,
        "agreements": [
            (part.service, agreement_for(part.service, price_of_move(near, part) if near else part.price))
            for part in parts_of(held)
        ],
        "near": near,
        "near_wall": near.starts_at.astimezone(zone_of(near.time_zone)).replace(tzinfo=None) if near else None,
        "problem": problem.message if problem else "",
        "puzzle": puzzle.details["puzzle"] if puzzle else None,
        "puzzle_text": puzzle.message if puzzle else "",
        "again": "send" if "send" in request.POST else "",
    }
    return render(request, "scheduling/book/details.html", context, status=status)


def _is_for(sent: dict[str, Any], form: Any) -> bool:
    """Whether a code is on its way to the number that stands in the form."""
    if not form.is_bound:
        return open_code(sent["challenge"]) is not None
    return bool(sent["phone"] == getattr(form, "cleaned_data", {}).get("phone"))
