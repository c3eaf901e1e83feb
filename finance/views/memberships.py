"""Memberships at the desk: begun, looked at, frozen, not renewed, cancelled."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import Membership
from finance.queries.checkout import bill
from finance.queries.documents import staff_scope
from finance.queries.memberships import RUNNING, plans_on_sale, standing
from finance.statuses import MembershipStatus
from finance.views.checkout import show_panel
from finance.views.membership_forms import BeginForm, EndForm
from scheduling.views.frame import branch_of, on_the_clock_of, refused, show


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def sell_membership(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Begin a membership; the panel goes on with paying its first period."""
    patient = surviving(request, patient_id)
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.begin_membership(patient=patient, branch=branch, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            invoice = row.periods.select_related("invoice__patient", "invoice__branch").earliest("pk").invoice
            answer = show_panel(request, bill(invoice), here=f"/finance/invoices/{invoice.pk}/pay/")
            return html.toast(html.trigger(answer, live_refresh={}), _("Sold: %(name)s.") % {"name": row.name})
    context = {"form": form, "patient": patient, "plans": plans_on_sale()}
    return show(request, "finance/sell_membership.html", context, status=422 if form.errors else 200)


@needs(Perm.INVOICES_VIEW)
@require_safe
def membership_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """One membership: what it gives now, its periods and bills, what can be done."""
    row = _membership(request, pk, Perm.INVOICES_VIEW)
    with on_the_clock_of(row.branch):
        runs = row.status in RUNNING
        may_take = request.user.can(Perm.PAYMENTS_TAKE, row.branch_id)
        periods = row.periods.select_related("invoice").prefetch_related("rights__service").order_by("-starts_on")
        moves = row.status_moves.select_related("by").order_by("-pk")
        context = {
            "membership": row,
            "standing": standing(row),
            "periods": periods,
            "moves": [(MembershipStatus(move.to_status).label, move) for move in moves],
            "runs": runs,
            "may_take": may_take,
            "may_freeze": runs and row.freeze_days and may_take,
            "may_renew": runs and may_take,
            "may_end": runs and request.user.can(Perm.PAYMENTS_REFUND, row.branch_id),
        }
        return show(request, "finance/membership.html", context)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def change_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze it or let it go on; renew it or not."""
    row, do = _membership(request, pk, Perm.PAYMENTS_TAKE), request.POST.get("do")
    try:
        if do == "freeze":
            actions.freeze_membership(membership=row, by=request.user)
        elif do == "unfreeze":
            actions.unfreeze_membership(membership=row, by=request.user)
        else:
            actions.set_renewal(membership=row, renews=do == "renew", by=request.user)
    except ActionError as error:
        return refused(error)
    said = {
        "freeze": _("The membership is frozen."),
        "unfreeze": _("The membership goes on."),
        "renew": _("It is renewed at its end."),
    }
    text = said.get(do or "", _("It ends with its period."))
    return html.toast(html.trigger(HttpResponse(status=204), live_refresh={}, drawer_reload={}), text)


@needs(Perm.PAYMENTS_REFUND)
@require_http_methods(["GET", "POST"])
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel it today and pay back the days that have not passed."""
    row = _membership(request, pk, Perm.PAYMENTS_REFUND)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_membership(membership=row, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("The membership was cancelled."))
    context = {"form": form, "membership": row, "standing": standing(row)}
    return show(request, "finance/membership_end.html", context, status=422 if form.errors else 200)


def _membership(request: HttpRequest, pk: int, permission: Perm) -> Membership:
    rows = Membership.objects.filter(staff_scope(request.user, permission))
    return get_object_or_404(rows.select_related("patient", "branch", "plan"), pk=pk)
