"""Treatment plans with their progress, which the visits tell."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from clinic.shared.calendar import format_date
from emr.models import CarePlan, PlannedSessions
from emr.queries.chart import whole_of
from emr.statuses import PlanStatus
from scheduling.models import Visit
from scheduling.statuses import VisitStatus


@dataclass(frozen=True)
class Progress:
    """One service of a plan: how many sessions are planned and done, and when the next is due."""

    sessions: PlannedSessions
    done: int
    due_on: dt.date | None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(self.done / self.sessions.count, 1)

    @property
    def left(self) -> int:
        """How many are still to come."""
        return max(self.sessions.count - self.done, 0)


@dataclass(frozen=True)
class PlanView:
    """A plan as it is shown."""

    plan: CarePlan
    progress: list[Progress]

    @property
    def done(self) -> int:
        """Sessions done, all services together."""
        return sum(min(each.done, each.sessions.count) for each in self.progress)

    @property
    def planned(self) -> int:
        """Sessions planned, all services together."""
        return sum(each.sessions.count for each in self.progress)

    @property
    def agreed(self) -> bool:
        """Whether the patient agreed to the plan as it reads now."""
        consent = self.plan.consent
        return bool(consent and consent.withdrawn_at is None and consent.text == plan_text(self.plan))


def with_parts(plans: QuerySet[CarePlan]) -> QuerySet[CarePlan]:
    """Plans with all that a page shows of them: three queries."""
    return plans.select_related("patient", "practitioner", "consent").prefetch_related(
        "goals", Prefetch("sessions", PlannedSessions.objects.select_related("service"))
    )


def views_of(plans: Iterable[CarePlan]) -> list[PlanView]:
    """Each plan with what is done of it: the finished visits of its time and service, in one query for all."""
    plans = list(plans)
    people = {plan.patient_id for plan in plans}
    visits = Visit.objects.filter(
        Q(patient__in=people) | Q(patient__merged_into__in=people), status=VisitStatus.FINISHED
    ).values_list("patient__merged_into", "patient", "service", "day")
    rows = [(merged or patient, service, day) for merged, patient, service, day in visits] if plans else []
    return [PlanView(plan, [_progress(plan, each, rows) for each in plan.sessions.all()]) for plan in plans]


def _progress(plan: CarePlan, sessions: PlannedSessions, visits: list[tuple[int, int, dt.date]]) -> Progress:
    days = sorted(
        day
        for patient, service, day in visits
        if (patient, service) == (plan.patient_id, sessions.service_id) and day >= plan.starts_on
    )
    due = None
    if len(days) < sessions.count and sessions.every_days and plan.status == PlanStatus.ACTIVE:
        due = days[-1] + dt.timedelta(days=sessions.every_days) if days else plan.starts_on
        due = max(due, timezone.localdate())
    return Progress(sessions, len(days), due)


def plans_of(patient: Patient) -> list[PlanView]:
    """The patient's plans, running ones first."""
    order: list[str] = [PlanStatus.ACTIVE, PlanStatus.DRAFT, PlanStatus.COMPLETED, PlanStatus.STOPPED]
    plans = with_parts(CarePlan.objects.filter(whole_of(patient))).order_by("-pk")
    return views_of(sorted(plans, key=lambda plan: order.index(plan.status)))


def shown_plans(user: User) -> QuerySet[CarePlan]:
    """The plans that the patients of an account may see."""
    mine = acts_for(user)
    plans = CarePlan.objects.filter(Q(patient__in=mine) | Q(patient__merged_into__in=mine), for_patient=True).exclude(
        status=PlanStatus.DRAFT
    )
    return with_parts(plans).order_by("-pk")


def plan_text(plan: CarePlan) -> str:
    """What a patient agrees to: the plan in plain words, the same as long as nothing in it changes."""
    lines = [plan.title, plan.note, *(f"- {goal.text}" for goal in plan.goals.all())]
    lines += [f"- {each.service.name} × {each.count}" for each in plan.sessions.all()]
    until = f" – {format_date(plan.ends_on, 'en', 'numeric')}" if plan.ends_on else ""
    return "\n".join(filter(None, [*lines, f"{format_date(plan.starts_on, 'en', 'numeric')}{until}"]))
