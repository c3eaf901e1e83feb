"""The rules of gift cards; and the balance for whoever holds a code."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import GiftRules
from finance.views.gift_forms import CodeForm, GiftRulesForm
from scheduling.queries.setup import sets_up_all


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def gift_rules(request: HttpRequest) -> HttpResponse:
    """Whether gift cards are sold and how long they are valid."""
    if not sets_up_all(request.user):
        raise Http404
    now = GiftRules.objects.first() or GiftRules()
    form = GiftRulesForm(request.POST or None, initial={"is_on": now.is_on, "valid_months": now.valid_months})
    if request.method == "POST" and form.is_valid():
        actions.save_gift_rules(**form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)
    return render(request, "finance/gift_rules.html", {"form": form}, status=422 if form.errors else 200)


@open_to_all("whoever holds a code may ask what is left on it; tries are counted by address")
@require_http_methods(["GET", "POST"])
def gift_balance(request: HttpRequest) -> HttpResponse:
    """What is left on a gift card, by its code."""
    form, card = CodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            who = f"ip:{request.META.get('REMOTE_ADDR', '')}"
            card = actions.find_gift_card(code=form.cleaned_data["code"], who=who, by=None)
            if card is None:
                form.add_error("code", _("There is no gift card with this code."))
        except ActionError as error:
            error.put(form)
    answer = render(
        request, "finance/gift_balance.html", {"form": form, "card": card}, status=422 if form.errors else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer
