"""A month of the demo clinic: run again after later activity it says the same, and its days match the drawer."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

import clinic.roof.seeding.money as seeding
from clinic.accounts.actions import grant_role
from clinic.accounts.models import Branch, User
from clinic.accounts.roles import Role
from clinic.patients.models import Patient
from clinic.roof.seeding.diary import Cast
from clinic.roof.seeding.history import seed_history
from clinic.roof.seeding.people import seed_patients
from clinic.roof.seeding.staff import ensure_doctors, ensure_services, weekend_of
from clinic.shared.tenancy import current_clinic
from demo.purse import lay_drawer, lay_money
from demo.world import AFTAB
from finance import actions
from finance.models import (
    Account,
    Cheque,
    DayClose,
    DueExpense,
    GiftCard,
    Invoice,
    Journal,
    JournalLine,
    Membership,
    Package,
    Payment,
    PaymentPlan,
    Refund,
    Settlement,
    Shift,
    Supplier,
    Voucher,
)
from finance.queries.books import trial_balance
from finance.queries.day_cash import CashDay
from finance.queries.days import clinic_today
from finance.queries.report import daily_report
from finance.queries.reports import Scope
from finance.queries.reports.scope import month_of
from finance.queries.takings import drawer
from finance.views.report_makers import REPORTS
from tests.finance import make as money

# Visits beside bills are shown as both stand now, and say so: everything else is of its days.
OF_ITS_DAYS = [name for name in REPORTS if name != "matched"]
DAY = dt.timedelta(days=1)


class Month:
    """A past month with everybody in it."""

    def __init__(self) -> None:
        clinic = current_clinic()
        self.branch: Branch = money.make.branch()
        self.services = ensure_services(clinic)
        self.doctors = ensure_doctors(clinic, self.services, self.branch, 2)
        # Before anything that the demo lays by hand.
        self.first, self.last = month_of(clinic_today() - 95 * DAY)
        self.people = self._staff()
        rng = Random("month")
        known = dt.datetime.combine(self.first, dt.time(12), tzinfo=dt.UTC)
        ids = seed_patients(clinic, rng, 60, known_since=known)
        cast = Cast(self.branch, self.doctors, self.services, ids, set())
        seed_history(cast, rng, first=self.first, last=self.last, weekend=weekend_of(clinic), fill=0.2)
        self.patient = Patient.objects.get(pk=ids[0])
        actions.furnish_accounts(by=None)
        self.vouchers = [self._voucher(code, place) for place, code in enumerate(("5110", "5130", "5140"))]

    def _staff(self) -> dict[Role, User]:
        people = {}
        for role in (Role.OWNER, Role.MANAGER, Role.SECRETARY, Role.CASHIER):
            people[role] = user = money.make.user()
            user.full_name = AFTAB.staff[role][1]
            user.save()
            grant_role(user=user, role=role, by=None)
        return people

    def _voucher(self, code: str, place: int) -> Voucher:
        bank, category = Account.objects.get(code="1030"), Account.objects.get(code=code)
        day = self.first + place * 7 * DAY
        written = actions.Written("expense", self.branch, Decimal(9_000_007), "x", day, money=bank, category=category)
        return actions.enter_voucher(written=written, by=None)

    def days(self) -> Iterator[dt.date]:
        day = self.first
        while day <= self.last:
            yield day
            day += DAY

    def said(self, known: dt.datetime | None = None) -> dict[str, Any]:
        """Every report of the month as a reader sees it: tables, pictures, whether they balance."""
        scope = Scope(self.first, self.last, known, branch=None)
        made = {name: REPORTS[name][1](scope) for name in OF_ITS_DAYS}
        found: dict[str, Any] = {
            name: ([(table.title, table.rows) for table in each.tables], each.charts, each.balances)
            for name, each in made.items()
        }
        if known is None:
            found["trial balance"] = [
                (row.account.code, row.debit, row.credit) for row in trial_balance(self.last).rows
            ]
        return found

    def days_said(self) -> dict[dt.date, Any]:
        """Every day's report."""
        return {day: daily_report(self.branch, day).figures() for day in self.days()}


@pytest.fixture
def month(monkeypatch: pytest.MonkeyPatch) -> Month:
    monkeypatch.setattr(seeding, "UNPAID_SHARE", 0.15)  # a month has few bills; more of them are paid later
    return Month()


