"""Treatment plans: goals, sessions and how far they are."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr import actions, permissions
from emr.models import CarePlan, PlanGoal
from emr.queries.plans import plans_of, views_of, with_parts
from emr.statuses import PLAN_MOVES, PlanStatus
from emr.views.care.common import drawer, find_patient, page
from emr.views.care.order_forms import GoalForm, PlanForm, SessionsForm


@needs(Perm.RECORD_VIEW)
@require_GET
def plans(request: HttpRequest, pk: int) -> HttpResponse:
    """A patient's plans, running ones first."""
    patient = find_patient(request, pk, "plans")
    add = {"url": reverse("emr:new-plan", args=[patient.pk]), "label": _("New plan")}
    add = add if permissions.may_write(request.user) else {}
    return page(request, "plans", patient, {"plans": plans_of(patient), "add": add})


@needs(Perm.RECORD_WRITE)
def new_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan with its title; goals and sessions follow."""
    patient = find_patient(request, pk, "plans")
    form = PlanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.save_plan(patient=patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            return _drawn(request, plan.pk)
    return drawer(request, "new_plan", {"form": form, "patient": patient, "address": request.path})


@needs(Perm.RECORD_WRITE)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a plan: its goals, its sessions, where it stands."""
    return _drawn(request, pk)


def _drawn(request: HttpRequest, pk: int, status: int = 200, **more: Any) -> HttpResponse:
    row = get_object_or_404(with_parts(CarePlan.objects.all()), pk=pk)
    log_access(patient=row.patient, what="plan", by=request.user)
    [view] = views_of([row])
    context = {
        "view": view, "plan": row, "patient": row.patient, "goal_form": GoalForm(auto_id="goal-%s"),
        "sessions_form": SessionsForm(auto_id="sessions-%s"),
        "moves": PLAN_MOVES[row.status], "is_open": row.status in {PlanStatus.DRAFT, PlanStatus.ACTIVE}, **more,
    }  # fmt: skip
    response = drawer(request, "plan", context, status)
    if html.is_htmx(request) and request.method == "POST" and status == 200:
        html.trigger(response, live_refresh={})
    return response


@needs(Perm.RECORD_WRITE)
@require_POST
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One change of a plan; the panel is drawn anew with it."""
    row, by = get_object_or_404(CarePlan, pk=pk), request.user
    goal, sessions = GoalForm(request.POST, auto_id="goal-%s"), SessionsForm(request.POST, auto_id="sessions-%s")
    try:
        if what == "goal":
            if not goal.is_valid():
                return _drawn(request, pk, 422, goal_form=goal)
            actions.add_goal(plan=row, by=by, **goal.cleaned_data)
        elif what == "sessions":
            if not sessions.is_valid():
                return _drawn(request, pk, 422, sessions_form=sessions)
            actions.plan_sessions(plan=row, by=by, **sessions.cleaned_data)
        else:
            reason = request.POST.get("reason", "")[:300]
            actions.move_plan(plan=row, to=what, reason=reason, by=by)
    except ActionError as error:
        return _drawn(request, pk, 422, error=error.message)
    return _drawn(request, pk)


@needs(Perm.RECORD_WRITE)
@require_POST
def toggle_goal(request: HttpRequest, pk: int, goal: int) -> HttpResponse:
    """Reached, or not after all."""
    row = get_object_or_404(PlanGoal, pk=goal, plan=pk)
    actions.reach_goal(goal=row, reached=row.reached_on is None, by=request.user)
    return _drawn(request, pk)
