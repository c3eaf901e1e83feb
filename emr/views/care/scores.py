"""Scores: how a patient does, over time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr import actions
from emr.models import OutcomeMeasure, OutcomeScore
from emr.queries.outcomes import courses_of
from emr.views.care.common import drawer, find_patient, own, page, visit_of
from emr.views.care.number_forms import ScoreForm


@needs(Perm.RECORD_VIEW)
@require_GET
def scores(request: HttpRequest, pk: int) -> HttpResponse:
    """Every measure that was asked, as a line and a table, and what may be asked."""
    patient = find_patient(request, pk, "scores")
    context = {
        "courses": courses_of(patient),
        "asked": OutcomeMeasure.objects.filter(is_active=True),
        "measurer": request.user.can(Perm.RECORD_MEASURE),
    }
    return page(request, "scores", patient, context)


@needs(Perm.RECORD_MEASURE)
def new_score(request: HttpRequest, pk: int, measure: int) -> HttpResponse:
    """The questions of one measure."""
    patient = find_patient(request, pk, "scores")
    visit, asked = visit_of(request, patient), get_object_or_404(OutcomeMeasure, pk=measure)
    form = ScoreForm(asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_score(patient=patient, measure=asked, answers=form.answers(), visit=visit, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("Saved."))
    context = {"form": form, "asked": asked, "patient": patient, "address": request.get_full_path()}
    return drawer(request, "new_score", context)


@needs(Perm.RECORD_MEASURE)
@require_POST
def remove_score(request: HttpRequest, pk: int, score: int) -> HttpResponse:
    """A score that was entered in error."""
    patient = find_patient(request, pk, "scores")
    actions.withdraw_score(score=own(OutcomeScore, patient, score), by=request.user)
    return html.close_drawer(_("Taken away."))
