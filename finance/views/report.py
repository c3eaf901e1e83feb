"""The daily report of a branch, and the end of its day."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_date
from finance import actions
from finance.queries.days import neighbours, today
from finance.queries.drawers import cash_rules
from finance.queries.report import daily_report
from finance.views.counting_forms import CloseDayForm
from finance.views.panel import panel
from scheduling.views.frame import branch_of, day_of_address, frame, on_the_clock_of


@needs(Perm.CASH_MANAGE)
@require_safe
def daily(request: HttpRequest) -> HttpResponse:
    """Money by channel and cashier, bills, what went back, cash, visits; on paper too."""
    branch = branch_of(request, Perm.CASH_MANAGE)
    with on_the_clock_of(branch):
        day = day_of_address(request, branch)
        now = today(branch)
        before, after = neighbours(day)
        context = {
            "day": day,
            "before": before,
            "after": after if day < now else None,
            "is_today": day == now,
            "report": daily_report(branch, day),
            "may_close": day <= now,
        }
        return render(request, "finance/report/daily.html", {**frame(request, branch, Perm.CASH_MANAGE), **context})


@needs(Perm.CASH_MANAGE)
@require_http_methods(["GET", "POST"])
def close_day(request: HttpRequest) -> HttpResponse:
    """Close the day: with shifts they have counted, without the drawer is counted here."""
    branch = branch_of(request, Perm.CASH_MANAGE)
    with on_the_clock_of(branch):
        day = day_of_address(request, branch)
        uses_shifts = cash_rules(branch).uses_shifts
        form = CloseDayForm(request.POST or None)
        if uses_shifts:
            form.count_nothing()

        def work(data: dict[str, Any]) -> str:
            counted, note = data.get("counted"), data["note"]
            actions.close_day(branch=branch, day=day, counted=counted, note=note, by=request.user)
            return _("%(day)s is closed.") % {"day": format_date(day, style="weekday")}

        report = daily_report(branch, day)
        context = {
            "branch": branch,
            "day": day,
            "report": report,
            "uses_shifts": uses_shifts,
            "counted": sum((shift.counted or Decimal(0) for shift in report.shifts if shift.closed_at), Decimal(0)),
        }
        return panel(request, "finance/report/close.html", form, work, **context)
