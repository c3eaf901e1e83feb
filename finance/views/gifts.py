"""Gift cards at the desk: sold with their code shown once, looked at, taken back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import GiftCard
from finance.queries.documents import staff_scope
from finance.views.gift_forms import NewCodeForm, SellGiftForm, WhyForm
from scheduling.views.frame import branch_of, on_the_clock_of, show

PARTS = ("buyer", "branch", "invoice")


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def sell_gift(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Sell a gift card; its code is shown on the page that follows, and never again."""
    patient = surviving(request, patient_id)
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    form = SellGiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            card, code = actions.sell_gift_card(buyer=patient, branch=branch, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return _code_page(request, card, code, form.cleaned_data["phone"])
    context = {"form": form, "patient": patient}
    return render(request, "finance/sell_gift.html", context, status=422 if form.errors else 200)


@needs(Perm.INVOICES_VIEW)
@require_safe
def gift_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """One card: what is left and what happened; never its code."""
    card = _card(request, pk, Perm.INVOICES_VIEW)
    with on_the_clock_of(card.branch):
        live = card.balance > 0
        context = {
            "card": card,
            "moves": card.moves.select_related("payment__invoice", "by").order_by("-pk"),
            "may_refund": live and request.user.can(Perm.PAYMENTS_REFUND, card.branch_id),
            "may_renew": live and request.user.can(Perm.INVOICES_ISSUE, card.branch_id),
            "may_take": request.user.can(Perm.PAYMENTS_TAKE, card.branch_id),
        }
        return show(request, "finance/gift.html", context)


@needs(Perm.PAYMENTS_REFUND)
@require_http_methods(["GET", "POST"])
def refund_gift(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what is left of a card."""
    card = _card(request, pk, Perm.PAYMENTS_REFUND)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.refund_gift_card(card=card, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("The gift card was taken back."))
    return show(request, "finance/gift_refund.html", {"form": form, "card": card}, status=422 if form.errors else 200)


@needs(Perm.INVOICES_ISSUE)
@require_http_methods(["GET", "POST"])
def renew_gift(request: HttpRequest, pk: int) -> HttpResponse:
    """A new code for a card whose code was lost."""
    card = _card(request, pk, Perm.INVOICES_ISSUE)
    form = NewCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            card, code = actions.renew_gift_code(card=card, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return _code_page(request, card, code, form.cleaned_data["phone"])
    return render(
        request, "finance/gift_code_new.html", {"form": form, "card": card}, status=422 if form.errors else 200
    )


def _code_page(request: HttpRequest, card: GiftCard, code: str, phone: str) -> HttpResponse:
    """The page that shows a code this once, ready to be printed."""
    answer = render(request, "finance/gift_code.html", {"card": card, "code": code, "phone": phone})
    answer["Cache-Control"] = "no-store"
    return answer


def _card(request: HttpRequest, pk: int, permission: Perm) -> GiftCard:
    rows = GiftCard.objects.filter(staff_scope(request.user, permission))
    return get_object_or_404(rows.select_related(*PARTS), pk=pk)
