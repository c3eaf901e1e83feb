"""The prescription on the visit page: lines, favourites, sets, the last one again, the tracking code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from emr import actions
from emr.models import FavouriteDrug, MedicationRequest
from emr.views.care.attempts import attempt, card
from emr.views.care.forms import LineForm
from emr.views.common import again, find_record, words_of


@needs(Perm.PRESCRIBE)
@require_POST
def add_line(request: HttpRequest, pk: int) -> HttpResponse:
    """A line of the prescription; whatever speaks against it asks for a reason first."""
    record = find_record(request, pk)
    form = LineForm(request.POST)
    if not form.is_valid():
        return card(request, record, 422, line_form=form)
    try:
        actions.prescribe(encounter=record, by=request.user, **form.line())
    except ActionError as error:
        error.put(form)
        told = {"cautions": error.details.get("cautions", []), **words_of(error)}
        return card(request, record, 422, line_form=form, **told)
    return card(request, again(record), again=True)


@needs(Perm.PRESCRIBE)
@require_POST
def cancel_line(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Strike a line out."""
    record = find_record(request, pk)
    row = get_object_or_404(MedicationRequest, pk=line, encounter=record)
    return attempt(request, record, lambda _reason: actions.cancel_prescription_line(line=row, by=request.user))


@needs(Perm.PRESCRIBE)
@require_POST
def star_line(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Put a line among one's favourites, or take it away."""
    record = find_record(request, pk)
    row = get_object_or_404(MedicationRequest, pk=line, encounter=record)
    return attempt(request, record, lambda _reason: actions.toggle_favourite_drug(line=row, by=request.user))


@needs(Perm.PRESCRIBE)
@require_POST
def use_favourite(request: HttpRequest, pk: int, favourite: int) -> HttpResponse:
    """Prescribe one of the doctor's favourites with one press."""
    record = find_record(request, pk)
    row = get_object_or_404(FavouriteDrug, pk=favourite, user=request.user)
    medication = row.medication if row.medication and row.medication.is_active else None
    values = {name: getattr(row, name) for name in ("name", "dose", "dosing", "quantity", "days")}
    return attempt(
        request,
        record,
        lambda reason: actions.prescribe(
            encounter=record, medication=medication, override_reason=reason, by=request.user, **values
        ),
    )
