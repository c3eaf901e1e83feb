"""Cash desks at work: open, put in and take out, count, hand over, close."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from finance.queries.days import today
from finance.queries.desks import desks_of
from finance.queries.drawers import cash_rules, shifts
from finance.views.shifts import sees_sum
from scheduling.views.frame import branch_of, frame, on_the_clock_of


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def cash_page(request: HttpRequest) -> HttpResponse:
    """The desks of a branch, whose drawers are open, and today's shifts."""
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    with on_the_clock_of(branch):
        context = {**frame(request, branch, Perm.PAYMENTS_TAKE), **_desks(request, branch)}
        return render(request, "finance/desks/cash.html", context)


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def cash_part(request: HttpRequest) -> HttpResponse:
    """The same desks, fetched again on every notice."""
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    with on_the_clock_of(branch):
        return render(request, "finance/desks/_desks.html", {"branch": branch, **_desks(request, branch)})


def _desks(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    rules = cash_rules(branch)
    manages = request.user.can(Perm.CASH_MANAGE, branch.pk)
    desks = desks_of(branch)
    ended = shifts().filter(branch=branch, business_date=today(branch), closed_at__isnull=False).order_by("-closed_at")
    return {
        "rules": rules,
        "desks": [
            {
                "row": state,
                "mine": bool(state.shift and state.shift.cashier_id == request.user.pk),
                "to_me": bool(state.shift and state.shift.offered_to_id == request.user.pk),
                "sees": bool(state.shift and sees_sum(request, state.shift)),
                "acts": bool(state.shift and (manages or state.shift.cashier_id == request.user.pk)),
            }
            for state in desks
        ],
        "busy": any(state.shift and state.shift.cashier_id == request.user.pk for state in desks),
        "ended": ended,
        "manages": manages,
        "may_set_up": request.user.can(Perm.SETUP_MANAGE, branch.pk),
    }
