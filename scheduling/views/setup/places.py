"""Branches and their rooms."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.tenancy import current_clinic
from scheduling.actions import setup as actions
from scheduling.actions.floor_rules import save_floor_rules
from scheduling.forms.floor import FloorRulesForm
from scheduling.forms.setup import BranchForm, RoomForm, present
from scheduling.models import Room
from scheduling.queries.eta import calibration
from scheduling.queries.rules import rules_of
from scheduling.queries.setup import my_branches, rooms_by_branch, sets_up_all
from scheduling.views.setup.saving import one, saved, tried

BACK = "/set-up/branches/"


@needs(Perm.SETUP_MANAGE)
@require_safe
def branches(request: HttpRequest) -> HttpResponse:
    """Every branch of this account with its rooms."""
    context = {"places": rooms_by_branch(request.user), "whole": sets_up_all(request.user)}
    return render(request, "scheduling/setup/branches.html", context)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def branch(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a branch."""
    row = get_object_or_404(my_branches(request.user), pk=pk) if pk else None
    start = present(row, BranchForm) if row else {"time_zone": current_clinic().time_zone}
    form = BranchForm(request.POST) if request.method == "POST" else BranchForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_branch(branch=row, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    return one(request, form, title=row.name if row else _("New branch"), back=BACK, back_label=_("Branches and rooms"))


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def floor(request: HttpRequest, pk: int) -> HttpResponse:
    """How a branch runs its waiting room, and how good its estimates were."""
    place = get_object_or_404(my_branches(request.user), pk=pk)
    start = present(rules_of(place), FloorRulesForm)
    form = FloorRulesForm(request.POST) if request.method == "POST" else FloorRulesForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        save_floor_rules(branch=place, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    title = _("Waiting room of %(branch)s") % {"branch": place.name}
    return one(
        request, form, title=title, back=BACK, back_label=_("Branches and rooms"), below="scheduling/setup/_told.html",
        told=calibration(place.pk),
    )  # fmt: skip


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def room_new(request: HttpRequest, branch_pk: int) -> HttpResponse:
    """A new room in a branch."""
    return _room(request, get_object_or_404(my_branches(request.user), pk=branch_pk), None)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a room."""
    rooms = Room.objects.filter(branch__in=my_branches(request.user)).select_related("branch")
    row = get_object_or_404(rooms, pk=pk)
    return _room(request, row.branch, row)


def _room(request: HttpRequest, place: Any, row: Room | None) -> HttpResponse:
    start = present(row, RoomForm) if row else None
    form = RoomForm(request.POST) if request.method == "POST" else RoomForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_room(room=row, branch=place, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    title = row.name if row else _("New room in %(branch)s") % {"branch": place.name}
    return one(request, form, title=title, back=BACK, back_label=_("Branches and rooms"))
