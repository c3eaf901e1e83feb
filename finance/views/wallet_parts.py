"""What the pages of all wallets and the doctor's own have in common: statement, share, paper."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.shared.templatetags.ui import digits
from finance.models import Commission, Payout, WalletMove
from finance.queries.books import name_of
from finance.queries.days import clinic_today
from finance.queries.reports.scope import ONE, month_of
from finance.queries.statements import Statement, share_now, statement
from finance.queries.wallets import wallet_of
from finance.views.report_tables import DAY, MONEY, TEXT, Table
from finance.views.reports import FILES, scope_of
from scheduling.models import Practitioner
from scheduling.queries.floor import own_name
from scheduling.views.frame import show

PAGE = 60


def statement_page(request: HttpRequest, doctor: Practitioner, *, own: bool, **more: Any) -> HttpResponse:
    """A wallet with the moves of a month (`?first=`, `?last=`); `?as=csv` or `xlsx` as a file."""
    scope = scope_of(request)
    found = statement(doctor, scope.first, scope.last)
    if request.GET.get("as") in FILES:
        table = _table(doctor, found, list(found.moves.order_by("business_date", "pk")), own=own)
        table.rows.insert(0, _edge(scope.first, _("At the beginning"), found.opening))
        table.rows.append(_edge(scope.last, _("At the end"), found.closing))
        answer: HttpResponse = FILES[request.GET["as"]](f"wallet-{scope.first}-{scope.last}", [table])
        return answer
    page = Paginator(found.moves, PAGE).get_page(request.GET.get("page"))
    days = {"first": scope.first.isoformat(), "last": scope.last.isoformat()}
    before, after = month_of(scope.first - ONE), month_of(scope.last + ONE)
    context = {
        "doctor": doctor, "own": own, "wallet": wallet_of(doctor), "scope": scope, "found": found, "page": page,
        "table": _table(doctor, found, list(page), own=own), "query": urlencode(days),
        "before": urlencode({"first": before[0], "last": before[1]}),
        "after": urlencode({"first": after[0], "last": after[1]}) if after[0] <= clinic_today() else "",
        "payouts": Payout.objects.filter(practitioner=doctor).select_related("reversal", "money").order_by("-pk")[:12],
        **more,
    }  # fmt: skip
    return render(request, "finance/wallets/statement.html", context)


def share_panel(request: HttpRequest, terms: Commission, *, own: bool) -> HttpResponse:
    """How one share was counted, and what became of it."""
    bill = terms.invoice
    context = {
        "terms": terms, "line": terms.line, "bill": bill, "own": own, "share": share_now(terms),
        "moves": terms.moves.exclude(amount=0).order_by("pk"),
    }  # fmt: skip
    return show(request, "finance/wallets/share.html", context)


def payout_paper(request: HttpRequest, row: Payout, *, own: bool) -> HttpResponse:
    """A payout as a paper to sign."""
    back = reverse("finance:my_wallet") if own else reverse("finance:wallet", args=[row.practitioner_id])
    context = {
        "payout": row, "money": name_of(row.money), "reversal": getattr(row, "reversal", None), "own": own,
        "may_reverse": not own, "back": back,
    }  # fmt: skip
    return render(request, "finance/wallets/payout.html", context)


def _table(doctor: Practitioner, found: Statement, moves: list[WalletMove], *, own: bool) -> Table:
    columns = [(_("Day"), DAY), (_("What"), TEXT), (_("For"), TEXT), (_("Branch"), TEXT), (_("Amount"), MONEY)]
    table = Table(_("Statement of %(name)s") % {"name": own_name(doctor)}, columns)
    for move in moves:
        table.add(
            move.business_date, move.get_kind_display(), _what_for(move), own_name(move.branch), move.amount,
            href=_behind(move, own), drawer=move.commission_id is not None,
        )  # fmt: skip
    return table


def _edge(day: Any, words: str, amount: Any) -> Any:
    table = Table("", [])
    table.add(day, words, "", "", amount, strong=True)
    return table.rows[0]


def _what_for(move: WalletMove) -> str:
    if move.commission:
        bill = move.commission.invoice
        number = _("bill %(number)s") % {"number": digits(bill.number)}
        return f"{move.commission.line.name} · {bill.patient.full_name} · {number}"
    if move.payout:
        return _("Payout %(number)s") % {"number": digits(move.payout.number)}
    return move.reason


def _behind(move: WalletMove, own: bool) -> str:
    if move.commission_id:
        return reverse("finance:my_share" if own else "finance:share", args=[move.commission_id])
    if move.payout_id:
        return reverse("finance:my_payout" if own else "finance:payout", args=[move.payout_id])
    return ""
