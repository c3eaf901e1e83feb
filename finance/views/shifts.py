"""A shift at the desk: opened, cash put in and taken out, its sheet."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.money import format_money
from finance import actions
from finance.models import CashDesk, Shift
from finance.queries.documents import staff_scope
from finance.queries.drawers import cash_rules, left_at, shifts
from finance.queries.sheets import sheet_of
from finance.views.counting_forms import OpenForm
from finance.views.desk_forms import CashMoveForm
from finance.views.panel import panel
from scheduling.views.frame import on_the_clock_of


def sees_sum(request: HttpRequest, shift: Shift) -> bool:
    """Whether she may see what the drawer should hold: not her own before it is counted, where counts are blind."""
    if shift.status != "open" or not cash_rules(shift.branch).is_blind:
        return True
    return shift.cashier_id != request.user.pk and request.user.can(Perm.CASH_MANAGE, shift.branch_id)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def open_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a shift; what the last one left stands in the field."""
    rows = CashDesk.objects.filter(staff_scope(request.user, Perm.PAYMENTS_TAKE)).select_related("branch")
    desk = get_object_or_404(rows, pk=pk)
    left = left_at(desk)
    form = OpenForm(request.POST or None, initial={"opening": left})

    def work(data: dict[str, Any]) -> str:
        data.pop("form_token")
        actions.open_shift(desk=desk, by=request.user, **data)
        return _("%(desk)s is open.") % {"desk": desk.name}

    return panel(request, "finance/desks/open.html", form, work, desk=desk, left=left)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def move_cash(request: HttpRequest, pk: int) -> HttpResponse:
    """Cash in or out that is no payment."""
    shift = shift_for(request, pk)
    form = CashMoveForm(request.POST or None, initial={"kind": "out"})

    def work(data: dict[str, Any]) -> str:
        row = actions.move_cash(shift=shift, by=request.user, **data)
        return f"{row.get_kind_display()}: {format_money(row.amount)}"

    kinds = [{"value": value, "label": label} for value, label in CashMoveForm.base_fields["kind"].choices]  # type: ignore[attr-defined]  # a choice field
    return panel(request, "finance/desks/move.html", form, work, shift=shift, kinds=kinds)


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def shift_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of a shift: every way to pay, every movement, the count; for the printer too."""
    shift = shift_for(request, pk)
    with on_the_clock_of(shift.branch):
        context = {
            "shift": shift,
            "branch": shift.branch,
            "sheet": sheet_of(shift),
            "sees": sees_sum(request, shift),
            "turns": shift.moves.select_related("by").order_by("pk"),
        }
        return render(request, "finance/desks/shift.html", context)


def shift_for(request: HttpRequest, pk: int) -> Shift:
    return get_object_or_404(shifts().filter(staff_scope(request.user, Perm.PAYMENTS_TAKE)), pk=pk)
