"""When patients are reminded of their debts by themselves."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.models import DebtRules
from finance.views.debt_forms import DebtRulesForm
from scheduling.forms.setup import present
from scheduling.queries.setup import sets_up_all
from scheduling.views.setup.saving import one, saved, tried


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def debt_rules(request: HttpRequest) -> HttpResponse:
    """The rule of the whole clinic."""
    if not sets_up_all(request.user):
        raise Http404
    start = present(DebtRules.objects.first() or DebtRules(), DebtRulesForm)
    form = DebtRulesForm(request.POST) if request.method == "POST" else DebtRulesForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_debt_rules(by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, request.path)
    return one(request, form, title=_("Reminders of debts"), back="/finance/debtors/", back_label=_("Debtors"))
