"""A patient's insurance: on her card, and on her bill."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared import html
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import Coverage, Insurer
from finance.queries.checkout import checkout_of
from finance.queries.covers import coverages_of, used_of
from finance.queries.days import clinic_today
from finance.queries.documents import staff_scope
from finance.views.checkout import show_panel
from finance.views.claim_forms import CoverageForm
from finance.views.panel import panel
from scheduling.models import Visit


@needs(Perm.PATIENTS_VIEW)
@require_safe
def insurance_of(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A patient's policies, for her card."""
    patient = get_object_or_404(Patient, pk=patient_id)
    today = clinic_today()
    rows = [
        {"row": row, "over": bool(row.valid_until and row.valid_until < today), "used": used_of(row)}
        for row in coverages_of(patient)[:10]
    ]
    context = {"patient": patient, "rows": rows, "may_edit": request.user.can(Perm.PATIENTS_EDIT)}
    return render(request, "finance/insurance/_of_patient.html", context)


@needs(Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def coverage_new(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Write down a policy; what the patient said of it before is laid out."""
    patient = get_object_or_404(Patient, pk=patient_id, merged_into=None)
    said = Insurer.objects.filter(name=patient.insurer, is_active=True).first() if patient.insurer else None
    start = {"insurer": said, "number": patient.insurance_number, "relation": "self"}
    return _coverage(request, patient, None, start)


@needs(Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a policy, or end it."""
    row = get_object_or_404(Coverage.objects.select_related("patient", "insurer"), pk=pk)
    return _coverage(request, row.patient, row, {name: getattr(row, name) for name in CoverageForm.base_fields})


def _coverage(request: HttpRequest, patient: Patient, row: Coverage | None, start: dict[str, Any]) -> HttpResponse:
    form = CoverageForm(request.POST or None, initial=start)

    def work(data: dict[str, Any]) -> str:
        ends = request.POST.get("do") == "end"
        actions.save_coverage(patient=patient, coverage=row, is_active=not ends, by=request.user, **data)
        return _("Saved.")

    return panel(request, "finance/insurance/coverage.html", form, work, patient=patient, coverage=row)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def choose_cover(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Let the insurance pay its share of a visit, or (`uses=no`) let the patient pay all of it."""
    visits = Visit.objects.filter(staff_scope(request.user, Perm.PAYMENTS_TAKE))
    visit = get_object_or_404(
        visits.select_related("patient", "branch", "service", "practitioner", "appointment"), pk=visit_id
    )
    if checkout_of(visit) is None:
        raise Http404  # it is not at its end yet
    try:
        bill = actions.issue_for_visit(visit=visit, by=request.user)
        use = actions.cover_invoice if request.POST.get("uses") == "yes" else actions.uncover_invoice
        use(invoice=bill, by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    found = checkout_of(visit)
    if not html.is_htmx(request) or found is None:
        return HttpResponseRedirect(f"/finance/invoices/{bill.pk}/")
    here = f"/finance/checkout/{visit.pk}/"
    return html.trigger(show_panel(request, found, here=here), live_refresh={})
