"""The day's takings."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from finance.queries.days import today
from finance.queries.discounts import to_decide
from finance.queries.takings import payments_of, refunds_of, takings, unpaid_of
from scheduling.views.frame import branch_of, day_of_address, frame, on_the_clock_of


@needs(Perm.INVOICES_VIEW)
@require_safe
def day_page(request: HttpRequest) -> HttpResponse:
    """What came today (or on `?day=`) by each method, what is unpaid, what the drawer must hold."""
    branch = branch_of(request, Perm.INVOICES_VIEW)
    with on_the_clock_of(branch):
        day = day_of_address(request, branch)
        return render(
            request,
            "finance/day.html",
            {**frame(request, branch, Perm.INVOICES_VIEW), **_context(request, branch, day)},
        )


@needs(Perm.INVOICES_VIEW)
@require_safe
def day_part(request: HttpRequest) -> HttpResponse:
    """The same figures, fetched again on every notice."""
    branch = branch_of(request, Perm.INVOICES_VIEW)
    with on_the_clock_of(branch):
        day = day_of_address(request, branch)
        return render(request, "finance/_day.html", {"branch": branch, **_context(request, branch, day)})


def _context(request: HttpRequest, branch: Branch, day: dt.date) -> dict[str, Any]:
    now = today(branch)
    return {
        "day": day,
        "is_today": day == now,
        "before": _shift(day, -1),
        "after": _shift(day, 1) if day < now else None,
        "takings": takings(branch, day),
        "payments": payments_of(branch, day),
        "refunds": refunds_of(branch, day),
        "unpaid": unpaid_of(branch, day),
        "may_refund": request.user.can(Perm.PAYMENTS_REFUND, branch.pk),
        "may_take": request.user.can(Perm.PAYMENTS_TAKE, branch.pk),
        "may_claim": request.user.can(Perm.CLAIMS_WORK),
        "may_close": request.user.can(Perm.CASH_MANAGE, branch.pk),
        "discounts": to_decide(request.user) if request.user.can(Perm.DISCOUNTS_GIVE, branch.pk) else None,
        "may_see_books": request.user.can(Perm.LEDGER_VIEW),
    }


def _shift(day: dt.date, days: int) -> dt.date | None:
    """The neighbouring day; nothing beyond the ends of the calendar."""
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return None
