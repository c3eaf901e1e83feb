"""The checkout in one panel: what is owed, how it is paid, what comes next."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError, Invalid
from clinic.shared.money import format_money, format_number
from finance import actions
from finance.forms import PayForm, at_the_desk
from finance.models import Bearer, Invoice, InvoiceLine, Payment, PaymentMethod
from finance.queries.ahead import any_cards
from finance.queries.channels import points_of
from finance.queries.checkout import Bill, bill, checkout_of
from finance.queries.covers import valid_coverages
from finance.queries.days import today
from finance.queries.discounts import limit_of
from finance.queries.documents import invoices_for
from finance.queries.drawers import needs_desk
from finance.statuses import InvoiceStatus
from finance.views.discount_forms import AskForm
from scheduling.models import Visit
from scheduling.views.frame import refused, show

LAST_METHOD = "pay_method"
BILL = ("patient", "branch", "visit")
SHOWN = ("patient", "branch", "service", "practitioner", "appointment")


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Pay a visit. The first payment bills a visit that is at checkout; finishing it later bills nothing more."""
    visit = get_object_or_404(Visit.objects.select_related(*SHOWN), pk=visit_id)
    if not request.user.can(Perm.PAYMENTS_TAKE, visit.branch_id):
        raise Http404
    found = checkout_of(visit)
    if found is None:
        return show(request, "finance/not_yet.html", {"visit": visit})
    return _panel(request, found)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def pay_invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay a bill that may have no visit."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.PAYMENTS_TAKE), pk=pk)
    return _panel(request, bill(invoice))


def _panel(request: HttpRequest, found: Bill) -> HttpResponse:
    if request.method == "GET":
        return show_panel(request, found)
    if request.POST.get("do") == "discount":
        return _discount(request, found)
    if request.POST.get("do") == "package" and found.visit:
        return _choose_package(request, found.visit)
    return _pay(request, found)


def _pay(request: HttpRequest, found: Bill) -> HttpResponse:
    form = PayForm(request.POST, points=points_of(found.branch))
    if not form.is_valid():
        return show_panel(request, found, pay=form)
    if more := _unasked_more(request, found, form.cleaned_data):
        text = _("This is %(more)s more than is owed. Press again if it is meant; the rest becomes a credit.")
        sure = str(form.cleaned_data["amount"])
        form.add_error("amount", text % {"more": format_money(more)})
        return show_panel(request, found, pay=form, sure=sure)
    try:
        values = _with_card(request, form.cleaned_data)
        if found.invoice:
            payment = actions.pay(invoice=found.invoice, **values, by=request.user)
        else:
            payment = actions.pay_visit(visit=found.visit, **values, by=request.user)
    except ActionError as error:
        error.put(form)
        return show_panel(request, found, pay=form)
    request.session[LAST_METHOD] = payment.method
    after = bill(Invoice.objects.select_related("patient", "branch", "visit").get(pk=payment.invoice_id))
    response = show(request, "finance/paid.html", {"payment": payment, "bill": after, "rest": _rest(payment)})
    return html.trigger(response, live_refresh={})


def _unasked_more(request: HttpRequest, found: Bill, data: dict[str, Any]) -> Decimal:
    """What is beyond the bill, unless this very amount was shown with a question before, or this form is a repeat."""
    amount, token = data["amount"], data["form_token"]
    if amount is None or request.POST.get("sure") == str(amount):
        return Decimal(0)
    if token and Payment.objects.filter(form_token=token).exists():
        return Decimal(0)
    return max(amount - max(found.due, Decimal(0)), Decimal(0))


def _with_card(request: HttpRequest, data: dict[str, Any]) -> dict[str, Any]:
    """The values of a payment, with the gift card in place of its code."""
    values = {name: value for name, value in data.items() if name != "code"}
    if data["method"] != PaymentMethod.GIFT:
        return values
    card = actions.find_gift_card(code=data["code"], who=f"user:{request.user.pk}", by=request.user)
    if card is None:
        raise Invalid(_("There is no gift card with this code."), field="code")
    return {**values, "gift_card": card, "reference": str(card)}


