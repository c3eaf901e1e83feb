"""The reports of the books as tables and pictures."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.shared.calendar import format_date, month_name, year_month_day
from clinic.shared.charts import Chart, Series, draw
from clinic.shared.money import format_amount, language
from finance.queries.books import name_of
from finance.queries.reports import Scope, balance_sheet, cash_flow, matched, months_back, profit, profit_by, weekly
from finance.views.report_tables import COUNT, DAY, MONEY, TEXT, Table


@dataclass
class Made:
    """What a report shows: tables, pictures above them, and whether its two sides are equal where it has two."""

    tables: list[Table]
    charts: list[SafeString] = field(default_factory=list)
    balances: bool | None = None


def _account_url(pk: int, scope: Scope) -> str:
    days = urlencode({"account": pk, "first": scope.first.isoformat(), "last": scope.last.isoformat()})
    return f"{reverse('finance:account_ledger')}?{days}"


def profit_report(scope: Scope) -> Made:
    """Income and costs beside the period before; by branch, doctor and service."""
    found = profit(scope)
    columns = [
        (_("Account"), TEXT),
        (_("This period"), MONEY),
        (_("Period before"), MONEY),
        (_("Change"), MONEY),
    ]
    table = Table(_("Profit and cost"), columns)
    for side, title in (("income", _("Income in all")), ("costs", _("Costs in all"))):
        for line in getattr(found, side):
            table.add(line.name, line.amount, line.before, line.change, href=_account_url(line.account.pk, scope))
        now, before = found.sum_of(side), found.sum_of(side, "before")
        table.add(title, now, before, now - before, strong=True)
    table.add(_("Profit"), found.profit, found.before, found.profit - found.before, strong=True)
    parts = [
        _parts(scope, what, title)
        for what, title in (
            ("branch", _("By branch")),
            ("practitioner", _("By doctor")),
            ("service", _("By service")),
        )
    ]
    return Made([table, *parts])


def _parts(scope: Scope, what: str, title: str) -> Table:
    table = Table(title, [(title, TEXT), (_("Income"), MONEY), (_("Cost"), MONEY), (_("Profit"), MONEY)])
    for part in profit_by(scope, what):
        table.add(part.name or _("Not named"), part.income, part.cost, part.profit)
    return table


def balance_report(scope: Scope) -> Made:
    """What the clinic has, owes and is worth at the end of the last day."""
    found = balance_sheet(scope.last, scope.known)
    table = Table(
        _("Balance sheet at the end of %(day)s") % {"day": format_date(scope.last)},
        [(_("Account"), TEXT), (_("Amount"), MONEY)],
    )
    for rows, title, whole in (
        (found.assets, _("Assets in all"), found.sum_assets),
        (found.debts, _("Debts in all"), found.sum_debts),
    ):
        for row in rows:
            table.add(row.name, row.amount, href=_account_url(row.account.pk, scope))
        table.add(title, whole, strong=True)
    for row in found.equity:
        table.add(row.name, row.amount, href=_account_url(row.account.pk, scope))
    table.add(_("Profit not carried to the equity yet"), found.profit)
    table.add(_("Equity in all"), found.sum_equity, strong=True)
    return Made([table], balances=found.balances)


def cash_report(scope: Scope) -> Made:
    """How money came and went."""
    found = cash_flow(scope)
    table = Table(
        _("Cash flow"), [(_("What"), TEXT), (_("Came in"), MONEY), (_("Went out"), MONEY), (_("Remains"), MONEY)]
    )
    table.add(_("At the beginning"), "", "", found.opening, strong=True)
    for flow in found.flows:
        table.add(flow.label, flow.came, flow.went, flow.net)
    table.add(_("At the end"), found.came, found.went, found.closing, strong=True)
    own = Table(_("By account"), [(_("Account"), TEXT), (_("At the beginning"), MONEY), (_("At the end"), MONEY)])
    for account, before, after in found.accounts:
        own.add(name_of(account), before, after, href=_account_url(account.pk, scope))
    whole = sum((after for _account, _before, after in found.accounts), start=found.opening * 0)
    return Made([table, own], balances=whole == found.closing)


def weekly_report(scope: Scope) -> Made:
    """Eight weeks of bills."""
    rows = weekly(scope.last, branch=scope.branch, known=scope.known)
    columns = [
        (_("Week"), TEXT), (_("Bills"), COUNT), (_("Billed"), MONEY), (_("Given off"), MONEY), (_("Net"), MONEY),
        (_("Collected"), MONEY), (_("Owed by patients at its end"), MONEY),
    ]  # fmt: skip
    table = Table(_("Weekly billing"), columns)
    for week in rows:
        days = _("%(first)s to %(last)s") % {
            "first": format_date(week.first, style="short"),
            "last": format_date(week.last, style="short"),
        }
        url = f"{reverse('finance:books-report', args=['matched'])}?first={week.first}&last={week.last}"
        table.add(days, week.bills, week.billed, week.given_off, week.net, week.collected, week.owed, href=url)
    back = rows[::-1]
    chart = Chart(
        _("Billed and collected"), [format_date(week.first, style="short") for week in back],
        [Series(_("Net"), [week.net for week in back]), Series(_("Collected"), [w.collected for w in back], "info")],
        format=format_amount,
    )  # fmt: skip
    return Made([table], [draw(chart)])


def matched_report(scope: Scope) -> Made:
    """Finished visits against bills, and what does not fit."""
    found = matched(scope)
    whole = Table(_("Visits and revenue"), [(_("What"), TEXT), (_("How many"), COUNT), (_("Amount"), MONEY)])
    whole.add(_("Finished visits"), found.visits, "")
    whole.add(_("of them billed"), found.billed, found.revenue)
    whole.add(_("of it paid"), "", found.paid)
    whole.add(_("still owed"), len(found.unpaid), found.owed)
    whole.add(_("Bills without a visit"), found.other_bills, found.other_revenue)
    missing = Table(
        _("Finished without a bill"),
        [(_("Patient"), TEXT), (_("Day"), DAY), (_("Service"), TEXT), (_("Doctor"), TEXT)],
    )
    for visit in found.without_bill:
        url = reverse("finance:checkout", args=[visit.pk])
        missing.add(
            visit.patient.full_name, visit.day, visit.service.name, visit.practitioner.name, href=url, drawer=True
        )
    lists = [whole, missing]
    bare = Table(_("Services without a price"), [(_("Service"), TEXT), (_("Visits of these days"), COUNT)])
    for each in found.unpriced:
        bare.add(each.service.name, each.times, href=reverse("set-up-service", args=[each.service.pk]))
    lists.append(bare)
    for title, bills in (
        (_("Billed with nothing"), found.for_nothing),
        (_("Not paid yet"), found.unpaid),
        (_("Bills without a visit"), found.others),
    ):
        table = Table(title, [(_("Patient"), TEXT), (_("Day"), DAY), (_("Bill"), MONEY), (_("Owed"), MONEY)])
        for bill in bills:
            url = reverse("finance:invoice", args=[bill.pk])
            table.add(bill.patient.full_name, bill.business_date, bill.total, bill.due, href=url)
        lists.append(table)
    return Made(lists)


def trend_report(scope: Scope) -> Made:
    """Twelve months of income, cost and profit."""
    months = months_back(scope)
    columns = [(_("Month"), TEXT), (_("Income"), MONEY), (_("Cost"), MONEY), (_("Profit"), MONEY)]
    table = Table(_("Month by month"), columns)
    for month in months:
        own = replace(scope, first=month.first, last=month.last)
        days = urlencode({"first": own.first.isoformat(), "last": own.last.isoformat()})
        url = f"{reverse('finance:books-report', args=['profit'])}?{days}"
        table.add(format_date(month.first, style="month"), month.income, month.cost, month.profit, href=url)
    labels = [_short(month.first) for month in months]
    bars = Chart(
        _("Income and cost"), labels,
        [Series(_("Income"), [m.income for m in months]), Series(_("Cost"), [m.cost for m in months], "warn")],
        format=format_amount,
    )  # fmt: skip
    line = Chart(
        _("Profit"), labels, [Series(_("Profit"), [m.profit for m in months])], kind="line", format=format_amount
    )
    return Made([table], [draw(bars), draw(line)])


def _short(day: dt.date) -> str:
    """A month's name under a picture: twelve of them stand beside each other, on a phone too."""
    name = month_name(year_month_day(day)[1])
    return name if language() == "fa" else name[:3]


REPORTS: dict[str, tuple[Any, Callable[[Scope], Made]]] = {
    "profit": (gettext_lazy("Profit and cost"), profit_report),
    "trend": (gettext_lazy("Trend"), trend_report),
    "weekly": (gettext_lazy("Weekly billing"), weekly_report),
    "matched": (gettext_lazy("Visits and revenue"), matched_report),
    "cash": (gettext_lazy("Cash flow"), cash_report),
    "balance": (gettext_lazy("Balance sheet"), balance_report),
}
