"""What the desk's pages share: which branch, which day, whose clock."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.accounts.queries import chosen_branch, open_branches
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx
from scheduling.queries.floor import branch_day
from scheduling.queries.opening import zone_of

SESSION_KEY = "branch"


def branch_of(request: HttpRequest, permission: str) -> Branch:
    """The branch that the address or the last choice names, else the first one where this is permitted."""
    wanted = request.GET.get("branch", "")
    if wanted:
        return chosen_branch(request.user, permission, wanted)
    allowed = open_branches(request.user, permission)
    last = request.session.get(SESSION_KEY)
    return (allowed.filter(pk=last).first() if last else None) or chosen_branch(request.user, permission, None)


def day_of_address(request: HttpRequest, branch: Branch) -> dt.date:
    """`?day=2026-11-22`; the branch's today where it is missing or cannot be read."""
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return branch_day(branch)


@contextlib.contextmanager
def on_the_clock_of(branch: Branch) -> Iterator[None]:
    """Times in this block are the branch's."""
    with timezone.override(zone_of(branch.time_zone)):
        yield


def frame(request: HttpRequest, branch: Branch, permission: str) -> dict[str, Any]:
    """What the head of a desk page needs."""
    return {"branch": branch, "branches": list(open_branches(request.user, permission)), "branch_url": "/desk/branch/"}


def in_panel(request: HttpRequest) -> bool:
    """Whether the answer goes into the panel."""
    return "drawer-body" in request.headers.get("HX-Target", "")


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A fragment of the panel; as a page of its own for whoever came without a script."""
    if is_htmx(request):
        return render(request, template, context, status=status)
    return render(request, "scheduling/desk/alone.html", {**context, "fragment": template}, status=status)


def refused(error: ActionError) -> HttpResponse:
    """A refusal in words; the page shows them as a message."""
    return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
