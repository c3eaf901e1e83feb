"""Treatment plans: written, agreed to, lived."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Consent, Patient
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.statuses import move
from clinic.shared.text import normalise
from emr.actions.common import tidy
from emr.models import CarePlan, CarePlanStatusChange
from emr.permissions import require_write
from emr.queries.plans import plan_text
from emr.statuses import PLAN_MOVES, PlanStatus
from scheduling.models import Practitioner

LIVING = {PlanStatus.DRAFT, PlanStatus.ACTIVE}


@action
def save_plan(
    *,
    patient: Patient,
    plan: CarePlan | None = None,
    title: str,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    note: str = "",
    for_patient: bool = True,
    practitioner: Practitioner | None = None,
    by: User | None,
) -> CarePlan:
    """Write a plan, or change one that is not over. Raises Invalid for no title or an end before the beginning."""
    require_write(by)
    row = open_plan(plan) if plan else CarePlan(patient=patient)
    row.title, row.note, row.for_patient = normalise(title)[:120], tidy(note, "note"), for_patient
    row.starts_on = starts_on or row.starts_on or timezone.localdate()
    row.ends_on = ends_on
    if not row.title:
        raise Invalid(_("Give the plan a title."), field="title")
    if row.ends_on and row.ends_on < row.starts_on:
        raise Invalid(_("It cannot be over before it began."), field="ends_on")
    row.practitioner = practitioner or row.practitioner or Practitioner.objects.filter(user=by, is_active=True).first()
    fresh = row.pk is None
    row.save()
    if fresh:
        CarePlanStatusChange.record(row, "", PlanStatus.DRAFT, by=by)
    return row


def open_plan(plan: CarePlan) -> CarePlan:
    """The plan, locked; raises Conflict for one that is over."""
    row = CarePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if row.status not in LIVING:
        raise Conflict(_("This plan is over. Take it up again first."), code="over")
    return row


@action
def move_plan(*, plan: CarePlan, to: str, reason: str = "", by: User | None) -> CarePlan:
    """Begin, complete, stop (with a reason) or take up a plan again. Raises Conflict, Invalid."""
    require_write(by)
    if to == PlanStatus.STOPPED and not normalise(reason):
        raise Invalid(_("Say why."), field="reason")
    return move(plan, to, moves=PLAN_MOVES, log=CarePlanStatusChange, by=by, reason=normalise(reason))


@action
def consent_to_plan(*, plan: CarePlan, by: User) -> Consent:
    """The patient (or who acts for her) agrees to the plan as it reads now; agreeing twice changes nothing.

    A plan changed since is agreed to anew. Raises Conflict for a plan that is over.
    """
    row = open_plan(plan)
    text = plan_text(row)
    if row.consent and row.consent.text == text and row.consent.withdrawn_at is None:
        return row.consent
    consent = Consent.objects.create(
        patient_id=row.patient_id, kind="plan", version=str(row.pk), text=text, accepted_by=by, ip=current_actor().ip
    )
    row.consent = consent
    row.save()
    return consent
