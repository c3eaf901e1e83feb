"""Asking how a patient does, and what the clinic asks."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.money import format_number
from clinic.shared.text import normalise
from emr.actions.safety import require_lists
from emr.actions.vitals import CLOCKS_DIFFER, require_measure
from emr.models import Better, OutcomeMeasure, OutcomeScore
from scheduling.models import Visit

MOST_QUESTIONS = 40


@action
def record_score(
    *,
    patient: Patient,
    measure: OutcomeMeasure,
    answers: list[int],
    visit: Visit | None = None,
    measured_at: dt.datetime | None = None,
    by: User | None,
) -> OutcomeScore:
    """Write down the answers, one for each question; the score is their sum. Raises Invalid."""
    require_measure(by, visit.branch_id if visit else None)
    at = measured_at or timezone.now()
    if at > timezone.now() + CLOCKS_DIFFER:
        raise Invalid(_("This moment is still to come."), field="measured_at")
    if len(answers) != len(measure.asked):
        raise Invalid(_("Answer every question."), field="answers")
    for place, answer in enumerate(answers):
        if not measure.lowest <= answer <= measure.highest:
            limits = {"low": format_number(measure.lowest), "high": format_number(measure.highest)}
            raise Invalid(_("Answer with a number from %(low)s to %(high)s.") % limits, field=f"answer_{place}")
    return OutcomeScore.objects.create(
        patient=patient, visit=visit, measure=measure, score=Decimal(sum(answers)), answers=answers, measured_at=at,
        by=by,
    )  # fmt: skip


@action
def withdraw_score(*, score: OutcomeScore, by: User | None) -> OutcomeScore:
    """A score that was entered in error: it stays in the history and is shown no more."""
    require_measure(by)
    row = OutcomeScore.objects.select_for_update(of=("self",)).get(pk=score.pk)
    if not row.entered_in_error:
        row.entered_in_error = True
        row.save()
    return row


@action
def save_outcome_measure(*, measure: OutcomeMeasure | None = None, by: User | None, **values: Any) -> OutcomeMeasure:
    """Keep something that the clinic asks. Raises Invalid; what was answered already keeps its questions."""
    require_lists(by)
    row = measure or OutcomeMeasure()
    before = row.asked if row.pk else []
    for name, value in values.items():
        setattr(row, name, value)
    row.name, row.questions = normalise(row.name)[:80], normalise(row.questions, lines=True)
    if not row.name:
        raise Invalid(_("Write a name."), field="name")
    if row.lowest >= row.highest:
        raise Invalid(_("The highest value is above the lowest."), field="highest")
    if len(row.asked) > MOST_QUESTIONS:
        raise Invalid(_("Ask at most 40 questions."), field="questions")
    if row.better not in Better.values:
        raise Invalid(_("Choose one of the list."), field="better")
    if row.pk and row.questions and len(row.asked) != len(before) and row.scores.exists():
        raise Invalid(_("This was answered already. Make a new one for other questions."), field="questions")
    same = OutcomeMeasure.objects.filter(name=row.name, is_active=True).exclude(pk=row.pk)
    if row.is_active and same.exists():
        raise Invalid(_("There is one of this name already."), field="name")
    row.save()
    return row
