"""Discounts: what waits for whom, the decision, the limits of roles."""

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError, Forbidden
from finance import actions
from finance.models import Discount
from finance.queries.checkout import bill, checkout_of
from finance.queries.discounts import discounts_for, limit_of
from finance.queries.documents import staff_scope
from finance.statuses import DiscountStatus
from finance.views.discount_forms import DecideForm
from scheduling.views.frame import refused

PAGE = 40


@needs(Perm.DISCOUNTS_GIVE)
@require_safe
def discounts(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, above it; what was decided, below."""
    rows = discounts_for(request.user)
    waiting = [(row, _share(request, row)) for row in rows.filter(status=DiscountStatus.ASKED).order_by("pk")]
    page = Paginator(rows.exclude(status=DiscountStatus.ASKED), PAGE).get_page(request.GET.get("page"))
    return render(request, "finance/discounts.html", {"waiting": waiting, "page": page})


def _share(request: HttpRequest, row: Discount) -> bool:
    """Whether she may approve it herself."""
    whole = row.invoice.total - row.invoice.credited if row.invoice else _price(row)
    return row.amount * 100 <= whole * limit_of(request.user, row.branch)


def _price(row: Discount) -> Decimal:
    found = checkout_of(row.visit) if row.visit else None
    return found.subtotal if found else row.amount


@needs(Perm.DISCOUNTS_GIVE)
@require_POST
def decide_discount(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or deny in one click."""
    row = get_object_or_404(discounts_for(request.user), pk=pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Approve it or deny it."), status=422, content_type="text/plain; charset=utf-8")
    approve = form.cleaned_data["approve"] == "yes"
    try:
        actions.decide_discount(
            discount=row, approve=approve, reason=form.cleaned_data["reason"], by=request.user
        )  # fmt: skip
    except ActionError as error:
        return refused(error)
    messages.success(request, _("The discount is given.") if approve else _("The discount is denied."))
    return html.redirect_to("/finance/discounts/")


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def withdraw_discount(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a discount back that waits, from the checkout; the panel is shown anew."""
    from finance.views.checkout import show_panel  # it shows these forms itself

    row = get_object_or_404(Discount.objects.filter(staff_scope(request.user, Perm.PAYMENTS_TAKE)), pk=pk)
    if row.asked_by_id != request.user.pk and not request.user.can(Perm.DISCOUNTS_GIVE, row.branch_id):
        return refused(Forbidden(_("A colleague has asked for it; she or the manager can take it back.")))
    try:
        actions.withdraw_discount(discount=row, by=request.user)
    except ActionError as error:
        return refused(error)
    found = bill(row.invoice) if row.invoice else checkout_of(row.visit) if row.visit else None
    if found is None:
        raise Http404
    here = f"/finance/invoices/{row.invoice_id}/pay/" if row.invoice_id else f"/finance/checkout/{row.visit_id}/"
    return html.trigger(show_panel(request, found, here=here), live_refresh={})
