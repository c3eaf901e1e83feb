"""Card terminals and bank accounts: set up, and what the bank paid out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.money import format_money
from finance import actions
from finance.models import PayPoint, Settlement
from finance.queries.channels import on_terminals, terminals_of
from finance.queries.documents import staff_scope
from finance.views.panel import panel
from finance.views.promise_forms import PayPointForm, SettleTerminalForm
from scheduling.forms.setup import present
from scheduling.views.frame import branch_of, frame, on_the_clock_of
from scheduling.views.setup.saving import one, saved, tried

BACK = "/set-up/cash/"


@needs(Perm.CASH_MANAGE)
@require_safe
def terminals(request: HttpRequest) -> HttpResponse:
    """What each terminal took and the bank has not paid out yet; the last settlements."""
    branch = branch_of(request, Perm.CASH_MANAGE)
    paid_out = Settlement.objects.filter(point__branch=branch).select_related("point", "by").order_by("-pk")
    with on_the_clock_of(branch):
        context = {
            "terminals": terminals_of(branch),
            "waiting": on_terminals(branch),
            "settlements": paid_out[:50],
            **frame(request, branch, Perm.CASH_MANAGE),
        }
        return render(request, "finance/channels/terminals.html", context)


@needs(Perm.CASH_MANAGE)
@require_http_methods(["GET", "POST"])
def settle_terminal(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what the bank paid out of a terminal."""
    rows = PayPoint.objects.filter(staff_scope(request.user, Perm.CASH_MANAGE)).select_related("branch")
    point = get_object_or_404(rows, pk=pk)
    state = next((each for each in terminals_of(point.branch) if each.point == point), None)
    start = {"gross": state.waiting if state else None}
    form = SettleTerminalForm(request.POST or None, initial=start)

    def work(data: dict[str, Any]) -> str:
        row = actions.settle_terminal(point=point, by=request.user, **data)
        return _("%(amount)s arrived at the bank.") % {"amount": format_money(row.net)}

    return panel(request, "finance/channels/settle.html", form, work, point=point, state=state)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def pay_point(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a terminal or an account."""
    rows = PayPoint.objects.filter(staff_scope(request.user, Perm.SETUP_MANAGE)).select_related("branch")
    row = get_object_or_404(rows, pk=pk) if pk else None
    branch = row.branch if row else branch_of(request, Perm.SETUP_MANAGE)
    start = present(row, PayPointForm) if row else {}
    form = PayPointForm(request.POST) if request.method == "POST" else PayPointForm(initial=start)
    if row:
        del form.fields["kind"]

    def work(data: dict[str, Any]) -> None:
        actions.save_point(point=row, branch=branch, by=request.user, **{"kind": "", **data})

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    title = str(row) if row else _("New terminal or account")
    return one(request, form, title=title, back=BACK, back_label=_("Cash desks"))
