"""Reports: what they count, that their sides are equal, that the same question gets the same answer, and the files."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from finance import actions, queries
from finance.models import Account, Journal
from finance.queries.reports import (
    Scope,
    account_lines,
    balance_sheet,
    cash_flow,
    matched,
    months_back,
    profit,
    profit_by,
    weekly,
)  # fmt: skip
from finance.queries.reports.scope import month_of
from finance.views.journal_sheet import COLUMNS
from tests.finance import make as money

REPORTS = ["profit", "trend", "weekly", "matched", "cash", "balance"]


@pytest.fixture
def scope() -> Scope:
    """A bill of 900,000 paid with 600,000 in cash, a rent of 250,000 from the bank."""
    actions.furnish_accounts(by=None)
    money.pay(money.bill(900_000), 600_000)
    rent(250_000)
    return Scope(*month_of(queries.clinic_today()))


def rent(amount: int, **more: Any) -> None:
    accounts = {row.code: row for row in Account.objects.filter(code__in=["5110", "1030"])}
    written = actions.Written(
        "expense", money.make.branch(), Decimal(amount), "=اجاره", money=accounts["1030"], category=accounts["5110"],
        **more,
    )  # fmt: skip
    actions.enter_voucher(written=written, by=None)


def test_profit_is_income_less_costs_by_every_part(scope: Scope) -> None:
    found = profit(scope)
    assert (found.earned, found.spent, found.profit, found.before) == (900_000, 250_000, 650_000, 0)
    for what in ("branch", "practitioner", "service"):
        assert sum(part.profit for part in profit_by(scope, what)) == 650_000
    doctor = next(part for part in profit_by(scope, "practitioner") if part.key)
    assert (doctor.income, doctor.cost) == (900_000, 0)
    assert profit(Scope(scope.first, scope.last, practitioner=doctor.key)).profit == 900_000
    month = months_back(scope)[-1]
    assert (month.income, month.cost) == (900_000, 250_000)
    assert sum(row.profit for row in months_back(scope)) == 650_000


def test_the_balance_sheet_and_the_money_agree_with_the_books(scope: Scope) -> None:
    sheet, flow = balance_sheet(scope.last), cash_flow(scope)
    assert sheet.balances
    assert (sheet.sum_assets, sheet.sum_debts, sheet.profit) == (650_000, 0, 650_000)
    assert (flow.opening, flow.came, flow.went, flow.closing) == (0, 600_000, 250_000, 350_000)
    assert sum(after for _account, _before, after in flow.accounts) == flow.closing


def test_a_transfer_neither_comes_nor_goes(scope: Scope) -> None:
    accounts = {row.code: row for row in Account.objects.filter(is_money=True)}
    drawer = accounts[f"1010-{money.make.branch().pk}"]
    written = actions.Written(
        "transfer", money.make.branch(), Decimal(1000), "بانک", money=drawer, target=accounts["1030"]
    )
    actions.enter_voucher(written=written, by=None)
    assert (cash_flow(scope).came, cash_flow(scope).went) == (600_000, 250_000)


def test_the_week_counts_bills_and_what_came(scope: Scope) -> None:
    week = weekly(queries.clinic_today())[0]
    assert (week.bills, week.billed, week.net, week.collected, week.owed) == (1, 900_000, 900_000, 600_000, 300_000)


def test_visits_are_matched_against_bills(scope: Scope) -> None:
    without = money.visit(day=scope.first, status="finished")
    billed = money.bill(400_000, day=scope.first, status="finished")
    found = matched(scope)
    assert (found.visits, found.billed, found.revenue, found.owed) == (2, 1, 400_000, 400_000)
    assert found.without_bill == [without]
    assert found.unpaid == [billed]
    assert found.unpriced == []
    free = money.visit(price=0, day=scope.first, status="finished")
    aside = actions.issue_invoice(
        patient=free.patient, branch=free.branch, lines=[actions.Draft("کرم", Decimal(80_000), "manual")],
        cause="manual:1", by=None,
    )  # fmt: skip
    found = matched(scope)
    assert [(each.service.pk, each.times) for each in found.unpriced] == [(free.service_id, 1)]
    assert (found.others, found.other_revenue) == ([aside], 80_000)


def test_each_row_that_does_not_fit_opens_its_document_for_who_may(page: Any, scope: Scope) -> None:
    without, free = (money.visit(price=price, day=scope.first, status="finished") for price in (500_000, 0))
    billed = money.bill(400_000, day=scope.first, status="finished")
    days = f"first={scope.first}&last={scope.last}"
    checkout, service = f"/finance/checkout/{without.pk}/", f"/set-up/services/{free.service_id}/"
    shown = {
        role: page(role).get(f"/finance/books/reports/matched/?{days}").content.decode()
        for role in ("owner", "accountant")
    }
    assert checkout in shown["owner"]
    assert service in shown["owner"]
    assert checkout not in shown["accountant"]
    assert service not in shown["accountant"]
    assert all(f"/finance/invoices/{billed.pk}/" in text for text in shown.values())


def test_a_ledger_runs_from_what_stood_before_to_what_stands_after(scope: Scope) -> None:
    bank = Account.objects.get(code="1030")
    rent(50_000, business_date=scope.first - dt.timedelta(days=5))
    found = account_lines(bank, scope)
    assert (found.opening, found.closing) == (-50_000, -300_000)
    assert [found.opening + line.stood for line in found.lines] == [-300_000]


def test_what_was_posted_later_does_not_change_a_report_run_again(scope: Scope) -> None:
    known = Journal.objects.order_by("-posted_at").values_list("posted_at", flat=True)[0]
    asked = Scope(scope.first, scope.last, known)
    before = profit(asked).profit, cash_flow(asked).closing, balance_sheet(scope.last, known).sum_assets
    rent(99_000)
    assert (profit(asked).profit, cash_flow(asked).closing, balance_sheet(scope.last, known).sum_assets) == before
    assert profit(scope).profit == 650_000 - 99_000


def test_closing_a_year_leaves_its_profit_readable() -> None:
    actions.furnish_accounts(by=None)
    rent(70_000, business_date=dt.date(2025, 1, 10))
    year = Scope(dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    actions.close_period(first=year.first, last=year.last, reason="x", year_end=True, by=None)
    assert profit(year).profit == -70_000
    sheet = balance_sheet(year.last)
    assert (sheet.balances, sheet.profit, sheet.sum_equity) == (True, 0, -70_000)


@pytest.mark.parametrize("which", REPORTS)
def test_reports_as_page_and_files(page: Any, scope: Scope, which: str) -> None:
    owner = page("owner")
    assert owner.get(f"/finance/books/reports/{which}/").status_code == 200
    days = f"first={scope.first}&last={scope.last}"
    plain = owner.get(f"/finance/books/reports/{which}/?as=csv&{days}")
    assert plain["Content-Type"].startswith("text/csv")
    book = owner.get(f"/finance/books/reports/{which}/?as=xlsx&{days}")
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(book.content)).namelist()
    assert page("manager").get(f"/finance/books/reports/{which}/").status_code == 403


def test_the_accountants_file_has_every_line_and_no_formula(page: Any, scope: Scope) -> None:
    days = f"first={scope.first}&last={scope.last}"
    owner = page("owner")
    text = owner.get(f"/finance/books/journal/?as=csv&{days}").content.decode("utf-8-sig")
    assert tuple(text.splitlines()[0].replace('"', "").split(",")) == COLUMNS  # a promise to programs that read it
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == sum(journal.lines.count() for journal in Journal.objects.all())
    assert sum(Decimal(row["debit"] or 0) for row in rows) == sum(Decimal(row["credit"] or 0) for row in rows) > 0
    assert {row["memo"] for row in rows if "اجاره" in row["memo"]} == {"'=اجاره"}
    assert {row["date"] for row in rows} == {queries.clinic_today().isoformat()}
    assert all(row["date_jalali"].startswith("1") and len(row["date_jalali"]) == 10 for row in rows)
    book = owner.get(f"/finance/books/journal/?as=xlsx&{days}").content
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    bank = Account.objects.get(code="1030")
    assert owner.get(f"/finance/books/account/?account={bank.pk}&{days}").status_code == 200
    assert owner.get(f"/finance/books/account/?account={bank.pk}&as=csv&{days}").status_code == 200
    assert owner.get("/finance/books/account/?account=x").status_code == 404
    assert owner.get(f"/finance/books/reports/profit/?known={timezone.now().isoformat()}").status_code == 200
