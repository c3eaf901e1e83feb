"""Set-up of a branch's cash: its desks, and whether cash is taken in shifts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.models import CashDesk, PayPoint
from finance.queries.documents import staff_scope
from finance.queries.drawers import cash_rules
from finance.views.desk_forms import CashRulesForm, DeskForm
from scheduling.forms.setup import present
from scheduling.views.frame import branch_of, frame
from scheduling.views.setup.saving import one, saved, tried

BACK = "/set-up/cash/"


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def cash_setup(request: HttpRequest) -> HttpResponse:
    """How a branch keeps its cash; its desks below."""
    branch = branch_of(request, Perm.SETUP_MANAGE)
    start = present(cash_rules(branch), CashRulesForm)
    form = CashRulesForm(request.POST) if request.method == "POST" else CashRulesForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_cash_rules(branch=branch, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    more = {
        "below": "finance/desks/_setup.html",
        "desks": CashDesk.objects.filter(branch=branch),
        "points": PayPoint.objects.filter(branch=branch),
        **frame(request, branch, Perm.SETUP_MANAGE),
    }
    return one(request, form, title=_("Cash desks"), back="/set-up/", back_label=_("Set-up"), **more)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def desk_setup(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a cash desk."""
    rows = CashDesk.objects.filter(staff_scope(request.user, Perm.SETUP_MANAGE)).select_related("branch")
    row = get_object_or_404(rows, pk=pk) if pk else None
    branch = row.branch if row else branch_of(request, Perm.SETUP_MANAGE)
    start = present(row, DeskForm) if row else {}
    form = DeskForm(request.POST) if request.method == "POST" else DeskForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_desk(desk=row, branch=branch, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    return one(request, form, title=row.name if row else _("New cash desk"), back=BACK, back_label=_("Cash desks"))
