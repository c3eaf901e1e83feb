"""Sets, the last prescription once more, the tracking code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from emr import actions
from emr.models import Condition, PrescriptionSet
from emr.views.care.attempts import attempt, card, refused
from emr.views.care.forms import SetForm, TrackingForm
from emr.views.common import again, find_record, part


@needs(Perm.PRESCRIBE)
@require_POST
def repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """The last prescription once more."""
    record = find_record(request, pk)
    return attempt(
        request,
        record,
        lambda reason: actions.repeat_prescription(encounter=record, override_reason=reason, by=request.user),
    )


@needs(Perm.PRESCRIBE)
@require_POST
def use_set(request: HttpRequest, pk: int, of_set: int) -> HttpResponse:
    """All drugs of a set."""
    record, row = find_record(request, pk), get_object_or_404(PrescriptionSet, pk=of_set, is_active=True)
    return attempt(
        request,
        record,
        lambda reason: actions.use_set(encounter=record, of_set=row, override_reason=reason, by=request.user),
    )


@needs(Perm.PRESCRIBE)
@require_POST
def drop_set(request: HttpRequest, pk: int, of_set: int) -> HttpResponse:
    """Take a set out of use."""
    record, row = find_record(request, pk), get_object_or_404(PrescriptionSet, pk=of_set)
    return attempt(request, record, lambda _reason: actions.drop_set(of_set=row, by=request.user))


@needs(Perm.PRESCRIBE)
@require_POST
def save_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the lines on the screen as a set."""
    record, form = find_record(request, pk), SetForm(request.POST)
    if not form.is_valid():
        return card(request, record, 422, set_form=form)
    try:
        actions.save_set(encounter=record, by=request.user, **form.cleaned_data)
    except ActionError as error:
        return refused(request, record, error)
    return card(request, again(record), set_kept=form.cleaned_data["name"])


@needs(Perm.PRESCRIBE)
@require_POST
def hand_off(request: HttpRequest, pk: int) -> HttpResponse:
    """The tracking code of the national e-prescription."""
    record, form = find_record(request, pk), TrackingForm(request.POST)
    if not form.is_valid():
        return card(request, record, 422, tracking_form=form)
    try:
        actions.hand_off(encounter=record, by=request.user, **form.cleaned_data)
    except ActionError as error:
        error.put(form)
        return card(request, record, 422, tracking_form=form)
    return card(request, again(record))


@needs(Perm.RECORD_WRITE)
@require_POST
def star_diagnosis(request: HttpRequest, pk: int, condition: int) -> HttpResponse:
    """Put a diagnosis among one's favourites, or take it away."""
    record = find_record(request, pk)
    row = get_object_or_404(Condition, pk=condition, encounter=record)
    actions.toggle_favourite_diagnosis(condition=row, by=request.user)
    return part(request, "findings", again(record))
