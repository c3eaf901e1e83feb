"""The books: trial balance, journals, one journal."""

import datetime as dt
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance.models import Account, Journal
from finance.queries.books import journals, name_of, trial_balance
from finance.queries.days import clinic_today
from finance.views.tabs import tabs
from scheduling.views.frame import show

PAGE = 30


@needs(Perm.LEDGER_VIEW)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The trial balance up to a day, and the journals; `?account=` shows those of one account."""
    until = _day(request.GET.get("day", "")) or clinic_today()
    number = request.GET.get("account", "")
    is_id = number.isascii() and number.isdigit() and len(number) < 15
    account = get_object_or_404(Account, pk=int(number)) if is_id else None
    rows = journals(account=account.pk if account else None)
    context = {
        "until": until,
        "balance": trial_balance(until),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "account": account,
        "account_name": name_of(account) if account else "",
        "tabs": tabs(request, "ledger"),
    }
    return render(request, "finance/ledger.html", context)


@needs(Perm.LEDGER_VIEW)
@require_safe
def journal(request: HttpRequest, pk: int) -> HttpResponse:
    """One journal with its lines, and the document behind it."""
    rows = Journal.objects.select_related("branch", "by", "reverses").prefetch_related(
        "lines__account", "lines__patient", "lines__practitioner", "lines__service"
    )
    found = get_object_or_404(rows, pk=pk)
    lines = [
        {
            "row": line,
            "name": name_of(line.account),
            "debit": max(line.amount, Decimal(0)),
            "credit": max(-line.amount, Decimal(0)),
        }
        for line in sorted(found.lines.all(), key=lambda line: line.pk)
    ]
    return show(request, "finance/journal.html", {"journal": found, "lines": lines, "source": _source(found.cause)})


def _source(cause: str) -> str:
    """The address of the document that a journal speaks of, where it has a page."""
    kind, _colon, rest = cause.partition(":")
    number = rest.partition("/")[0]
    if not number.isdigit():
        return ""
    return {
        "invoice": f"/finance/invoices/{number}/",
        "payment": f"/finance/payments/{number}/receipt/",
        "voucher": f"/finance/books/vouchers/{number}/",
    }.get(kind, "")


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
