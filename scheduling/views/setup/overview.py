"""The first page of set-up: what is missing before the first patient."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling.queries.setup import checklist, sets_up_all


@needs(Perm.SETUP_MANAGE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The checklist and the ways to each part."""
    steps = checklist(request.user)
    context = {
        "steps": steps,
        "done": sum(step.done for step in steps),
        "whole": sets_up_all(request.user),
        "may_staff": request.user.can(Perm.STAFF_MANAGE),
        "may_share": request.user.can(Perm.COMMISSIONS_SET),
    }
    return render(request, "scheduling/setup/overview.html", context)
