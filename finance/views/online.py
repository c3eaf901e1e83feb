"""Paying online, as patients see it: the deposit of a visit, a bill, the way to the bank and back."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import open_to_all
from clinic.shared.errors import ActionError
from clinic.shared.tenancy import current_clinic
from finance import actions
from finance.models import Invoice, OnlinePayment
from finance.queries.deposits import deposit_state, fee_bill_of
from finance.queries.online import merchant, online_of
from finance.statuses import InvoiceStatus, OnlineStatus
from scheduling.models import Appointment
from scheduling.queries.diary import NEVER_SHOWN, by_link
from scheduling.views.frame import on_the_clock_of

LINK = "whoever has the link has the appointment"
PAID_LINK = "whoever paid has the link; the token is long and random"


@open_to_all(LINK)
@require_http_methods(["GET", "HEAD", "POST"])
def deposit_part(request: HttpRequest, token: str) -> HttpResponse:
    """What a visit's own page shows of its money: the deposit and the bill of a fee; POST goes to the bank."""
    appointment = _appointment(token)
    if request.method == "POST":
        return _go(request, lambda: actions.start_for_deposit(appointment=appointment, by=None), _("Deposit"))
    with on_the_clock_of(appointment.branch):
        context = {
            "state": deposit_state(appointment),
            "appointment": appointment,
            "online": bool(merchant()),
            "fee_bill": fee_bill_of(appointment),
            "now": timezone.now(),
        }
        return _private(render(request, "finance/_deposit.html", context))


@open_to_all("the bill of whoever holds its link; the token is long and random")
@require_POST
def pay_bill(request: HttpRequest, token: str) -> HttpResponse:
    """To the bank with what is owed on a bill."""
    rows = Invoice.objects.exclude(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.CANCELLED])
    invoice = get_object_or_404(rows, public_token=token)
    return _go(request, lambda: actions.start_for_invoice(invoice=invoice, by=None), _("Bill"))


@open_to_all(PAID_LINK)
@require_safe
def came_back(request: HttpRequest, token: str) -> HttpResponse:
    """Where the bank sends the patient. What the address says is not believed; the gateway is asked."""
    online = _online(token)
    named = request.GET.get("Authority", "")
    if named and named != online.authority:
        text = _("This answer does not belong to this payment. Nothing was changed.")
        return _page(request, online, problem=text, status=400)
    actions.check_online(online, came_back=True)
    return HttpResponseRedirect(reverse("finance:online", args=[token]))


@open_to_all(PAID_LINK)
@require_safe
def online_page(request: HttpRequest, token: str) -> HttpResponse:
    """What became of an online payment; while the bank has not answered it is asked again by itself."""
    online = _online(token)
    due = online.look_at is not None and online.look_at <= timezone.now()
    if online.status == OnlineStatus.SENT and due:
        actions.check_online(online)
        online = _online(token)
    return _page(request, online)


def _go(request: HttpRequest, start: Callable[[], OnlinePayment], what: str) -> HttpResponse:
    try:
        online = start()
        back = request.build_absolute_uri(reverse("finance:online_back", args=[online.token]))
        words = f"{current_clinic().name} · {what}"
        address = actions.begin_online(online, callback_url=back, description=words)
    except ActionError as error:
        context = {"problem": error.message, "back": request.path}
        return _private(render(request, "finance/online_problem.html", context, status=error.status))
    response = HttpResponseRedirect(address)
    response["Referrer-Policy"] = "strict-origin"  # gateways look at the host that sends people, not at the link
    return _private(response)


def _page(request: HttpRequest, online: OnlinePayment, *, problem: str = "", status: int = 200) -> HttpResponse:
    thing = online.deposit.appointment if online.deposit else None
    payment = online.payment
    context = {
        "online": online,
        "problem": problem,
        "appointment": thing,
        "waiting": online.status == OnlineStatus.SENT and online.look_at is not None,
        "to_credit": payment is not None and payment.invoice_id is None and payment.deposit_id is None,
        "can_pay": _can_pay(online),
    }
    with on_the_clock_of(online.branch):
        template = "finance/_online.html" if request.headers.get("HX-Request") else "finance/online.html"
        return _private(render(request, template, context, status=status))


def _can_pay(online: OnlinePayment) -> bool:
    """Whether another try makes sense."""
    if online.status == OnlineStatus.PAID or not merchant():
        return False
    if online.invoice:
        return online.invoice.status == InvoiceStatus.ISSUED
    state = deposit_state(online.deposit.appointment)
    return bool(state and state.can_pay)


def _appointment(token: str) -> Appointment:
    found = by_link(token)
    if found is None or found.status in NEVER_SHOWN or found.patient_id is None:
        raise Http404
    return found


def _online(token: str) -> OnlinePayment:
    online = online_of(token)
    if online is None:
        raise Http404
    return online


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
