"""The page of a branch's device that keeps its day pack fresh, and the pack as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics import actions
from analytics.queries.pack_page import page_of
from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch, open_branches
from clinic.shared.errors import ActionError
from scheduling import actions as scheduling
from scheduling.models import DayPack, DayPackKey, DayPackTaken


@needs(Perm.DAYPACK_TAKE)
@require_http_methods(["GET", "HEAD"])
def device(request: HttpRequest) -> HttpResponse:
    """Keep this page open: every few minutes it puts a fresh pack on the device."""
    return _page(request, _branch(request))


def _branch(request: HttpRequest, permission: Perm = Perm.DAYPACK_TAKE) -> Branch:
    wanted = request.GET.get("branch", "")
    if not wanted:
        last = request.session.get("branch")
        allowed = open_branches(request.user, permission)
        return allowed.filter(pk=last).first() or chosen_branch(request.user, permission, None)
    return chosen_branch(request.user, permission, wanted)


def _page(request: HttpRequest, branch: Branch, *, problem: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "branch": branch,
        "branches": list(open_branches(request.user, Perm.DAYPACK_TAKE)),
        "branch_url": "/desk/branch/",
        "key": DayPackKey.objects.select_related("set_by").filter(branch=branch).first(),
        "pack": DayPack.objects.filter(branch=branch).first(),
        "taken": DayPackTaken.objects.filter(branch=branch).select_related("by").order_by("-at")[:20],
        "may_set": request.user.can(Perm.SETUP_MANAGE, branch),
        "problem": problem,
        "file": f"/desk/pack/file/?branch={branch.pk}",
    }
    return render(request, "analytics/pack.html", context, status=status)


@needs(Perm.SETUP_MANAGE)
@require_POST
def passphrase(request: HttpRequest) -> HttpResponse:
    """Set the words that open this branch's packs."""
    branch = _branch(request, Perm.SETUP_MANAGE)
    try:
        scheduling.set_passphrase(branch=branch, passphrase=request.POST.get("passphrase", "")[:200], by=request.user)
        actions.make_pack(branch=branch, by=request.user)
    except ActionError as error:
        return _page(request, branch, problem=error.message, status=422)
    return HttpResponseRedirect(f"/desk/pack/?branch={branch.pk}")


@needs(Perm.DAYPACK_TAKE)
@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """The pack as one page of HTML; who took it is written down, and 304 while it is the one that the device has."""
    branch = _branch(request)
    key = get_object_or_404(DayPackKey, branch=branch)
    pack = actions.current_pack(branch=branch, by=request.user)
    etag = f'"{pack.made_at.timestamp():.0f}-{key.set_at.timestamp():.0f}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    scheduling.note_taken(pack=pack, device=request.headers.get("User-Agent", ""), by=request.user)
    response = HttpResponse(page_of(pack, key), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="day-pack-{branch.pk}.html"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store"
    response["X-Made-At"] = pack.made_at.isoformat()
    return response
