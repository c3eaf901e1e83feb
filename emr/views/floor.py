"""Room in, room out, the call: the doctor's hand on the floor."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr.forms import RoomForm
from emr.views.common import find_visit
from emr.views.visit import floor_context
from scheduling.actions import floor, line


@needs(Perm.RECORD_VIEW)
@require_GET
def bar(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar with room, time and next patient; fetched again when the queue moves."""
    return _bar(request, pk)


def _bar(request: HttpRequest, pk: int, status: int = 200) -> HttpResponse:
    visit = find_visit(pk)
    context = floor_context(request, visit, getattr(visit, "encounter", None))
    return render(request, "emr/parts/floor.html", context, status=status)


@needs(Perm.RECORD_VIEW)
@require_GET
def next_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Who comes after this patient; fetched again when the queue moves."""
    visit = find_visit(pk)
    return render(request, "emr/parts/next.html", floor_context(request, visit, getattr(visit, "encounter", None)))


@needs(Perm.FLOOR_WORK)
@require_POST
def move(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Call the patient, lead her in or out."""
    visit = find_visit(pk)
    if not request.user.can(Perm.FLOOR_WORK, visit.branch_id):
        return html.toast(_bar(request, pk, 422), _("Your role does not cover this branch."), tone="danger")
    form = RoomForm(request.POST)
    room = form.cleaned_data.get("room") if form.is_valid() else None
    doing: dict[str, Callable[..., Any]] = {
        "call": line.call,
        "enter-room": lambda **names: floor.enter_room(room=room, **names),
        "leave-room": floor.leave_room,
    }
    try:
        doing[to](visit=visit, by=request.user)
    except ActionError as error:
        return html.toast(_bar(request, pk, 422), error.message, tone="danger")
    return _bar(request, pk)
