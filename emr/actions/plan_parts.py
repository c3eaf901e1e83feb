"""Goals and sessions of a plan."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from emr.actions.plans import open_plan
from emr.models import CarePlan, PlanGoal, PlannedSessions
from emr.permissions import require_write
from scheduling.models import Service

MOST_SESSIONS = 200


LONGEST_PAUSE = 365  # days


@action
def add_goal(*, plan: CarePlan, text: str, due_on: dt.date | None = None, by: User | None) -> PlanGoal:
    """Add what is to be reached; the same words again give the same goal. Raises Invalid for no words."""
    require_write(by)
    row, words = open_plan(plan), normalise(text)[:200]
    if not words:
        raise Invalid(_("Write the goal."), field="text")
    goal = PlanGoal.objects.filter(plan=row, text=words).first() or PlanGoal(plan=row, text=words)
    goal.due_on = due_on
    goal.save()
    return goal


@action
def reach_goal(*, goal: PlanGoal, reached: bool = True, by: User | None) -> PlanGoal:
    """Say that a goal is reached, today, or that it is not after all."""
    require_write(by)
    row = PlanGoal.objects.select_for_update(of=("self",)).get(pk=goal.pk)
    if reached != (row.reached_on is not None):
        row.reached_on = timezone.localdate() if reached else None
        row.save()
    return row


@action
def plan_sessions(
    *, plan: CarePlan, service: Service, count: int, every_days: int | None = None, by: User | None
) -> PlannedSessions | None:
    """Plan `count` sessions of a service, so many days apart; 0 takes them out of the plan. Raises Invalid."""
    require_write(by)
    row = open_plan(plan)
    if not 0 <= count <= MOST_SESSIONS:
        raise Invalid(_("Plan from 1 to 200 sessions."), field="count")
    if every_days is not None and not 1 <= every_days <= LONGEST_PAUSE:
        raise Invalid(_("Sessions are 1 to 365 days apart."), field="every_days")
    sessions = PlannedSessions.objects.filter(plan=row, service=service).first()
    if not count:
        if sessions:
            sessions.delete()
        return None
    sessions = sessions or PlannedSessions(plan=row, service=service)
    sessions.count, sessions.every_days = count, every_days
    sessions.save()
    return sessions
