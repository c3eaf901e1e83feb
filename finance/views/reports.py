"""Reports of the books: pages, files, the general ledger, the accountant's journal."""

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.sheets import csv_answer
from finance.models import Account
from finance.queries.books import name_of
from finance.queries.days import clinic_today
from finance.queries.reports import Scope, account_lines
from finance.queries.reports.scope import ONE, month_of
from finance.views.journal_sheet import COLUMNS, journal_table, rows
from finance.views.report_files import as_csv, as_xlsx
from finance.views.report_makers import REPORTS
from finance.views.report_tables import DAY, MONEY, TEXT, Table
from finance.views.tabs import tabs
from scheduling.models import Practitioner, Service

PAGE = 100
FILES: dict[str, Any] = {"csv": as_csv, "xlsx": as_xlsx}
LONGEST = dt.timedelta(days=3700)


@needs(Perm.LEDGER_VIEW)
@require_safe
def books_report(request: HttpRequest, which: str) -> HttpResponse:
    """One report of the days `?first=` to `?last=` (this month), of a `?branch=`, `?doctor=` or `?service=`, as posted
    until `?known=`; `?as=csv` or `xlsx` as a file."""
    if which not in REPORTS:
        raise Http404
    title, make = REPORTS[which]
    scope = scope_of(request)
    made = make(scope)
    _keep_open_doors(request, made.tables)
    if request.GET.get("as") in FILES:
        answer: HttpResponse = FILES[request.GET["as"]](f"{which}-{scope.first}-{scope.last}", made.tables)
        return answer
    context = {
        **_frame(request, scope),
        "title": title,
        "made": made,
        "which": which,
        "reports": [{"label": words, "url": _link(request, key), "active": key == which}
                    for key, (words, _make) in REPORTS.items()],
    }  # fmt: skip
    return render(request, "finance/books/report.html", context)


@needs(Perm.LEDGER_VIEW)
@require_safe
def account_ledger(request: HttpRequest) -> HttpResponse:
    """Every line of `?account=` in its days, with what stood there after it; `?as=` as a file."""
    number = _number(request.GET.get("account", ""))
    account = get_object_or_404(Account, pk=number or 0)
    scope = scope_of(request)
    found = account_lines(account, scope)
    name = name_of(account)
    columns = [(_("Day"), DAY), (_("What"), TEXT), (_("Note"), TEXT), (_("Debited"), MONEY), (_("Credited"), MONEY),
               (_("Balance"), MONEY)]  # fmt: skip
    table = Table(name, columns)
    table.add(scope.first, _("At the beginning"), "", "", "", found.opening, strong=True)
    wanted = request.GET.get("as")
    page = Paginator(found.lines, PAGE).get_page(request.GET.get("page"))
    for line in found.lines.iterator(5000) if wanted in FILES else page:
        who = line.patient or line.supplier or line.practitioner or ""
        note = " · ".join(str(part) for part in (line.journal.memo, getattr(who, "full_name", who)) if part)
        debit, credit = (line.amount, "") if line.amount > 0 else ("", -line.amount)
        url = reverse("finance:journal", args=[line.journal_id])
        stood = found.opening + line.stood
        table.add(line.business_date, line.journal.kind_label, note, debit, credit, stood, href=url, drawer=True)
    table.add(scope.last, _("At the end"), "", "", "", found.closing, strong=True)
    if wanted in FILES:
        answer: HttpResponse = FILES[wanted](f"ledger-{account.code}", [table])
        return answer
    context = {**_frame(request, scope), "title": name, "made": {"tables": [table], "charts": [], "balances": None},
               "page": page, "query": _query(request, {}, drop="page")}  # fmt: skip
    return render(request, "finance/books/report.html", context)


@needs(Perm.LEDGER_VIEW)
@require_safe
def journal_file(request: HttpRequest) -> HttpResponse:
    """Every journal line of the days as an accountant's file: `?as=csv` (also without it) or `xlsx`."""
    scope = scope_of(request)
    name = f"journal-{scope.first}-{scope.last}"
    if request.GET.get("as") == "xlsx":
        return as_xlsx(name, [journal_table(scope.lines(), _("Journal"))])
    return csv_answer(name, COLUMNS, rows(scope.lines()))


# What stands behind a row is shown to who may open it; the others read the row alone.
DOORS = {"/set-up/": Perm.SETUP_MANAGE, "/finance/checkout/": Perm.PAYMENTS_TAKE,
         "/finance/invoices/": Perm.INVOICES_VIEW}  # fmt: skip


def _keep_open_doors(request: HttpRequest, tables: list[Table]) -> None:
    shut = tuple(prefix for prefix, permission in DOORS.items() if not request.user.can(permission))
    for table in tables if shut else []:
        table.rows = [replace(row, href="") if row.href.startswith(shut) else row for row in table.rows]


def scope_of(request: HttpRequest) -> Scope:
    """The days and parts that an address names; this month of the reader's calendar where it names none."""
    first, last = _day(request.GET.get("first", "")), _day(request.GET.get("last", ""))
    if not first or not last or last < first or last - first > LONGEST:
        first, last = month_of(clinic_today())
    return Scope(
        first, last, _moment(request.GET.get("known", "")), _one(Branch, request.GET.get("branch", "")),
        _one(Practitioner, request.GET.get("doctor", "")), _one(Service, request.GET.get("service", "")),
    )  # fmt: skip


def _frame(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    before = month_of(scope.first - ONE)
    after = month_of(scope.last + ONE)
    known = scope.known or timezone.now()
    return {
        "tabs": tabs(request, "reports"),
        "scope": scope,
        "before": _days(request, before),
        "after": _days(request, after) if after[0] <= clinic_today() else "",
        "csv": _query(request, {"as": "csv"}),
        "xlsx": _query(request, {"as": "xlsx"}),
        "journal": f"{reverse('finance:journal_file')}?{_query(request, {'as': 'xlsx'})}",
        "known": known,
        "again": _query(request, {"known": known.isoformat(), "first": scope.first, "last": scope.last}),
        "branches": Branch.objects.order_by("pk"),
        "doctors": Practitioner.objects.order_by("name"),
    }


def _days(request: HttpRequest, days: tuple[dt.date, dt.date]) -> str:
    return _query(request, {"first": days[0].isoformat(), "last": days[1].isoformat()}, drop="page")


def _link(request: HttpRequest, which: str) -> str:
    return f"{reverse('finance:books-report', args=[which])}?{_query(request, {}, drop='page')}"


def _query(request: HttpRequest, more: dict[str, Any], drop: str = "") -> str:
    names = ("first", "last", "branch", "doctor", "service", "known", "account", "page")
    kept = {name: request.GET[name] for name in names if request.GET.get(name) and name != drop}
    return urlencode({**kept, **more})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None


def _one(model: Any, text: str) -> int | None:
    number = _number(text)
    return number if number and model.objects.filter(pk=number).exists() else None


def _day(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1950 <= found.year <= 2150 else None


def _moment(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo and 1950 <= found.year <= 2150 else None
