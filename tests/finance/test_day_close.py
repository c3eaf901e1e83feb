"""The daily report and the close of a day: what was counted, to the rial, and the same figures whenever it is run."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from clinic.accounts.roles import Role
from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.models import DayClose, Journal
from finance.queries.days import today
from finance.queries.report import daily_report
from tests.finance import make as money

D = Decimal


def test_a_day_with_shifts_matches_its_drawers_to_the_rial() -> None:
    branch, clerk = money.make.branch(), money.make.user(Role.CASHIER)
    desk = actions.save_desk(desk=None, branch=branch, name="پذیرش", by=None)
    actions.save_cash_rules(branch=branch, uses_shifts=True, is_blind=True, by=None)
    day = today(branch)
    shift = actions.open_shift(desk=desk, opening=D(200_000), by=clerk)
    invoice = money.bill(1_000_000)
    actions.give_discount(invoice=invoice, amount=D(100_000), reason="همکار", by=clerk)
    cash = actions.pay(invoice=invoice, method="cash", amount=D(400_007), by=clerk)
    actions.pay(invoice=invoice, method="card", amount=D(300_000), by=clerk)
    actions.refund(payment=cash, amount=D(50_000), reason="x", by=clerk)
    actions.top_up(patient=invoice.patient, branch=branch, method="card_to_card", amount=D(70_000), by=clerk)
    actions.move_cash(shift=shift, kind="out", amount=D(30_000), reason="پیک", by=clerk)
    with pytest.raises(Conflict):
        actions.close_day(branch=branch, day=day, by=clerk)  # a drawer is open
    actions.count_shift(shift=shift, counted=D(519_007), banked=D(300_000), by=clerk)
    actions.settle_count(shift=shift, note="؟", by=clerk)
    report = daily_report(branch, day)
    assert [(row.key, row.count, row.received, row.refunded) for row in report.channels] == [
        ("cash", 1, 400_007, 50_000), ("card", 1, 300_000, 0), ("card_to_card", 1, 70_000, 0),
    ]  # fmt: skip
    assert [(row.key, row.count, row.kept) for row in report.cashiers] == [(str(clerk.pk), 3, 720_007)]
    assert (report.billed.sum, report.discounts.sum, report.credit_notes.sum) == (1_000_000, 100_000, 50_000)
    assert (report.top_ups.sum, report.deposits.sum, report.money) == (70_000, 0, 720_007)
    assert (report.cash.missing, report.cash.to_bank, report.cash.after) == (1_000, 300_000, 19_007)
    assert report.cash.adds_up
    row = actions.close_day(branch=branch, day=day, by=clerk)
    assert (row.expected, row.counted) == (520_007, 519_007)
    assert actions.close_day(branch=branch, day=day, by=clerk) == row
    later = money.pay(money.bill(80_000), 80_000, "card")
    assert later.business_date == day + dt.timedelta(days=1)  # the day is over
    actions.cancel_invoice(invoice=money.bill(10_000), reason="x", by=clerk)
    again = daily_report(branch, day)
    assert again.is_as_closed
    assert again.figures() == report.figures() == row.figures


def test_a_day_without_shifts_is_counted_at_its_end() -> None:
    branch, clerk = money.make.branch(), money.make.user(Role.CASHIER)
    day = today(branch)
    money.pay(money.bill(500_000), 500_000)
    with pytest.raises(Invalid):
        actions.close_day(branch=branch, day=day, by=clerk)
    with pytest.raises(Invalid):
        actions.close_day(branch=branch, day=day, counted=D(490_000), by=clerk)  # no word about it
    assert not DayClose.objects.exists()
    actions.close_day(branch=branch, day=day, counted=D(490_000), note="؟", by=clerk)
    assert (money.books()["5040"], money.books()["1010"]) == (10_000, 490_000)
    report = daily_report(branch, day)
    assert report.cash.adds_up
    assert (report.cash.missing, report.cash.after, report.is_as_closed) == (10_000, 490_000, True)
    assert daily_report(branch, day + dt.timedelta(days=1)).cash.before == 490_000
    with pytest.raises(Conflict):
        actions.close_day(branch=branch, day=day - dt.timedelta(days=1), counted=D(0), by=clerk)
    with pytest.raises(Conflict):
        actions.close_day(branch=branch, day=day + dt.timedelta(days=9), counted=D(0), by=clerk)


def test_what_was_closed_shows_when_the_books_were_changed_behind_it() -> None:
    branch, clerk = money.make.branch(), money.make.user(Role.CASHIER)
    day = today(branch)
    money.pay(money.bill(500_000), 500_000)
    actions.close_day(branch=branch, day=day, counted=D(500_000), by=clerk)
    actions.post(
        kind="test", cause="behind", entries=[actions.Entry("discount_given", D(1))], business_date=day, branch=branch,
        by=None,
    )  # fmt: skip
    assert not daily_report(branch, day).is_as_closed
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE finance_dayclose SET counted = 0")
    assert Journal.objects.filter(cause="behind").count() == 1