def _discount(request: HttpRequest, found: Bill) -> HttpResponse:
    """Ask for a discount: within her limit it is given at once, above it it waits for the manager."""
    form = AskForm(request.POST, lines=own_lines(found.invoice))
    if not form.is_valid():
        return show_panel(request, found, discount=form)
    data = form.cleaned_data
    line = next((each for each in own_lines(found.invoice) if str(each.pk) == data.get("line")), None)
    wish = actions.Wish(data["reason"], data["amount"], data["percent"], line, data["bearer"] or Bearer.CLINIC)
    try:
        visit = None if found.invoice else found.visit
        actions.ask_discount(
            wish=wish, invoice=found.invoice, visit=visit, form_token=data["form_token"], by=request.user
        )
    except ActionError as error:
        error.put(form)
        return show_panel(request, found, discount=form)
    after = bill(Invoice.objects.select_related(*BILL).get(pk=found.invoice.pk)) if found.invoice else None
    after = after or (checkout_of(found.visit) if found.visit else None) or found
    return html.trigger(show_panel(request, after), live_refresh={})


def _choose_package(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Whether a package pays this visit."""
    try:
        actions.choose_package(visit=visit, uses=request.POST.get("uses") == "yes", by=request.user)
    except ActionError as error:
        return refused(error)
    found = checkout_of(visit)
    if found is None:
        return show(request, "finance/not_yet.html", {"visit": visit})
    return html.trigger(show_panel(request, found), live_refresh={})


def _rest(payment: Payment) -> Payment | None:
    """What of it went to the patient's credit."""
    if not payment.form_token:
        return None
    return Payment.objects.filter(form_token=f"{payment.form_token}:rest").first()


def show_panel(
    request: HttpRequest,
    found: Bill,
    pay: PayForm | None = None,
    discount: AskForm | None = None,
    *,
    here: str = "",
    sure: str = "",
) -> HttpResponse:
    """The panel of a bill; its forms are sent to `here`, or to the address that was asked. `sure` is the amount beyond
    what is owed that the next press confirms.
    """
    last = request.session.get(LAST_METHOD, PaymentMethod.CASH)
    methods = _methods(found)
    if last not in {option["value"] for option in methods}:
        last = PaymentMethod.CASH
    start = {"amount": found.due - found.waiting, "points": found.points.points or None, "method": last}
    context: dict[str, Any] = {
        "bill": found,
        "may_insure": found.insured or bool(valid_coverages(found.patient, today(found.branch))),
        "here": here or request.path,
        "sure": sure,
        "methods": methods,
        "pay": pay or PayForm(initial=start, points=points_of(found.branch)),
        "discount": discount or AskForm(lines=own_lines(found.invoice)),
        "waits": found.waits,
        "at_once": limit_of(request.user, found.branch),
        "needs_desk": needs_desk(found.branch, request.user),
        "may_discount": not found.waits and not (found.session and found.session.on),
        "open": found.due > 0 and (found.invoice is None or found.invoice.status == InvoiceStatus.ISSUED),
    }
    failed = bool(pay and pay.errors) or bool(discount and discount.errors)
    return show(request, "finance/checkout.html", context, status=422 if failed else 200)


def _methods(found: Bill) -> list[dict[str, Any]]:
    """The ways to pay that are open to this patient, with what she has of each."""
    options: list[dict[str, Any]] = [{"value": method.value, "label": method.label} for method in at_the_desk()]
    if found.credit > 0:
        hint = _("%(credit)s there") % {"credit": format_money(found.credit)}
        options.append({"value": PaymentMethod.WALLET.value, "label": PaymentMethod.WALLET.label, "hint": hint})
    if found.points.points:
        hint = _("%(points)s points, worth %(worth)s on this bill") % {
            "points": format_number(found.points.points),
            "worth": format_money(found.points.worth),
        }
        options.append({"value": PaymentMethod.POINTS.value, "label": PaymentMethod.POINTS.label, "hint": hint})
    if any_cards():
        options.append({"value": PaymentMethod.GIFT.value, "label": PaymentMethod.GIFT.label})
    return options


def own_lines(invoice: Invoice | None) -> list[InvoiceLine]:
    """The lines that a discount may be taken off, of a bill that is issued."""
    return list(invoice.lines.order_by("pk")) if invoice else []


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def in_words(request: HttpRequest) -> HttpResponse:
    """The amount in words and the change, while it is typed."""
    form = PayForm({**request.GET.dict(), "method": PaymentMethod.CASH})
    form.full_clean()
    amount, tendered = form.cleaned_data.get("amount"), form.cleaned_data.get("tendered")
    change = tendered - amount if amount and tendered and tendered >= amount else None
    return render(request, "finance/_words.html", {"amount": amount, "change": change})
