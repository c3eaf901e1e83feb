"""The call list: whom to call, why, and one tap when it is done."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import open_branches
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from clinic.shared.errors import ActionError
from messaging import actions, queries
from messaging.models import FollowUpTask
from scheduling.queries.floor import branch_day
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused

AHEAD = timedelta(days=7)


@needs(Perm.FOLLOWUPS_WORK)
@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    """Who is due until a week from today, the longest due first. The live part of it is the same address."""
    branch = branch_of(request, Perm.FOLLOWUPS_WORK)
    today = branch_day(branch)
    context = {
        **frame(request, branch, Perm.FOLLOWUPS_WORK),
        "tasks": queries.call_list(branch, today + AHEAD),
        "ended": queries.done_lately(branch),
        "today": today,
        "may_book": request.user.can(Perm.DIARY_BOOK, branch),
    }
    template = "messaging/_calls.html" if html.is_htmx(request) else "messaging/calls.html"
    with on_the_clock_of(branch):
        return render(request, template, context)


def _task(request: HttpRequest, pk: int) -> FollowUpTask:
    allowed = open_branches(request.user, Perm.FOLLOWUPS_WORK)
    return get_object_or_404(FollowUpTask.objects.select_related("patient"), pk=pk, branch__in=allowed)


def _answer(write: Callable[[], object], said: str, undo_url: str = "") -> HttpResponse:
    """Nothing to swap: the list fetches itself again, the toast says what happened."""
    try:
        write()
    except ActionError as error:
        return refused(error)
    response = html.trigger(HttpResponse(status=204), live_refresh={})
    return html.toast(response, said, undo_url=undo_url)


@needs(Perm.FOLLOWUPS_WORK)
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """The call was made."""
    task = _task(request, pk)
    said = _("Done: %(name)s") % {"name": task.patient.full_name}
    outcome = request.POST.get("outcome", "")
    undo_url = f"/follow-ups/{pk}/reopen/"
    return _answer(lambda: actions.complete_follow_up(task=task, outcome=outcome, by=request.user), said, undo_url)


@needs(Perm.FOLLOWUPS_WORK)
@require_POST
def dropped(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody has to call."""
    task = _task(request, pk)
    said = _("Not needed: %(name)s") % {"name": task.patient.full_name}
    return _answer(lambda: actions.not_needed(task=task, by=request.user), said, f"/follow-ups/{pk}/reopen/")


@needs(Perm.FOLLOWUPS_WORK)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Back on the list."""
    task = _task(request, pk)
    return _answer(lambda: actions.reopen_follow_up(task=task, by=request.user), _("Back on the list."))


@needs(Perm.FOLLOWUPS_WORK)
@require_GET
def for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A patient's follow-ups, for her card."""
    patient = surviving(request, patient_id)
    context = {"patient": patient, "tasks": queries.follow_ups_of(patient)}
    return render(request, "messaging/_calls_of.html", context)
