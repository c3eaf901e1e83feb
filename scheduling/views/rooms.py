"""The rooms: free, taken, being made ready, closed; for the desk and the doctor."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError, NotFound
from clinic.shared.html import is_htmx, toast, trigger
from scheduling import actions
from scheduling.models import Room
from scheduling.queries.floor import own_name, queue_rows
from scheduling.queries.rooms import rooms_status
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused


@needs(Perm.FLOOR_VIEW)
@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """The board of rooms."""
    branch = branch_of(request, Perm.FLOOR_VIEW)
    with on_the_clock_of(branch):
        context = {**frame(request, branch, Perm.FLOOR_VIEW), **_context(request, branch)}
        return render(request, "scheduling/rooms/rooms.html", context)


@needs(Perm.FLOOR_VIEW)
@require_safe
def rooms_part(request: HttpRequest) -> HttpResponse:
    """The live part of the board of rooms."""
    return _part(request, "scheduling/rooms/_rooms.html")


@needs(Perm.FLOOR_VIEW)
@require_safe
def rooms_mini(request: HttpRequest) -> HttpResponse:
    """The rooms as a strip, for pages of other apps."""
    return _part(request, "scheduling/rooms/_mini.html")


@needs(Perm.FLOOR_WORK)
@require_POST
def room_ready(request: HttpRequest, pk: int) -> HttpResponse:
    """The room is ready for the next patient."""
    return _set(request, pk, ready=True)


@needs(Perm.FLOOR_WORK)
@require_POST
def room_clean(request: HttpRequest, pk: int) -> HttpResponse:
    """The room has to be made ready first."""
    return _set(request, pk, ready=False)


def _part(request: HttpRequest, template: str) -> HttpResponse:
    branch = branch_of(request, Perm.FLOOR_VIEW)
    with on_the_clock_of(branch):
        return render(request, template, _context(request, branch))


def _context(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    found = rooms_status(branch, queue_rows(branch))
    return {
        "branch": branch,
        "rooms": found,
        "free": sum(room.state == "free" for room in found),
        "may_work": request.user.can(Perm.FLOOR_WORK, branch),
    }


def _set(request: HttpRequest, pk: int, *, ready: bool) -> HttpResponse:
    room = Room.objects.filter(pk=pk).first()
    try:
        if room is None or not request.user.can(Perm.FLOOR_WORK, room.branch_id):
            raise NotFound(_("There is no such room."))
        (actions.room_ready if ready else actions.room_to_clean)(room=room, by=request.user)
    except ActionError as error:
        return refused(error)
    if not is_htmx(request) and not request.headers.get("X-Requested-With"):
        return HttpResponseRedirect("/desk/rooms/")
    words = _("%(room)s is ready.") if ready else _("%(room)s is being made ready.")
    back = f"/desk/rooms/{pk}/{'clean' if ready else 'ready'}/"
    response = trigger(HttpResponse(status=204), live_refresh={})
    return toast(response, words % {"room": own_name(room)}, undo_url=back)
