"""The limits of discounts, set by the clinic."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.queries.discounts import limits
from finance.views.discount_forms import LimitsForm
from scheduling.queries.setup import sets_up_all


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def discount_limits(request: HttpRequest) -> HttpResponse:
    """How many percent each role takes off without asking."""
    if not sets_up_all(request.user):
        raise Http404
    form = LimitsForm(request.POST or None, limits=limits())
    if request.method == "POST" and form.is_valid():
        actions.save_discount_limits(limits=form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)
    return render(request, "finance/discount_limits.html", {"form": form}, status=422 if form.errors else 200)
