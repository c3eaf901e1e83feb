"""What a patient takes and took."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from emr import actions, queries
from emr.models import MedicationRequest
from emr.queries.medicines import earlier_medicines
from emr.views.care.common import drawer, find_patient, own, page
from emr.views.care.forms import StopForm


@needs(Perm.RECORD_VIEW)
@require_GET
def medicines(request: HttpRequest, pk: int) -> HttpResponse:
    """Current and earlier medicines."""
    patient = find_patient(request, pk, "medicines")
    running = queries.current_medicines(patient)
    return page(
        request, "medicines", patient, {"running": running, "earlier": earlier_medicines(patient, besides=running)}
    )


@needs(Perm.PRESCRIBE)
def stop(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Taken no more."""
    patient = find_patient(request, pk, "medicines")
    row, form = own(MedicationRequest, patient, line), StopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.stop_medicine(line=row, why=form.cleaned_data["why"], by=request.user)
        return html.close_drawer(_("%(name)s is stopped.") % {"name": row.name})
    return drawer(request, "stop", {"form": form, "row": row, "patient": patient, "address": request.path})