def test_a_month_run_again_says_the_same_to_the_rial_and_its_days_match_the_drawer(month: Month) -> None:
    _close_every_day(month)
    before = month.said()
    assert Payment.objects.count() > 50
    assert Invoice.objects.filter(status="issued").count() > 2
    _later(month)
    again = month.said()
    for name, figures in before.items():
        assert again[name] == figures, name
    kept = DayClose.objects.filter(day__lte=month.last)
    assert {closed.day: closed.figures for closed in kept} == month.days_said()
    money.agreed()
    # Even what was posted into the month afterwards is not in a report of what was known before.
    known = Journal.objects.latest("posted_at").posted_at
    then = month.said(known)
    written = actions.Written(
        "expense", month.branch, Decimal(1_000_000), "x", month.first,
        money=Account.objects.get(code="1030"), category=Account.objects.get(code="5110"),
    )  # fmt: skip
    actions.enter_voucher(written=written, by=None)
    assert month.said()["profit"] != before["profit"]
    assert month.said(known) == then


def _close_every_day(month: Month) -> None:
    """By the documents: the cash that was paid so far, less what went back and to the bank."""
    for day in month.days():
        came = _sum(Payment.objects.filter(method="cash", business_date__lte=day), "amount")
        banked = _sum(
            JournalLine.objects.filter(
                journal__kind="banked", business_date__lte=day, account__code__startswith="1010"
            ),
            "amount",
        )
        assert drawer(month.branch, day) == came + banked
        row = actions.close_day(branch=month.branch, day=day, counted=came + banked, by=None)
        assert (row.expected, row.counted) == (came + banked, came + banked)
        paid = Payment.objects.filter(business_date=day)
        assert {key: Decimal(received) for key, _count, received, _back in row.figures["channels"]} == {
            method: _sum(paid.filter(method=method), "amount") for method in set(paid.values_list("method", flat=True))
        }
        bills = Invoice.objects.filter(business_date=day)
        assert row.figures["billed"][0] == bills.count()
        assert Decimal(row.figures["billed"][1]) == _sum(bills, "total")
        cash = {name: Decimal(value) for name, value in row.figures["cash"].items()}
        assert CashDay(**cash).adds_up


def _sum(rows: Any, name: str) -> Decimal:
    return rows.aggregate(sum=Sum(name))["sum"] or Decimal(0)


def _later(month: Month) -> None:
    """Payments, refunds, reversals and sales of later days, and all that the demo lays."""
    owed = list(Invoice.objects.filter(status="issued").select_related("branch", "patient").order_by("pk"))
    paid = list(Payment.objects.filter(method__in=["card", "transfer"]).order_by("pk")[:6])
    actions.cancel_invoice(invoice=owed[0], reason="x", by=None)
    actions.give_discount(invoice=owed[1], amount=Decimal(10_000), reason="x", by=None)
    money.pay(owed[1], owed[1].due - 10_000, "card")
    money.pay(owed[2], owed[2].due, "cash")
    for place, payment in enumerate(paid):
        actions.refund(payment=payment, amount=Decimal(5_000), reason="x", credit=place % 2 == 0, by=None)
    cash = Payment.objects.filter(method="cash").order_by("pk")[0]
    actions.refund(payment=cash, amount=cash.amount, reason="x", by=None)
    actions.reverse_voucher(voucher=month.vouchers[0], reason="x", by=None)
    lay_money(
        AFTAB, branch=month.branch, people=month.people, service=month.services[2], doctor=month.doctors[0],
        patient=month.patient,
    )  # fmt: skip
    lay_drawer(AFTAB, month.branch)
    _nothing_is_empty()


def _nothing_is_empty() -> None:
    """Every page of money has something to show."""
    for model in (
        Cheque, DueExpense, GiftCard, Membership, Package, PaymentPlan, Refund, Settlement, Supplier, Voucher,
    ):  # fmt: skip
        assert model.objects.exists(), model
    assert set(Shift.objects.values_list("status", flat=True)) == {"open", "closed"}
    assert set(DueExpense.objects.values_list("status", flat=True)) == {"confirmed", "proposed"}
    item = Package.objects.get().items.get()
    assert (item.count, item.left) == (6, 3)
    assert Package.objects.get().invoice.business_date < timezone.localdate()
    assert 0 < GiftCard.objects.get().balance < GiftCard.objects.get().value
