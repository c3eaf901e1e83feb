"""Doctors' wallets: all of them, one statement, a correction, paying out; and the doctor's own."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import parse_date
from clinic.shared.money import format_money, format_number
from finance import actions
from finance.models import Payout
from finance.queries.days import today
from finance.queries.wallet_access import doctors_for, payouts_for, shares_for
from finance.queries.wallets import payables, wallets
from finance.views.books_forms import WhyForm
from finance.views.panel import panel
from finance.views.tabs import done, tabs
from finance.views.wallet_forms import AdjustForm, PayoutForm
from finance.views.wallet_parts import payout_paper, share_panel, statement_page
from scheduling.views.frame import branch_of
from scheduling.views.setup.saving import saved, tried

LIST = "/finance/wallets/"


@needs(Perm.WALLETS_VIEW)
@require_safe
def wallets_page(request: HttpRequest) -> HttpResponse:
    """What every doctor has earned, what of it is held, may be paid, was paid; the last payouts."""
    found = wallets()
    context = {
        "tabs": tabs(request, "wallets"),
        "wallets": found,
        "owed": sum((each.balance for each in found), Decimal(0)),
        "payable": sum((max(each.payable, Decimal(0)) for each in found), Decimal(0)),
        "held": sum((each.held for each in found), Decimal(0)),
        "payouts": payouts_for(request.user).order_by("-pk")[:20],
        "may_pay": request.user.can(Perm.WALLETS_PAY),
    }
    return render(request, "finance/wallets/all.html", context)


@needs(Perm.WALLETS_VIEW)
@require_safe
def wallet(request: HttpRequest, pk: int) -> HttpResponse:
    """One doctor's statement."""
    doctor = get_object_or_404(doctors_for(request.user), pk=pk)
    may_pay = request.user.can(Perm.WALLETS_PAY)
    return statement_page(request, doctor, own=False, tabs=tabs(request, "wallets"), may_pay=may_pay)


@needs(Perm.WALLETS_VIEW)
@require_safe
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """How one share was counted."""
    return share_panel(request, get_object_or_404(shares_for(request.user), pk=pk), own=False)


@needs(Perm.WALLETS_VIEW)
@require_safe
def payout(request: HttpRequest, pk: int) -> HttpResponse:
    """A payout as a paper."""
    return payout_paper(request, get_object_or_404(payouts_for(request.user), pk=pk), own=False)


@needs(Perm.WALLETS_PAY)
@require_http_methods(["GET", "POST"])
def adjust_wallet(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a wallet by hand, with the reason."""
    doctor = get_object_or_404(doctors_for(request.user), pk=pk)
    branch = branch_of(request, Perm.WALLETS_PAY)

    def work(data: dict[str, Any]) -> HttpResponse:
        amount = data["amount"] if data["way"] == "add" else -data["amount"]
        actions.adjust_wallet(
            practitioner=doctor, branch=branch, amount=amount, reason=data["reason"], form_token=data["form_token"],
            by=request.user,
        )  # fmt: skip
        return done(request, _("The wallet is corrected; the reason stands in the statement."), f"{LIST}{doctor.pk}/")

    form = AdjustForm(request.POST or None)
    return panel(request, "finance/wallets/adjust.html", form, work, doctor=doctor, branch=branch)


@needs(Perm.WALLETS_PAY)
@require_http_methods(["GET", "POST"])
def pay_wallets(request: HttpRequest) -> HttpResponse:
    """Choose doctors and an account and pay what is payable up to `?until=`; one document each."""
    branch = branch_of(request, Perm.WALLETS_PAY)
    now = today(branch)
    until = _day(request.POST.get("last_day") or request.GET.get("until", "")) or now
    due = payables(min(until, now), named=_named(request))
    form = PayoutForm(request.POST or None, branch=branch, due=due, initial={"last_day": min(until, now)})

    def work(data: dict[str, Any]) -> list[Payout]:
        rows.extend(actions.pay_out(branch=branch, by=request.user, **data))
        return rows

    rows: list[Payout] = []
    if request.method == "POST" and tried(form, work):
        said = ngettext("%(count)s doctor was paid %(sum)s.", "%(count)s doctors were paid %(sum)s.", len(rows))
        total = format_money(sum((row.amount for row in rows), Decimal(0)))
        url = f"/finance/payouts/{rows[0].pk}/" if len(rows) == 1 else LIST
        return saved(request, url, said % {"count": format_number(len(rows)), "sum": total})
    context = {"form": form, "branch": branch, "tabs": tabs(request, "wallets"), "until": min(until, now)}
    return render(request, "finance/wallets/pay.html", context, status=422 if form.errors else 200)


@needs(Perm.WALLETS_PAY)
@require_http_methods(["GET", "POST"])
def payout_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a payout back, with the reason."""
    row = get_object_or_404(payouts_for(request.user), pk=pk)

    def work(data: dict[str, Any]) -> HttpResponse:
        actions.reverse_payout(payout=row, reason=data["reason"], by=request.user)
        return done(request, _("Taken back today; both stay in the books."), f"/finance/payouts/{row.pk}/")

    return panel(request, "finance/wallets/payout_reverse.html", WhyForm(request.POST or None), work, payout=row)


@needs(Perm.WALLET_OWN)
@require_safe
def my_wallet(request: HttpRequest) -> HttpResponse:
    """A doctor's own statement."""
    doctor = doctors_for(request.user).filter(user=request.user).first()
    if doctor is None:
        return render(request, "finance/wallets/nobody.html")
    return statement_page(request, doctor, own=True)


@needs(Perm.WALLET_OWN)
@require_safe
def my_share(request: HttpRequest, pk: int) -> HttpResponse:
    """How an own share was counted."""
    rows = shares_for(request.user).filter(practitioner__user=request.user)
    return share_panel(request, get_object_or_404(rows, pk=pk), own=True)


@needs(Perm.WALLET_OWN)
@require_safe
def my_payout(request: HttpRequest, pk: int) -> HttpResponse:
    """An own payout as a paper."""
    rows = payouts_for(request.user).filter(practitioner__user=request.user)
    return payout_paper(request, get_object_or_404(rows, pk=pk), own=True)


def _named(request: HttpRequest) -> list[int]:
    """The doctors whom a form names: they stay in it when they were paid meanwhile."""
    found = [name.removeprefix("pay_") for name in request.POST if name.startswith("pay_")]
    return [int(pk) for pk in found if pk.isascii() and pk.isdigit() and len(pk) < 15]


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
