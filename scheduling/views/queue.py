"""The queue: who waits, how long, and the one big button; by doctor or by room."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError, Conflict
from clinic.shared.html import is_htmx, toast, trigger
from scheduling import actions
from scheduling.models import Practitioner, Room, Visit
from scheduling.queries.closing import open_days
from scheduling.queries.floor import QueueRow, queue_rows, ticket
from scheduling.queries.moves import last_move
from scheduling.queries.rooms import line_of, rooms_status
from scheduling.statuses import VisitStatus
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused
from scheduling.views.visit import undo_url

V = VisitStatus
FIRST = [V.CALLED, V.IN_ROOM, V.CHECKOUT]


@needs(Perm.FLOOR_VIEW)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue of a branch, one column a doctor, or one a room (`by=room`)."""
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
    """Call the next of a doctor, of a room, or of the branch; with `done` whoever is inside goes out first."""
    left: list[Visit] = []
    try:
        branch = branch_of(request, Perm.FLOOR_WORK)
        whose = {
            "practitioner": _named(Practitioner.objects.filter(is_active=True), request.POST.get("doctor", "")),
            "room": _named(Room.objects.filter(branch=branch, is_active=True), request.POST.get("room", "")),
        }
        if request.POST.get("done"):
            left, visit = actions.done_and_next(branch=branch, by=request.user, **whose)
        else:
            seen = _number(request.POST.get("seen", ""))
            visit = actions.call_next(branch=branch, seen=seen, by=request.user, **whose)
    except ActionError as error:
        return refused(error)
    if not is_htmx(request):
        return HttpResponseRedirect(request.headers.get("Referer") or "/desk/queue/")
    response = trigger(HttpResponse(status=204), live_refresh={})
    if visit is None:
        text = _("Nobody is waiting.")
        return toast(response, text, undo_url=undo_url(left[0]) if len(left) == 1 else "")
    text = _("Number %(number)s is called: %(name)s.") % {"number": ticket(visit), "name": visit.patient}
    return toast(response, text, undo_url=_undo_of(visit, left))


@needs(Perm.FLOOR_WORK)
@require_POST
def undo_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a call, and with `left` that somebody went out for it."""
    scope = request.user.rights.branches(Perm.FLOOR_WORK)
    visits = Visit.objects.all() if scope is None else Visit.objects.filter(branch__in=scope)
    called = _one(visits, str(pk))
    left = [(found, _number(move)) for pk, move in _pairs(request) if (found := _one(visits, pk))]
    if called is None:
        return HttpResponse(_("There is no such visit."), status=404, content_type="text/plain; charset=utf-8")
    try:
        actions.undo_next(called=called, left=left, move=_number(request.GET.get("move", "")), by=request.user)
    except ActionError as error:
        return refused(error)
    return trigger(HttpResponse(status=204), live_refresh={})


def _undo_of(visit: Visit, left: list[Visit]) -> str:
    if not left:
        return undo_url(visit)
    outside = "".join(f"&left={each.pk}.{_last(each)}" for each in left)
    return f"/desk/queue/next/{visit.pk}/undo/?move={_last(visit)}{outside}"


def _last(visit: Visit) -> str:
    last = last_move(visit)
    return str(last.pk) if last else ""


def _pairs(request: HttpRequest) -> list[list[str]]:
    """Visits that went out, each with its last move as it was seen."""
    return [f"{each}.".split(".")[:2] for each in request.GET.getlist("left")]


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _one(rows: Any, pk: str) -> Any:
    return rows.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 16 else None


def _named(rows: Any, pk: str) -> Any:
    """Whoever is named must be there: the next of nobody in particular is another question."""
    found = _one(rows, pk)
    if pk and found is None:
        raise Conflict(_("Something else happened meanwhile. Look at what is there now."), code="meanwhile")
    return found


def _context(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    rows = queue_rows(branch)
    rooms = rooms_status(branch, rows)
    by_room = request.GET.get("by") == "room" and bool(rooms)
    waiting = [row for row in rows if row.status == V.ARRIVED]
    return {
        "branch": branch,
        "lines": _by_room(rows, rooms) if by_room else _by_doctor(rows),
        "by": "room" if by_room else "doctor",
        "rooms": rooms,
        "waiting_count": len(waiting),
        "longest": _longest(waiting),
        "words": _words(),
        "open_days": open_days(branch),
        "may_work": request.user.can(Perm.FLOOR_WORK, branch),
    }


def _by_doctor(rows: list[QueueRow]) -> list[dict[str, Any]]:
    lines: dict[int, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(row.practitioner_id, _line("doctor", row.practitioner_id, row.practitioner))
        _put(line, row)
    return [_sorted(line) for _pk, line in sorted(lines.items())]


def _by_room(rows: list[QueueRow], rooms: list[Any]) -> list[dict[str, Any]]:
    lines = {room.id: _line("room", room.id, room.name) for room in rooms}
    nowhere = _line("room", 0, _("No room said yet"))
    for row in rows:
        _put(lines.get(line_of(row), nowhere), row)
    found = [*lines.values(), *([nowhere] if nowhere["waiting"] or nowhere["now"] else [])]
    return [_sorted(line) for line in found]


def _line(kind: str, pk: int, name: str) -> dict[str, Any]:
    return {"kind": kind, "id": pk, "name": name, "now": [], "waiting": [], "held": [], "inside": False}


def _put(line: dict[str, Any], row: QueueRow) -> None:
    line["waiting" if row.status == V.ARRIVED else "held" if row.status == V.ON_HOLD else "now"].append(row)
    line["inside"] = line["inside"] or row.status == V.IN_ROOM


def _sorted(line: dict[str, Any]) -> dict[str, Any]:
    line["now"].sort(key=lambda row: FIRST.index(row.status))
    return line


def _words() -> dict[str, str]:
    """What stands on the buttons of every row, once a page."""
    return {
        "call": _("Call in"),
        "enter": _("Into the room"),
        "recall": _("Call again"),
        "skip": _("Skip"),
        "hold": _("Hold"),
        "online": _("Online visit"),
        "resume": _("Back in line"),
        "leave": _("Out of the room"),
        "finish": _("Finish visit"),
        "transfer": _("Another line"),
    }


def _longest(waiting: list[QueueRow]) -> int:
    return max((row.waited for row in waiting), default=0)
