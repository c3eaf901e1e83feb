"""The kinds of memberships that the clinic sells."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.models import MembershipPlan
from finance.queries import memberships
from finance.views.membership_forms import PlanForm
from scheduling.queries.setup import sets_up_all
from scheduling.views.setup.saving import saved, tried

BACK = "/set-up/memberships/"


@needs(Perm.SETUP_MANAGE)
@require_safe
def membership_plans(request: HttpRequest) -> HttpResponse:
    """Every kind with what it gives."""
    context = {"plans": memberships.plans(), "whole": sets_up_all(request.user)}
    return render(request, "finance/membership_plans.html", context)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def membership_plan(request: HttpRequest, plan_id: int | None = None) -> HttpResponse:
    """Make or change a kind; those who set up one branch only look."""
    row = get_object_or_404(MembershipPlan, pk=plan_id) if plan_id else None
    form = PlanForm(request.POST or None, plan=row)
    whole = sets_up_all(request.user)

    def work(data: dict[str, Any]) -> None:
        actions.save_membership_plan(plan=row, by=request.user, **data)

    if request.method == "POST" and not whole:
        form.add_error(None, _("Memberships of the whole clinic are the owner's."))
    elif request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    context = {"form": form, "plan": row, "title": row.name if row else _("New membership"), "whole": whole}
    return render(request, "finance/membership_plan.html", context, status=422 if form.errors else 200)
