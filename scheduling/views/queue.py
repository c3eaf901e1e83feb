"""The queue: who waits, how long, and the one big button."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx, toast, trigger
from scheduling import actions
from scheduling.models import Practitioner, Room
from scheduling.queries.floor import QueueRow, queue_rows, rooms_status, thresholds, ticket
from scheduling.statuses import VisitStatus
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused

V = VisitStatus


@needs(Perm.FLOOR_VIEW)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue of a branch, one column a doctor."""
    branch = branch_of(request, Perm.FLOOR_VIEW)
    with on_the_clock_of(branch):
        context = {**frame(request, branch, Perm.FLOOR_VIEW), **_context(request, branch)}
        return render(request, "scheduling/queue/queue.html", context)


@needs(Perm.FLOOR_VIEW)
@require_safe
def queue_part(request: HttpRequest) -> HttpResponse:
    """The live part of the queue."""
    branch = branch_of(request, Perm.FLOOR_VIEW)
    with on_the_clock_of(branch):
        return render(request, "scheduling/queue/_queue.html", _context(request, branch))


@needs(Perm.FLOOR_WORK)
@require_POST
def call_next(request: HttpRequest) -> HttpResponse:
    """Call the next of a doctor, or of the branch."""
    try:
        branch = branch_of(request, Perm.FLOOR_WORK)
        doctor = _one(Practitioner.objects.all(), request.POST.get("doctor", ""))
        room = _one(Room.objects.filter(branch=branch, is_active=True), request.POST.get("room", ""))
        visit = actions.call_next(branch=branch, practitioner=doctor, room=room, by=request.user)
    except ActionError as error:
        return refused(error)
    if not is_htmx(request):
        return HttpResponseRedirect(request.headers.get("Referer") or "/desk/queue/")
    response = trigger(HttpResponse(status=204), live_refresh={})
    if visit is None:
        return toast(response, _("Nobody is waiting."))
    text = _("Number %(number)s is called: %(name)s.") % {"number": ticket(visit.number), "name": visit.patient}
    return toast(response, text, undo_url=f"/desk/visits/{visit.pk}/undo/?of={visit.status}")


def _one(rows: Any, pk: str) -> Any:
    return rows.filter(pk=pk).first() if pk.isdigit() else None


def _context(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    rows = queue_rows(branch)
    warn, long = thresholds()
    lines: dict[int, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            row.practitioner_id, {"id": row.practitioner_id, "name": row.practitioner, "now": [], "waiting": []}
        )
        line["waiting" if row.status == V.ARRIVED else "now"].append(row)
    for line in lines.values():
        line["now"].sort(key=lambda row: (row.status == V.CHECKOUT, row.status == V.IN_ROOM))
    waiting = [row for row in rows if row.status == V.ARRIVED]
    return {
        "branch": branch,
        "lines": sorted(lines.values(), key=lambda line: line["id"]),
        "rooms": rooms_status(branch),
        "waiting_count": len(waiting),
        "longest": _longest(waiting),
        "warn": warn,
        "long": long,
        "may_work": request.user.can(Perm.FLOOR_WORK, branch),
    }


def _longest(waiting: list[QueueRow]) -> int:
    return max((row.waited for row in waiting), default=0)
