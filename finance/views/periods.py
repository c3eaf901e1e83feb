"""Closed periods: the months of a year, closing and opening, and what was done by whom."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import YEARS, current_calendar, year_month_day
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import PeriodMove
from finance.queries.days import clinic_today
from finance.queries.periods import fiscal_year, months_of
from finance.views.books_forms import PeriodForm
from finance.views.tabs import done, tabs
from scheduling.views.frame import show

LATEST = 50


@needs(Perm.LEDGER_VIEW)
@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    """The twelve months of `?year=` with their state, and every closing and opening with its reason."""
    this = year_month_day(clinic_today())[0]
    year = _year(request.GET.get("year", "")) or this
    first, last = fiscal_year(year)
    context = {
        "tabs": tabs(request, "periods"),
        "year": year,
        "before": year - 1,
        "after": year + 1 if year < this else None,
        "months": months_of(year),
        "first": first,
        "last": last,
        "year_is_over": last < clinic_today(),
        "moves": PeriodMove.objects.select_related("by").order_by("-pk")[:LATEST],
        "may_close": request.user.can(Perm.PERIODS_CLOSE),
    }
    return render(request, "finance/books/periods.html", context)


@needs(Perm.PERIODS_CLOSE)
@require_http_methods(["GET", "POST"])
def period_close(request: HttpRequest) -> HttpResponse:
    """Close days, from `?first=` to `?last=`."""
    return _move(request, closes=True)


@needs(Perm.PERIODS_CLOSE)
@require_http_methods(["GET", "POST"])
def period_open(request: HttpRequest) -> HttpResponse:
    """Open days again."""
    return _move(request, closes=False)


def _move(request: HttpRequest, *, closes: bool) -> HttpResponse:
    initial = {
        "first_day": _day(request.GET.get("first", "")),
        "last_day": _day(request.GET.get("last", "")),
        "year_end": request.GET.get("year_end") == "1",
    }
    form = PeriodForm(request.POST or None, initial=initial)
    if not closes:
        del form.fields["year_end"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        days = {"first": data["first_day"], "last": data["last_day"], "reason": data["reason"], "by": request.user}
        try:
            if closes:
                actions.close_period(**days, year_end=data["year_end"])
            else:
                actions.reopen_period(**days)
        except ActionError as error:
            error.put(form)
        else:
            said = _("These days are closed.") if closes else _("These days are open again.")
            return done(request, said, "/finance/books/periods/")
    context = {
        "form": form,
        "title": _("Close these days") if closes else _("Open these days again"),
        "action": request.path,
        "verb": _("Close") if closes else _("Open again"),
        "hint": _("Nothing can be posted on closed days any more. What comes later is dated later.")
        if closes
        else _("Figures of these days may change again. Who opened them and why stays on this page."),
    }
    return show(request, "finance/books/form.html", context, status=422 if form.errors else 200)


def _year(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return number if number in YEARS[current_calendar()] else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
