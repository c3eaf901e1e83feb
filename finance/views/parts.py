"""Fragments that other pages fetch, and what patients see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from finance.models import Invoice
from finance.queries.checkout import bill, checkout_of
from finance.queries.deposits import merchant
from finance.queries.documents import bill_of, invoices_of, staff_scope
from finance.queries.money import credit_of
from finance.statuses import InvoiceStatus
from scheduling.models import Visit
from scheduling.views.frame import on_the_clock_of

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
        "draft": None if invoice else checkout_of(visit),
        "may_take": request.user.can(Perm.PAYMENTS_TAKE, visit.branch_id),
    }
    return render(request, "finance/_for_visit.html", context)


@needs(Perm.INVOICES_VIEW)
@require_safe
def for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A patient's money: what she owes, her credit, her latest bills."""
    patient = get_object_or_404(Patient, pk=patient_id)
    rows = invoices_of(patient).filter(staff_scope(request.user, Perm.INVOICES_VIEW))
    owed = sum(invoice.due for invoice in rows.filter(status=InvoiceStatus.ISSUED))
    context = {
        "patient": patient,
        "invoices": rows[:LATEST],
        "owed": owed,
        "credit": credit_of(patient),
        "may_take": request.user.can(Perm.PAYMENTS_TAKE),
    }
    return render(request, "finance/_for_patient.html", context)


@needs(Perm.OWN_VIEW)
@require_safe
def my_bills(request: HttpRequest) -> HttpResponse:
    """The bills of the patients for whom this account acts."""
    patients = list(acts_for(request.user))
    rows = Invoice.objects.filter(patient__in=patients).exclude(
        status__in=[InvoiceStatus.DRAFT, InvoiceStatus.CANCELLED]
    )
    context = {
        "invoices": rows.select_related("patient", "visit__practitioner").order_by("-pk")[:LATEST],
        "credits": [(patient, credit) for patient in patients if (credit := credit_of(patient))],
        "several": len(patients) > 1,
    }
    return render(request, "finance/_my_bills.html", context)


@open_to_all("the bill of whoever holds its link; the token is long and random")
@require_safe
def public_bill(request: HttpRequest, token: str) -> HttpResponse:
    """A bill by its link: lines, what is paid, what is owed."""
    rows = Invoice.objects.exclude(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.CANCELLED])
    invoice = get_object_or_404(rows.select_related("patient", "branch", "visit"), public_token=token)
    with on_the_clock_of(invoice.branch):
        can_pay = invoice.due > 0 and bool(merchant())
        context = {"invoice": invoice, "bill": bill(invoice), "branch": invoice.branch, "can_pay": can_pay}
        response = render(request, "finance/bill.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
