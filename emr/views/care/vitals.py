"""Measurements: all of them over time, and the fast form of a nurse."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr import actions
from emr.models import VitalSign
from emr.queries.vital_charts import charts_of
from emr.queries.vitals import latest_of, measures, moments_of, readings_of
from emr.views.care.common import drawer, find_patient, own, page, visit_of
from emr.views.care.number_forms import VitalsForm


@needs(Perm.RECORD_VIEW)
@require_GET
def vitals(request: HttpRequest, pk: int) -> HttpResponse:
    """The last values, a line for each measure, and the table of all."""
    patient = find_patient(request, pk, "vitals")
    readings = readings_of(patient)
    context = {
        "latest": latest_of(readings),
        "charts": charts_of(patient, readings),
        "moments": moments_of(readings)[:100],
        "measurer": request.user.can(Perm.RECORD_MEASURE),
        "add": {"url": reverse("emr:new-vitals", args=[patient.pk]), "label": _("Measure")},
    }
    return page(request, "vitals", patient, context if context["measurer"] else {**context, "add": {}})


@needs(Perm.RECORD_MEASURE)
def new_vitals(request: HttpRequest, pk: int) -> HttpResponse:
    """All measures in one short form; only what is filled in is kept."""
    patient = find_patient(request, pk, "vitals")
    visit = visit_of(request, patient)
    kinds = [kind for kind in measures().values() if not kind.computed]
    form = VitalsForm(kinds, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_vitals(patient=patient, values=form.cleaned_data, visit=visit, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("Measurements saved."))
    context = {"form": form, "patient": patient, "address": request.get_full_path()}
    return drawer(request, "new_vitals", context)


@needs(Perm.RECORD_MEASURE)
@require_POST
def remove_vital(request: HttpRequest, pk: int, vital: int) -> HttpResponse:
    """A value that was entered in error."""
    patient = find_patient(request, pk, "vitals")
    actions.withdraw_vital(vital=own(VitalSign, patient, vital), by=request.user)
    return html.close_drawer(_("Taken away."))
