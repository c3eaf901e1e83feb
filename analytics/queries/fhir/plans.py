"""CarePlan with its Goals, and letters as DocumentReference: those that she may see."""

import base64
from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.careplan import CarePlan as FhirPlan
from fhir.resources.R4B.documentreference import DocumentReference
from fhir.resources.R4B.goal import Goal
from fhir.resources.R4B.resource import Resource

from analytics.queries import handed
from analytics.queries.fhir.parts import concept, fixed, ref, said
from emr.models import CarePlan, PlanGoal
from emr.queries.plans import Progress, views_of, with_parts
from emr.statuses import PlanStatus as S

LIVED = {S.ACTIVE: "active", S.COMPLETED: "completed", S.STOPPED: "revoked"}


def plans(cards: list[int]) -> Iterator[Resource]:
    """Treatment plans that she sees online, with how far they are."""
    for view in views_of(with_parts(handed.plans(cards))):
        row = view.plan
        goals = list(row.goals.all())
        yield from (_goal(cards, row, each) for each in goals)
        yield FhirPlan(
            **said(
                id=str(row.pk),
                status=LIVED[S(row.status)],
                intent="plan",
                title=row.title,
                description=row.note,
                subject=ref("Patient", cards[0]),
                period=said(start=row.starts_on, end=row.ends_on),
                created=row.created_at,
                author=ref("Practitioner", row.practitioner_id, row.practitioner.name) if row.practitioner else None,
                goal=[ref("Goal", each.pk) for each in goals],
                supportingInfo=[ref("Consent", row.consent_id)] if row.consent_id else None,
                activity=[_activity(each, row) for each in view.progress],
            )
        )


def _goal(cards: list[int], plan: CarePlan, row: PlanGoal) -> Goal:
    ended = {S.COMPLETED: "completed", S.STOPPED: "cancelled"}.get(S(plan.status), "active")
    return Goal(
        **said(
            id=str(row.pk),
            lifecycleStatus="completed" if row.reached_on else ended,
            achievementStatus=fixed("goal-achievement", "achieved" if row.reached_on else "in-progress"),
            description=concept(row.text),
            subject=ref("Patient", cards[0]),
            startDate=plan.starts_on,
            statusDate=row.reached_on,
            target=[{"dueDate": row.due_on}] if row.due_on else None,
        )
    )


def _activity(each: Progress, plan: CarePlan) -> dict[str, Any]:
    over = {S.COMPLETED: "completed", S.STOPPED: "stopped"}.get(S(plan.status))
    begun = "completed" if not each.left else "in-progress" if each.done else "scheduled"
    words = f"{each.sessions.service.name}: {each.done}/{each.sessions.count}"
    return {
        "detail": said(
            kind="ServiceRequest",
            code=concept(each.sessions.service.name),
            status=over or begun,
            description=words,
        )
    }


def letters(cards: list[int]) -> Iterator[DocumentReference]:
    """Issued letters that she sees online."""
    for row in handed.letters(cards):
        text = base64.b64encode(f"{row.title}\n\n{row.body}".encode()).decode()
        yield DocumentReference(
            **said(
                id=f"letter-{row.pk}",
                status="current",
                docStatus="final",
                identifier=[{"value": row.number}],
                type=concept(str(row.get_kind_display())),
                description=row.title,
                subject=ref("Patient", cards[0]),
                date=row.issued_at,
                author=[ref("Practitioner", row.practitioner_id, row.practitioner.name)] if row.practitioner else None,
                context={"encounter": [ref("Encounter", row.visit_id)]} if row.visit_id else None,
                content=[{"attachment": {"contentType": "text/plain; charset=utf-8", "data": text}}],
            )
        )
