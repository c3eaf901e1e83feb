"""Instalments and cheques: agreed at the bill, watched on one page."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import add_months, current_calendar, make_date, month_length, year_month_day
from clinic.shared.money import format_money, shown_unit
from finance import actions
from finance.actions.plans import even_parts
from finance.models import Cheque, PaymentPlan
from finance.queries.days import today
from finance.queries.documents import invoices_for, staff_scope
from finance.queries.promises import cheques_of, due_parts, parts_of, plan_of
from finance.statuses import CHEQUE_MOVES, ChequeStatus
from finance.views.panel import panel
from finance.views.promise_forms import ChequeForm, ChequeMoveForm, EndPlanForm, PlanForm
from scheduling.views.frame import branch_of, frame, on_the_clock_of


@needs(Perm.PAYMENTS_TAKE)
@require_safe
def due_page(request: HttpRequest) -> HttpResponse:
    """What is to come: open instalments and cheques, the longest overdue first; `?cheques=` another status."""
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    wanted = request.GET.get("cheques", "")
    status = wanted if wanted in ChequeStatus.values else ""
    with on_the_clock_of(branch):
        day = today(branch)
        parts = due_parts(branch, day)
        context = {
            "day": day,
            "parts": parts,
            "overdue": sum((part.open for part in parts if part.state == "overdue"), Decimal(0)),
            "cheques": [(row, _next(row)) for row in cheques_of(branch, status)[:300]],
            "statuses": ChequeStatus,
            "status": status,
            "may_move": request.user.can(Perm.CASH_MANAGE, branch.pk),
        }
        return render(request, "finance/promises/due.html", {**frame(request, branch, Perm.PAYMENTS_TAKE), **context})


def _next(cheque: Cheque) -> list[tuple[str, str]]:
    """What may be done with a cheque, in words."""
    words = {
        ChequeStatus.DEPOSITED: _("To the bank"),
        ChequeStatus.CLEARED: _("The bank paid"),
        ChequeStatus.BOUNCED: _("It bounced"),
        ChequeStatus.RETURNED: _("Give it back"),
    }
    allowed = CHEQUE_MOVES[ChequeStatus(cheque.status)]
    return [(status.value, word) for status, word in words.items() if status in allowed]


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def plan_invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree on instalments of a bill; what is agreed stands above."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.PAYMENTS_TAKE), pk=pk)
    plan = plan_of(invoice.pk)
    day = today(invoice.branch)
    form = PlanForm(request.POST or None, initial={"first": _after(day, "month", 1)})

    def work(data: dict[str, Any]) -> str:
        parts = _parts(invoice.due, data)
        made = actions.agree_plan(invoice=invoice, parts=parts, note=data["note"], by=request.user)
        return _("Agreed: %(amount)s in %(count)s parts.") % {
            "amount": format_money(made.total), "count": len(parts)
        }  # fmt: skip

    context = {"invoice": invoice, "plan": plan, "parts": parts_of([plan], day) if plan else []}
    return panel(request, "finance/promises/plan.html", form, work, **context)


def _parts(total: Decimal, data: dict[str, Any]) -> list[tuple[dt.date, Decimal]]:
    """The days and amounts of a plan as typed; amounts are whole shown units, the rest stands in the last."""
    down, count, unit = data["down"], data["count"], Decimal(shown_unit()[1])
    if down and count > 1:
        amounts = [down, *even_parts(total - down, count - 1, unit)]
    else:
        amounts = even_parts(total, count, unit)
    return [(_after(data["first"], data["every"], place), amount) for place, amount in enumerate(amounts)]


def _after(day: dt.date, every: str, times: int) -> dt.date:
    """A day so many steps later; a month is one of the reader's calendar."""
    if every != "month":
        return day + dt.timedelta(days=int(every) * times)
    calendar = current_calendar()
    year, month, of_month = year_month_day(day, calendar)
    year, month = add_months(year, month, times)
    return make_date(year, month, min(of_month, month_length(year, month, calendar)), calendar)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def end_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """End a plan: the bill is owed at once again."""
    rows = PaymentPlan.objects.filter(staff_scope(request.user, Perm.PAYMENTS_TAKE)).select_related("patient")
    plan = get_object_or_404(rows, pk=pk)

    def work(data: dict[str, Any]) -> str:
        actions.end_plan(plan=plan, by=request.user, **data)
        return _("The plan has ended.")

    return panel(request, "finance/promises/end.html", EndPlanForm(request.POST or None), work, plan=plan)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def take_cheque(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a cheque for a bill."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.PAYMENTS_TAKE), pk=pk)
    form = ChequeForm(request.POST or None, initial={"amount": invoice.due})

    def work(data: dict[str, Any]) -> str:
        cheque = actions.take_cheque(invoice=invoice, by=request.user, **data)
        return _("The cheque of %(amount)s was taken.") % {"amount": format_money(cheque.amount)}

    return panel(request, "finance/promises/cheque.html", form, work, invoice=invoice)


@needs(Perm.CASH_MANAGE)
@require_http_methods(["GET", "POST"])
def move_cheque(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what became of a cheque: `?to=` names it."""
    rows = Cheque.objects.filter(staff_scope(request.user, Perm.CASH_MANAGE)).select_related("patient", "branch")
    cheque = get_object_or_404(rows, pk=pk)
    to = request.GET.get("to", "")
    steps = dict(_next(cheque))
    if to and to not in ChequeStatus.values:
        raise Http404
    form = ChequeMoveForm(request.POST or None)

    def work(data: dict[str, Any]) -> str:
        moved = actions.move_cheque(cheque=cheque, to=to, by=request.user, **data)
        return _("Cheque %(number)s: %(status)s.") % {
            "number": moved.number, "status": moved.get_status_display()
        }  # fmt: skip

    context = {"cheque": cheque, "to": to, "word": steps.get(to, ""), "steps": steps,
               "reopens": to in (ChequeStatus.BOUNCED, ChequeStatus.RETURNED)}  # fmt: skip
    return panel(request, "finance/promises/move.html", form, work, **context)
