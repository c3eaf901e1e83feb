"""The visit screen: the record at a glance, the note that saves itself, and the way to the end."""

import secrets
from difflib import SequenceMatcher
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import business_day
from clinic.patients.actions import log_access
from clinic.shared import html
from clinic.shared.calendar import format_time
from clinic.shared.errors import ActionError, Conflict, Invalid
from emr import actions, permissions, queries
from emr.forms import AddendumForm, FollowUpForm, NoteForm
from emr.models import Encounter
from emr.views.answers import answer_pairs, chosen_answers, last_words, scores_in_words
from emr.views.common import again, find_record, find_visit, part, parts, words_of
from scheduling.models import Room, Visit
from scheduling.statuses import IN_BUILDING, VISIT_MOVES, VisitStatus


@needs(Perm.RECORD_VIEW)
@require_GET
def visit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one visit; a doctor who opens it while the patient is here begins its record."""
    visit = find_visit(pk)
    record = getattr(visit, "encounter", None)
    if record is None and visit.status in IN_BUILDING and permissions.may_write(request.user, visit.branch_id):
        record = actions.open_encounter(visit=visit, by=request.user)
    record = again(record) if record else None
    log_access(patient=visit.patient, what="record", by=request.user)
    if record and not permissions.may_read_note(request.user, record):
        return render(request, "emr/visit.html", {**_whole_page(request, visit, None), "closed": record})
    if record and record.is_open:
        queries.warm_up()
    return render(request, "emr/visit.html", _whole_page(request, visit, record))


def _whole_page(request: HttpRequest, visit: Visit, record: Encounter | None) -> dict[str, Any]:
    return {
        **parts(request, visit, record),
        **floor_context(request, visit, record),
        "page_token": secrets.token_urlsafe(12),
        "nobody_seen": visit.status in actions.NEVER_SEEN,
    }


def floor_context(request: HttpRequest, visit: Visit, record: Encounter | None) -> dict[str, Any]:
    """Where the patient is, what may be done next, who comes after."""
    moves = VISIT_MOVES[visit.status]
    may_move = request.user.can(Perm.FLOOR_WORK, visit.branch_id)
    today = business_day(visit.branch)
    writer = permissions.may_write(request.user, visit.branch_id)
    return {
        "visit": visit,
        "record": record,
        "may_call": may_move and VisitStatus.CALLED in moves and visit.status == VisitStatus.ARRIVED,
        "may_enter": may_move and VisitStatus.IN_ROOM in moves,
        "may_leave": may_move and VisitStatus.CHECKOUT in moves and visit.status == VisitStatus.IN_ROOM,
        "may_finish": writer and record is not None and record.is_open and VisitStatus.FINISHED in moves,
        "may_sign": writer and record is not None and record.is_open and VisitStatus.FINISHED not in moves,
        "rooms": Room.objects.filter(branch=visit.branch_id, is_active=True),
        "waited": (timezone.now() - visit.arrived_at) if visit.status in {"arrived", "called"} else None,
        "next": queries.next_in_line(visit.practitioner, today, besides=visit) if visit.day == today else None,
    }


@needs(Perm.RECORD_WRITE)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the record of a visit that is over and has none."""
    visit = find_visit(pk)
    try:
        actions.open_encounter(visit=visit, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
    return redirect("emr:visit", pk=visit.pk)


@needs(Perm.RECORD_WRITE)
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """The note's own saving: JSON with the new version and "10:42", or 409 with both texts and where to choose."""
    record = find_record(request, pk)
    words, wrong = last_words(request, record)
    if words is None:
        return JsonResponse({"message": _("This text cannot be kept as it is; shorten it.")}, status=422)
    try:
        record = actions.save_note(encounter=record, by=request.user, **words)
    except Conflict as conflict:
        return JsonResponse(_both_texts(request, record, conflict), status=409)
    except ActionError as error:
        return JsonResponse({"message": error.message}, status=error.status)
    scores = scores_in_words(record.template.content if record.template else None, record.answers)
    kept = {"version": record.version, "saved_at": format_time(record.saved_at), "scores": scores, "wrong": wrong}
    return JsonResponse(kept)


def _both_texts(request: HttpRequest, record: Encounter, conflict: Conflict) -> dict[str, Any]:
    answer = {"message": conflict.message, **conflict.details}
    if conflict.code == "stale":
        answer["html"] = conflict_html(request, record, conflict)
    return answer


def conflict_html(request: HttpRequest, record: Encounter, conflict: Conflict) -> str:
    """Both texts side by side, and a field to make one of them; of an answer one of the two."""
    mine, theirs = conflict.details["yours"], conflict.details["theirs"]
    labels = {"complaint": _("Complaint"), "note": _("Note"), "advice": _("Recommendations to the patient")}
    pairs = [
        {
            "name": name,
            "label": labels[name],
            "mine": mine[name],
            "theirs": theirs[name],
            "both": _merged(theirs[name], mine[name]),
        }
        for name in mine
        if name in labels and mine[name] != theirs[name]
    ]
    record = again(record)
    context = {
        "record": record,
        "pairs": pairs,
        "choices": answer_pairs(record, mine.get("answers", {}), theirs.get("answers", {})),
        "version": conflict.details["version"],
    }
    return render_to_string("emr/parts/conflict.html", context, request)


def _merged(theirs: str, mine: str) -> str:
    """Lines of both, those that are alike once."""
    one, other = theirs.split("\n"), mine.split("\n")
    lines: list[str] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        lines += one[i1:i2] if kind == "equal" else one[i1:i2] + other[j1:j2]
    return "\n".join(lines).strip("\n")


@needs(Perm.RECORD_WRITE)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """What stays after two people wrote at once."""
    record = find_record(request, pk)
    texts = {name: request.POST[name] for name in ("complaint", "note", "advice") if name in request.POST}
    form = NoteForm({"version": request.POST.get("version", "")})
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        actions.settle_note(
            encounter=record, version=version, texts=texts, answers=chosen_answers(request), by=request.user
        )
    except Invalid as error:
        return HttpResponse(error.message, status=403, content_type="text/plain; charset=utf-8")
    except Conflict as conflict:
        if conflict.code != "stale":
            return part(request, "note", again(record), page_token=secrets.token_urlsafe(12), **words_of(conflict))
        return HttpResponse(conflict_html(request, record, conflict), status=409, headers={"HX-Retarget": "#conflict"})
    return _fresh_note(request, record)


def _fresh_note(request: HttpRequest, record: Encounter, text: str = "") -> HttpResponse:
    response = part(request, "note", again(record), page_token=secrets.token_urlsafe(12), fresh=True)
    return html.toast(response, text) if text else response


@needs(Perm.RECORD_WRITE)
@require_POST
def copy_last(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin from what was written last time."""
    record = find_record(request, pk)
    words, _wrong = last_words(request, record)
    try:
        actions.copy_last_visit(encounter=record, by=request.user, last_words=words)
    except ActionError as error:
        return HttpResponse(error.message, status=403, content_type="text/plain; charset=utf-8")
    response = _fresh_note(request, record, _("Copied from the last visit."))
    response.content += part(request, "findings", again(record), oob=True).content
    return response


@needs(Perm.RECORD_WRITE)
@require_POST
def use_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what a template asks; 0 asks nothing any more."""
    record = find_record(request, pk)
    wanted = request.POST.get("use", "")
    template = next((each for each in queries.templates_for(record.visit) if str(each.pk) == wanted), None)
    words, _wrong = last_words(request, record)
    try:
        actions.use_template(encounter=record, template=template, by=request.user, last_words=words)
    except ActionError as error:
        return HttpResponse(error.message, status=403, content_type="text/plain; charset=utf-8")
    return _fresh_note(request, record)


@needs(Perm.RECORD_WRITE)
@require_POST
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """The wish for another visit, saved as it is chosen."""
    record = find_record(request, pk)
    form = FollowUpForm(request.POST, auto_id="%s")
    if form.is_valid():
        try:
            actions.set_follow_up(encounter=record, by=request.user, **form.wish())
        except ActionError as error:
            error.put(form)
        else:
            return part(request, "follow_up", again(record), saved_at=timezone.now())
    return part(request, "follow_up", record, follow_form=form, status=422)


@needs(Perm.RECORD_WRITE)
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign and finish with the last words on the screen; `only=sign` leaves the visit where it is."""
    record = find_record(request, pk)
    wish = FollowUpForm(request.POST, auto_id="%s")
    words, wrong = last_words(request, record)
    if record.is_open and wrong:
        return _refused(request, record, wish, next(iter(wrong.values())))
    if record.is_open and "follow_up_on" in request.POST and not wish.is_valid():
        return _refused(request, record, wish, _("Look at the day to see the patient again."))
    try:
        if record.is_open and "follow_up_on" in request.POST:
            actions.set_follow_up(encounter=record, by=request.user, **wish.wish())
        _finish(record, words, request)
    except Conflict as conflict:
        if conflict.code == "stale":
            body = conflict_html(request, record, conflict)
            return HttpResponse(body, status=409, headers={"HX-Retarget": "#conflict", "HX-Reswap": "innerHTML"})
        return _refused(request, record, wish, conflict.message)
    except ActionError as error:
        if error.field in wish.fields:
            wish.add_error(error.field, error.message)
        return _refused(request, record, wish, error.message)
    said = _("Signed.")
    if request.POST.get("only") != "sign":
        said = _("Signed. %(name)s is on the way to the desk.") % {"name": record.patient.full_name}
    messages.success(request, said)
    return html.redirect_to("/doctor/")


def _finish(record: Encounter, words: dict[str, Any] | None, request: HttpRequest) -> None:
    if request.POST.get("only") == "sign":
        actions.sign(encounter=record, by=request.user, last_words=words)
    else:
        actions.finish_encounter(encounter=record, by=request.user, last_words=words)


def _refused(request: HttpRequest, record: Encounter, wish: FollowUpForm, message: str) -> HttpResponse:
    """The part with the follow-up again, and the sentence as a toast."""
    more = {"follow_form": wish} if wish.errors else {}
    response = part(request, "follow_up", again(record), status=422, **more)
    response["HX-Retarget"], response["HX-Reswap"] = "#follow-up", "outerMorph"
    return html.toast(response, message, tone="danger")


@needs(Perm.RECORD_WRITE)
@require_POST
def addendum(request: HttpRequest, pk: int) -> HttpResponse:
    """Dated words for a signed record."""
    record = find_record(request, pk)
    form = AddendumForm(request.POST)
    if form.is_valid():
        try:
            actions.add_addendum(encounter=record, text=form.cleaned_data["text"], by=request.user)
        except ActionError as error:
            form.add_error(error.field or None, error.message)
        else:
            return part(request, "addenda", again(record))
    return part(request, "addenda", record, addendum_form=form, status=422)
