"""The rules of booking: a service's policy, the clinic's own rules, the words patients agree to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling.actions import rules as actions
from scheduling.forms.policy import PolicyTextForm, RulesForm, ServicePolicyForm
from scheduling.forms.setup import present
from scheduling.models import PolicyText, Service
from scheduling.queries.floor import own_name
from scheduling.queries.policy import booking_rules as present_rules
from scheduling.queries.policy import newest_policy, terms_in_words
from scheduling.queries.setup import sets_up_all
from scheduling.views.setup.saving import saved, tried

RULES = "/set-up/booking-rules/"


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def service_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """The policy of a service, beside it what patients read."""
    row = get_object_or_404(Service.objects.select_related("requires"), pk=pk)
    form = ServicePolicyForm(request.POST if request.method == "POST" else None, service=row)

    def work(data: dict[str, Any]) -> None:
        actions.save_service_policy(service=row, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, request.path)
    if form.errors:  # the terms in force, not those that were refused
        row = Service.objects.select_related("requires").get(pk=pk)
    context = {
        "form": form,
        "service": row,
        "title": _("Booking rules of %(service)s") % {"service": own_name(row)},
        "terms": terms_in_words(row, row.price),
        "whole": sets_up_all(request.user),
    }
    return render(request, "scheduling/setup/policy.html", context, status=422 if form.errors else 200)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def booking_rules(request: HttpRequest) -> HttpResponse:
    """The clinic's own rules of booking, and every version of its words."""
    form = RulesForm(request.POST) if request.method == "POST" else None

    def work(data: dict[str, Any]) -> None:
        actions.save_booking_rules(by=request.user, **data)

    if form is not None and tried(form, work):
        return saved(request, RULES)
    return _page(request, form=form)


@needs(Perm.SETUP_MANAGE)
@require_POST
def policy_text(request: HttpRequest) -> HttpResponse:
    """Put new words in force."""
    form = PolicyTextForm(request.POST)

    def work(data: dict[str, Any]) -> None:
        actions.save_policy_text(by=request.user, **data)

    if tried(form, work):
        return saved(request, RULES, _("Saved. Who books from now on agrees to these words."))
    return _page(request, text_form=form)


def _page(
    request: HttpRequest, *, form: RulesForm | None = None, text_form: PolicyTextForm | None = None
) -> HttpResponse:
    newest = newest_policy()
    wrong = form is not None or text_form is not None
    context = {
        "form": form or RulesForm(initial=present(present_rules(), RulesForm)),
        "text_form": text_form or PolicyTextForm(initial=present(newest, PolicyTextForm) if newest else None),
        "versions": PolicyText.objects.select_related("created_by").order_by("-version"),
        "services": Service.objects.filter(is_active=True),
        "whole": sets_up_all(request.user),
    }
    return render(request, "scheduling/setup/booking_rules.html", context, status=422 if wrong else 200)
