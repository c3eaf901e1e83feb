"""Diagnoses and allergies: small forms, each answered with its own part of the screen."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from emr import actions, permissions, queries
from emr.forms import AllergyForm, DiagnosisForm
from emr.models import AllergyIntolerance, Condition, Encounter
from emr.views.common import again, find_record, part, words_of


@needs(Perm.RECORD_WRITE)
@require_GET
def icd_options(request: HttpRequest) -> HttpResponse:
    """Codes for the combobox."""
    return render(request, "emr/parts/icd_options.html", {"codes": queries.find_icd(request.GET.get("q", "")[:80])})


@needs(Perm.RECORD_WRITE)
@require_GET
def drug_options(request: HttpRequest) -> HttpResponse:
    """Drugs of the clinic's list for the combobox."""
    drugs = queries.find_drugs(request.GET.get("q", "")[:80])[:12]
    return render(request, "emr/parts/drug_options.html", {"drugs": drugs})


@needs(Perm.RECORD_WRITE)
@require_POST
def add_diagnosis(request: HttpRequest, pk: int) -> HttpResponse:
    """A diagnosis of this visit."""
    record = find_record(request, pk)
    form = DiagnosisForm(request.POST)
    form.is_valid()
    values = {name: form.cleaned_data.get(name, "") for name in ("code", "title")}
    try:
        actions.add_condition(patient=record.patient, encounter=record, by=request.user, **values)
    except ActionError as error:
        return part(request, "findings", record, status=422, typed=values, **words_of(error))
    return part(request, "findings", again(record), again=True)


@needs(Perm.RECORD_WRITE)
@require_POST
def change_diagnosis(request: HttpRequest, pk: int, condition: int, to: str) -> HttpResponse:
    """Take a diagnosis back, keep it as a problem, or end the problem. `pk` is the record on the screen."""
    record = find_record(request, pk)
    row = get_object_or_404(Condition, pk=condition, patient__in=_whole(record))
    if row.encounter and not row.is_problem and not permissions.may_read_note(request.user, row.encounter):
        raise PermissionDenied
    change = {"remove": actions.remove_condition, "keep": actions.keep_problem, "end": actions.end_problem}[to]
    try:
        change(condition=row, by=request.user)
    except ActionError as error:
        return part(request, "findings", record, status=422, **words_of(error))
    return part(request, "findings", again(record))


def _whole(record: Encounter) -> list[int]:
    """The patient, and who was merged into her."""
    merged = type(record.patient).objects.filter(merged_into=record.patient_id).values_list("pk", flat=True)
    return [record.patient_id, *merged]


@needs(Perm.RECORD_WRITE)
@require_POST
def add_allergy(request: HttpRequest, pk: int) -> HttpResponse:
    """An allergy of the patient whose record is open."""
    record = find_record(request, pk)
    form = AllergyForm(request.POST)
    if form.is_valid():
        try:
            actions.add_allergy(patient=record.patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            form.add_error(error.field or None, error.message)
        else:
            return part(request, "glance", again(record))
    return part(request, "glance", record, allergy_form=form, status=422)


@needs(Perm.RECORD_WRITE)
@require_POST
def end_allergy(request: HttpRequest, pk: int, allergy: int) -> HttpResponse:
    """An allergy that is none."""
    record = find_record(request, pk)
    row = get_object_or_404(AllergyIntolerance, pk=allergy, patient__in=_whole(record))
    actions.end_allergy(allergy=row, by=request.user)
    return part(request, "glance", again(record))
