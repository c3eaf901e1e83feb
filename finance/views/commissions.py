"""Set-up of doctors' shares: the rules, a new one, the end of one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.models import CommissionRule
from finance.queries.days import clinic_today
from finance.queries.wallet_access import rules_now
from finance.views.panel import panel
from finance.views.tabs import done
from finance.views.wallet_forms import EndRuleForm, ShareRuleForm
from scheduling.views.setup.saving import saved, tried

BACK = "/set-up/commissions/"


@needs(Perm.COMMISSIONS_SET)
@require_safe
def share_rules(request: HttpRequest) -> HttpResponse:
    """Every rule that holds or will; those that have ended below."""
    live, over = rules_now()
    context = {"live": live, "over": over, "today": clinic_today()}
    return render(request, "finance/wallets/rules.html", context)


@needs(Perm.COMMISSIONS_SET)
@require_http_methods(["GET", "POST"])
def share_rule_new(request: HttpRequest) -> HttpResponse:
    """Make rules for some doctors and services."""
    form = ShareRuleForm(request.POST or None, initial={"valid_from": clinic_today(), "hold_days": 0})

    def work(data: dict[str, Any]) -> None:
        services = [*data.pop("services"), *data.pop("categories", [])]
        actions.add_commission_rules(services=services, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK, _("The rule holds for bills from that day on."))
    return render(request, "finance/wallets/rule_new.html", {"form": form}, status=422 if form.errors else 200)


@needs(Perm.COMMISSIONS_SET)
@require_http_methods(["GET", "POST"])
def share_rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule end with a day."""
    rule = get_object_or_404(
        CommissionRule.objects.select_related("practitioner", "service", "category", "branch"), pk=pk
    )
    form = EndRuleForm(request.POST or None, initial={"last_day": max(clinic_today(), rule.valid_from)})

    def work(data: dict[str, Any]) -> HttpResponse:
        actions.end_commission_rule(rule=rule, last_day=data["last_day"], by=request.user)
        return done(request, _("The rule ends with that day; bills issued by then keep it."), BACK)

    return panel(request, "finance/wallets/rule_end.html", form, work, rule=rule)
