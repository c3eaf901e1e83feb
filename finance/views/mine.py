"""What patients see of their bills."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.patients.permissions import acts_for
from finance.models import Invoice
from finance.queries.checkout import bill
from finance.queries.money import credit_of
from finance.queries.online import merchant
from finance.statuses import InvoiceStatus
from scheduling.views.frame import on_the_clock_of

LATEST = 10


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
