"""An appointment's deposit at the desk: its state in the panel, taking it, asking the bank."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.links import absolute
from clinic.shared.money import format_money
from finance import actions
from finance.forms import TakeDepositForm, at_the_desk
from finance.models import OnlinePayment, PaymentMethod
from finance.queries.deposits import DepositState, deposit_state, fee_bill_of
from finance.queries.documents import staff_scope
from finance.queries.drawers import needs_desk
from finance.queries.follow_ups import said_of_booking
from finance.queries.online import merchant
from finance.statuses import OnlineStatus
from scheduling.models import Appointment
from scheduling.views.frame import on_the_clock_of, show


@needs(Perm.INVOICES_VIEW)
@require_safe
def for_appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """What the appointment's panel shows of its money."""
    appointment = _appointment(request.user, appointment_id, Perm.INVOICES_VIEW)
    with on_the_clock_of(appointment.branch):
        context = {
            "appointment": appointment,
            "state": deposit_state(appointment),
            "fee_bill": fee_bill_of(appointment),
            "why": said_of_booking(appointment),
            "may_take": request.user.can(Perm.PAYMENTS_TAKE, appointment.branch_id),
            "may_refund": request.user.can(Perm.PAYMENTS_REFUND, appointment.branch_id),
            "link": absolute(f"/a/{appointment.link_token}/") if merchant() else "",
        }
        return render(request, "finance/_for_appointment.html", context)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def take_deposit(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Take an appointment's deposit: money, or the patient's credit."""
    appointment = _appointment(request.user, appointment_id, Perm.PAYMENTS_TAKE)
    state = deposit_state(appointment)
    if state is None:
        raise Http404
    form = TakeDepositForm(request.POST or None, initial={"method": request.session.get("pay_method", "cash")})
    if request.method == "POST" and form.is_valid():
        try:
            payment = actions.take_deposit(appointment=appointment, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            request.session["pay_method"] = payment.method
            text = _("The deposit of %(amount)s was taken.") % {"amount": format_money(payment.amount)}
            return html.close_drawer(text)
    context = {"form": form, "state": state, "appointment": appointment, "methods": _methods(state)}
    context["needs_desk"] = needs_desk(appointment.branch, request.user)
    return show(request, "finance/take_deposit.html", context, status=422 if form.errors else 200)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def ask_bank(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the gateway now what became of a payment that a patient speaks of."""
    scope = OnlinePayment.objects.filter(staff_scope(request.user, Perm.PAYMENTS_TAKE))
    online = actions.check_online(get_object_or_404(scope.select_related("patient"), pk=pk), came_back=True)
    words = {
        OnlineStatus.PAID: _("The bank says: paid."),
        OnlineStatus.SENT: _("The bank says: not paid yet. It will be asked again by itself."),
    }
    text = words.get(OnlineStatus(online.status), _("The bank says: not paid."))
    return html.toast(html.trigger(HttpResponse(status=204), live_refresh={}, drawer_reload={}), text)


def _methods(state: DepositState) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = [{"value": method.value, "label": method.label} for method in at_the_desk()]
    if state.credit >= state.amount:
        hint = _("%(credit)s there") % {"credit": format_money(state.credit)}
        options.append({"value": PaymentMethod.WALLET.value, "label": PaymentMethod.WALLET.label, "hint": hint})
    return options


def _appointment(user: User, pk: int, permission: Perm) -> Appointment:
    rows = Appointment.objects.filter(staff_scope(user, permission)).exclude(patient=None)
    return get_object_or_404(rows.select_related("patient", "branch", "service", "practitioner"), pk=pk)
