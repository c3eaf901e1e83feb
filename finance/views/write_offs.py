"""Giving a debt up and taking that back; sending a bill."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money
from finance import actions
from finance.models import WriteOff
from finance.queries.documents import invoices_for, staff_scope
from finance.views.debt_forms import WriteOffForm
from finance.views.panel import panel


@needs(Perm.DEBTS_WRITE_OFF)
@require_http_methods(["GET", "POST"])
def write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up what is owed on a bill, or a part of it."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.DEBTS_WRITE_OFF), pk=pk)
    form = WriteOffForm(request.POST or None, initial={"amount": invoice.due})

    def work(data: dict[str, Any]) -> str:
        row = actions.write_off(invoice=invoice, by=request.user, **data)
        return _("%(amount)s was written off.") % {"amount": format_money(row.amount)}

    return panel(request, "finance/debts/write_off.html", form, work, invoice=invoice)


@needs(Perm.DEBTS_WRITE_OFF)
@require_POST
def write_off_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The debt is owed again: she pays after all."""
    rows = WriteOff.objects.filter(staff_scope(request.user, Perm.DEBTS_WRITE_OFF, "invoice__branch"))
    row = get_object_or_404(rows.select_related("invoice"), pk=pk)
    try:
        actions.take_back_write_off(write_off=row, reason=_("She pays after all."), by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    address = f"/finance/invoices/{row.invoice_id}/"
    return html.redirect_to(address) if html.is_htmx(request) else HttpResponseRedirect(address)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def send_bill(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the bill to the patient by SMS."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.PAYMENTS_TAKE), pk=pk)
    try:
        actions.send_bill(invoice=invoice, form_token=request.POST.get("form_token", "")[:60], by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    if html.is_htmx(request):
        return html.close_drawer(_("The bill is on its way by SMS."))
    messages.success(request, _("The bill is on its way by SMS."))
    return HttpResponseRedirect(f"/finance/invoices/{invoice.pk}/")
