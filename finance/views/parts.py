"""Fragments that the desk's pages fetch."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.views.surviving import surviving
from finance.queries.checkout import checkout_of
from finance.queries.documents import bill_of, invoices_of, staff_scope
from finance.queries.follow_ups import why_of
from finance.queries.memberships import memberships_for, standing
from finance.queries.money import credit_of
from finance.queries.packages import packages_for
from finance.statuses import InvoiceStatus
from scheduling.models import Visit

LATEST = 10


@needs(Perm.INVOICES_VIEW)
@require_safe
def for_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The pay mark of a visit, and the button that takes the money."""
    scope = Visit.objects.filter(staff_scope(request.user, Perm.INVOICES_VIEW))
    visit = get_object_or_404(
        scope.select_related("patient", "branch", "service", "practitioner", "appointment"), pk=visit_id
    )
    invoice = bill_of(visit)
    context = {
        "visit": visit,
        "invoice": invoice,
        "why": why_of(visit, invoice),
        "draft": None if invoice else checkout_of(visit),
        "may_take": request.user.can(Perm.PAYMENTS_TAKE, visit.branch_id),
    }
    return render(request, "finance/_for_visit.html", context)


@needs(Perm.INVOICES_VIEW)
@require_safe
def for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A patient's money: what she owes, her credit, her latest bills."""
    patient = surviving(request, patient_id)
    rows = invoices_of(patient).filter(staff_scope(request.user, Perm.INVOICES_VIEW))
    owed = sum(invoice.due for invoice in rows.filter(status=InvoiceStatus.ISSUED))
    context = {
        "patient": patient,
        "invoices": rows[:LATEST],
        "owed": owed,
        "credit": credit_of(patient),
        "packages": packages_for(patient)[:LATEST],
        "memberships": [standing(row) for row in memberships_for(patient)[:LATEST]],
        "may_take": request.user.can(Perm.PAYMENTS_TAKE),
    }
    return render(request, "finance/_for_patient.html", context)
