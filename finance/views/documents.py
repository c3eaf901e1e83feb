"""One bill, one receipt, one refund, one deposit."""

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money
from finance import actions
from finance.forms import DepositForm, RefundForm, at_the_desk
from finance.queries.checkout import bill
from finance.queries.credits import may_give_back
from finance.queries.documents import invoices_for, payments_for
from finance.queries.drawers import needs_desk
from finance.queries.happened import happened
from finance.queries.money import credit_of
from scheduling.views.frame import branch_of, on_the_clock_of, show


@needs(Perm.OWN_VIEW)
@require_safe
def invoice_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A bill with its lines, payments and history; staff, and the patient whose it is."""
    invoice = get_object_or_404(invoices_for(request.user), pk=pk)
    staff = request.user.can(Perm.INVOICES_VIEW, invoice.branch_id)
    with on_the_clock_of(invoice.branch):
        context = {
            "bill": bill(invoice),
            "invoice": invoice,
            "branch": invoice.branch,
            "send_token": secrets.token_urlsafe(12),
            "sendings": invoice.sendings.select_related("by").order_by("pk") if staff else [],
            "write_offs": invoice.write_offs.filter(reversal=None) if staff else [],
            "happened": happened(invoice) if staff else [],
            "may_give_back": may_give_back(request.user, invoice),
            "staff": staff,
            "may_take": request.user.can(Perm.PAYMENTS_TAKE, invoice.branch_id),
            "may_refund": request.user.can(Perm.PAYMENTS_REFUND, invoice.branch_id),
        }
        return render(request, "finance/invoice.html" if staff else "finance/my_invoice.html", context)


@needs(Perm.OWN_VIEW)
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of a payment, for the 80 mm printer; `?paper=a5` for a sheet."""
    payment = get_object_or_404(payments_for(request.user), pk=pk)
    with on_the_clock_of(payment.branch):
        context: dict[str, Any] = {
            "payment": payment,
            "branch": payment.branch,
            "bill": bill(payment.invoice) if payment.invoice else None,
            "a5": request.GET.get("paper") == "a5",
        }
        return render(request, "finance/receipt.html", context)


@needs(Perm.PAYMENTS_REFUND)
@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay back a payment or a part of it."""
    payment = get_object_or_404(payments_for(request.user, Perm.PAYMENTS_REFUND), pk=pk)
    form = RefundForm(request.POST or None, initial={"amount": payment.left})
    if not payment.invoice:
        del form.fields["credit"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = actions.refund(
                payment=payment,
                amount=data["amount"],
                reason=data["reason"],
                credit=data.get("credit", "yes") == "yes",
                form_token=data["form_token"],
                by=request.user,
            )
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("%(amount)s was paid back.") % {"amount": format_money(row.amount)})
    context = {"form": form, "payment": payment}
    return show(request, "finance/refund.html", context, status=422 if form.errors else 200)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def deposit(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Take money into a patient's credit."""
    patient = surviving(request, patient_id)
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    form = DepositForm(request.POST or None, initial={"method": request.session.get("pay_method", "cash")})
    if request.method == "POST" and form.is_valid():
        try:
            payment = actions.top_up(patient=patient, branch=branch, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            answer = show(request, "finance/deposited.html", {"payment": payment, "credit": credit_of(patient)})
            return html.trigger(answer, live_refresh={})
    context = {
        "form": form,
        "patient": patient,
        "credit": credit_of(patient),
        "needs_desk": needs_desk(branch, request.user),
        "methods": [{"value": method.value, "label": method.label} for method in at_the_desk()],
    }
    return show(request, "finance/deposit.html", context, status=422 if form.errors else 200)


@needs(Perm.INVOICES_ISSUE)
@require_http_methods(["POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a bill on which nothing is paid."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.INVOICES_ISSUE), pk=pk)
    reason = request.POST.get("reason", "").strip()[:200]
    if invoice.visit_id and invoice.visit and invoice.visit.status == "finished":
        raise Http404  # a finished visit is billed; reopen the visit instead
    try:
        actions.cancel_invoice(invoice=invoice, reason=reason or _("Cancelled at the desk."), by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    return html.redirect_to(f"/finance/invoices/{invoice.pk}/")
