"""Cash desks at work: open, put in and take out, count, hand over, close."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money
from finance import actions
from finance.models import CashDesk, Shift
from finance.queries.days import today
from finance.queries.documents import staff_scope
from finance.queries.drawers import cash_rules, desks_of, left_at, may_take_over, sheet_of, shifts
from finance.views.desk_forms import CashMoveForm, CountForm, HandOverForm, OpenForm, SettleForm
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused, show


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def cash_page(request: HttpRequest) -> HttpResponse:
    """The desks of a branch, whose drawers are open, and today's shifts."""
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    with on_the_clock_of(branch):
        context = {**frame(request, branch, Perm.PAYMENTS_TAKE), **_desks(request, branch)}
        return render(request, "finance/desks/cash.html", context)


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def cash_part(request: HttpRequest) -> HttpResponse:
    """The same desks, fetched again on every notice."""
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    with on_the_clock_of(branch):
        return render(request, "finance/desks/_desks.html", {"branch": branch, **_desks(request, branch)})


def _desks(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    rules = cash_rules(branch)
    manages = request.user.can(Perm.CASH_MANAGE, branch.pk)
    desks = desks_of(branch)
    ended = shifts().filter(branch=branch, business_date=today(branch), closed_at__isnull=False).order_by("-closed_at")
    return {
        "rules": rules,
        "desks": [
            {
                "row": state,
                "mine": bool(state.shift and state.shift.cashier_id == request.user.pk),
                "to_me": bool(state.shift and state.shift.offered_to_id == request.user.pk),
                "sees": bool(state.shift and _sees(request, state.shift)),
                "acts": bool(state.shift and (manages or state.shift.cashier_id == request.user.pk)),
            }
            for state in desks
        ],
        "busy": any(state.shift and state.shift.cashier_id == request.user.pk for state in desks),
        "ended": ended,
        "manages": manages,
        "may_set_up": request.user.can(Perm.SETUP_MANAGE, branch.pk),
    }


def _sees(request: HttpRequest, shift: Shift) -> bool:
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

    return _panel(request, "open", form, work, desk=desk, left=left)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def move_cash(request: HttpRequest, pk: int) -> HttpResponse:
    """Cash in or out that is no payment."""
    shift = _shift(request, pk)
    form = CashMoveForm(request.POST or None, initial={"kind": "out"})

    def work(data: dict[str, Any]) -> str:
        row = actions.move_cash(shift=shift, by=request.user, **data)
        return f"{row.get_kind_display()}: {format_money(row.amount)}"

    kinds = [{"value": value, "label": label} for value, label in CashMoveForm.base_fields["kind"].choices]  # type: ignore[attr-defined]  # a choice field
    return _panel(request, "move", form, work, shift=shift, kinds=kinds)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def count_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the drawer and close the shift; a difference is shown and waits for a word."""
    shift = _shift(request, pk)
    form = CountForm(request.POST or None)

    def work(data: dict[str, Any]) -> str | HttpResponse:
        data.pop("form_token")
        done = actions.count_shift(shift=shift, by=request.user, **data)
        if done.status == "counted":
            answer = show(request, "finance/desks/settle.html", {"shift": done, "form": SettleForm()})
            return html.trigger(answer, live_refresh={})
        return _("The drawer agrees to the last coin. %(desk)s is closed.") % {"desk": shift.desk.name}

    return _panel(request, "count", form, work, shift=shift, sum=sheet_of(shift).sum if _sees(request, shift) else None)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def settle_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """A counted drawer with a difference: closed with it, or counted again."""
    shift = _shift(request, pk)
    if request.POST.get("do") == "again":
        try:
            actions.count_again(shift=shift, by=request.user)
        except ActionError as error:
            return refused(error)
        again = show(request, "finance/desks/count.html", {"shift": _shift(request, pk), "form": CountForm()})
        return html.trigger(again, live_refresh={})
    form = SettleForm(request.POST or None, initial={"note": shift.note})

    def work(data: dict[str, Any]) -> str:
        actions.settle_count(shift=shift, by=request.user, **data)
        return _("%(desk)s is closed; the difference is in the books.") % {"desk": shift.desk.name}

    return _panel(request, "settle", form, work, shift=shift)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the counted drawer to a colleague."""
    shift = _shift(request, pk)
    form = HandOverForm(request.POST or None, people=may_take_over(shift.branch, shift))

    def work(data: dict[str, Any]) -> str:
        data.pop("form_token")
        actions.offer_shift(shift=shift, by=request.user, **data)
        return _("Now %(who)s has to accept it.") % {"who": data["to"].full_name}

    return _panel(request, "hand_over", form, work, shift=shift)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def answer_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or refuse an offered drawer, or take the offer back."""
    shift = _shift(request, pk)
    try:
        if request.POST.get("do") == "accept":
            actions.accept_shift(shift=shift, by=request.user)
            text = _("%(desk)s is yours now.") % {"desk": shift.desk.name}
        else:
            actions.refuse_shift(shift=shift, reason=request.POST.get("reason", "")[:200], by=request.user)
            text = _("The drawer stays with %(who)s.") % {"who": shift.cashier.full_name}
    except ActionError as error:
        return refused(error)
    return html.toast(html.trigger(HttpResponse(status=204), live_refresh={}), text)


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def shift_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of a shift: every way to pay, every movement, the count; for the printer too."""
    shift = _shift(request, pk)
    with on_the_clock_of(shift.branch):
        context = {
            "shift": shift,
            "branch": shift.branch,
            "sheet": sheet_of(shift),
            "sees": _sees(request, shift),
            "turns": shift.moves.select_related("by").order_by("pk"),
        }
        return render(request, "finance/desks/shift.html", context)


def _shift(request: HttpRequest, pk: int) -> Shift:
    return get_object_or_404(shifts().filter(staff_scope(request.user, Perm.PAYMENTS_TAKE)), pk=pk)


def _panel(request: HttpRequest, name: str, form: forms.Form, work: Any, **context: Any) -> HttpResponse:
    """One form in the panel: its action's words close it, its refusals stand in it."""
    if request.method == "POST" and form.is_valid():
        try:
            done = work(dict(form.cleaned_data))
        except ActionError as error:
            error.put(form)
        else:
            return done if isinstance(done, HttpResponse) else html.close_drawer(done)
    status = 422 if form.errors else 200
    return show(request, f"finance/desks/{name}.html", {"form": form, "zero": Decimal(0), **context}, status=status)
