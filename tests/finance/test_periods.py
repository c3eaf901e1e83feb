"""Closed periods: nothing is posted there by any way, what comes late is dated today, a year goes to the equity."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from clinic.shared.errors import Conflict, Invalid
from finance import actions, queries
from finance.models import Journal, PeriodMove
from finance.queries.periods import closed_ranges, is_closed, months_of, open_day
from tests.finance import make as money

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 1, 31)
INSIDE = dt.date(2025, 1, 15)


def close(first: dt.date = FIRST, last: dt.date = LAST, **more: Any) -> PeriodMove:
    return actions.close_period(first=first, last=last, reason="بسته شد", by=None, **more)


def reopen(first: dt.date = FIRST, last: dt.date = LAST) -> PeriodMove:
    return actions.reopen_period(first=first, last=last, reason="اصلاح", by=None)


def post(day: dt.date, cause: str = "test:1", rule: str = "paid_cash", amount: int = 1000) -> Journal | None:
    return actions.post(
        kind="test", cause=cause, entries=[actions.Entry(rule, Decimal(amount))], business_date=day,
        branch=money.make.branch(), by=None,
    )  # fmt: skip


def test_nothing_is_posted_into_a_closed_period() -> None:
    close()
    with pytest.raises(Conflict) as refused:
        post(INSIDE)
    assert refused.value.code == "period_closed"
    assert not Journal.objects.exists()
    for day in (FIRST - dt.timedelta(days=1), LAST + dt.timedelta(days=1)):
        assert post(day, cause=f"test:{day}")


def test_the_database_refuses_it_by_itself() -> None:
    close()
    with pytest.raises(DatabaseError, match="are closed"), transaction.atomic():
        Journal.objects.create(kind="test", cause="x", business_date=INSIDE)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_journal (kind, cause, business_date, memo) VALUES ('t', 'y', %s, '')", [INSIDE]
        )


@pytest.mark.parametrize("statement", ["UPDATE {t} SET closes = false", "DELETE FROM {t}", "TRUNCATE {t}"])
@pytest.mark.parametrize("table", ["finance_periodmove", "finance_voucher", "finance_voucherreversal"])
def test_periods_and_vouchers_are_written_once(table: str, statement: str) -> None:
    close()
    voucher = actions.enter_voucher(written=expense(), by=None)
    actions.reverse_voucher(voucher=voucher, reason="اشتباه", by=None)
    statement = statement.replace("closes = false", "id = id")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(t=table))


def expense(**more: Any) -> actions.Written:
    from finance.models import Account

    actions.furnish_accounts(by=None)
    accounts = {row.code: row for row in Account.objects.filter(code__in=["5110", "1030"])}
    values = {"money": accounts["1030"], "category": accounts["5110"], **more}
    return actions.Written("expense", money.make.branch(), Decimal(1000), "اجاره", **values)


def test_a_repeat_of_what_was_posted_before_the_closing_gets_the_first() -> None:
    first = post(INSIDE)
    close()
    assert post(INSIDE) == first


def test_of_all_moves_the_newest_holds_and_ranges_say_the_same() -> None:
    close(FIRST, dt.date(2025, 3, 31))
    reopen(dt.date(2025, 2, 1), dt.date(2025, 2, 28))
    assert closed_ranges() == [(FIRST, LAST), (dt.date(2025, 3, 1), dt.date(2025, 3, 31))]
    for day, shut in ((INSIDE, True), (dt.date(2025, 2, 10), False), (dt.date(2025, 3, 1), True)):
        assert is_closed(day) is shut
        assert open_day(day) == (queries.clinic_today() if shut else day)
    assert [row.state for row in months_of(2025)][:4] == ["closed", "open", "closed", "open"]
    with translation.override("fa"):
        assert [row.state for row in months_of(1403)][-3:] == ["part", "part", "part"]
    close(dt.date(2025, 2, 1), dt.date(2025, 2, 28))
    assert closed_ranges() == [(FIRST, dt.date(2025, 3, 31))]


def test_only_days_that_are_over_are_closed_and_only_closed_ones_opened() -> None:
    with pytest.raises(Invalid):
        close(queries.clinic_today(), queries.clinic_today())
    with pytest.raises(Invalid):
        close(LAST, FIRST)
    with pytest.raises(Conflict):
        reopen()
    with pytest.raises(Invalid):
        actions.close_period(first=FIRST, last=LAST, reason=" ", by=None)
    close()
    with pytest.raises(Conflict):
        close()


def test_what_is_taken_back_after_the_closing_is_dated_today() -> None:
    written = expense(business_date=INSIDE)
    voucher = actions.enter_voucher(written=written, by=None)
    close()
    actions.reverse_voucher(voucher=voucher, reason="اشتباه", by=None)
    days = list(Journal.objects.order_by("pk").values_list("business_date", flat=True))
    assert days == [INSIDE, queries.today(written.branch)]
    assert money.books() == {}


def test_late_stock_of_a_closed_day_is_posted_today() -> None:
    movement = money.movement("found", 1)
    close(first=dt.date(2020, 1, 1), last=queries.clinic_today() - dt.timedelta(days=3))
    movement.at = movement.at.replace(year=2024)
    journal = actions.post_stock(movement=movement, by=None)
    assert journal
    assert journal.business_date == queries.clinic_today()


def test_a_year_is_closed_to_the_equity_and_opened_again() -> None:
    post(INSIDE, rule="service_delivered", amount=900)
    actions.enter_voucher(written=expense(business_date=INSIDE), by=None)
    close(year_end=True)
    found = money.books()
    assert (found.get("4010"), found.get("5110"), found["3020"]) == (None, None, 100)
    assert found["3020"] == 1000 - 900  # a loss stands on the debit side
    reopen()
    found = money.books()
    assert (found["4010"], found["5110"], found.get("3020")) == (-900, 1000, None)
    post(INSIDE, cause="test:2", rule="service_delivered", amount=300)
    close(year_end=True)
    assert money.books()["3020"] == -200
    assert sum(money.books().values()) == 0


def test_the_owner_closes_and_nobody_else(page: Any) -> None:
    sent = {"first_day": "2025-01-01", "last_day": "2025-01-31", "reason": "پایان ماه"}
    for role in ("secretary", "manager", "cashier", "doctor"):
        assert page(role).post("/finance/books/periods/close/", sent).status_code == 403
    owner = page("owner")
    assert owner.post("/finance/books/periods/close/", sent).status_code == 302
    assert is_closed(INSIDE)
    assert owner.post("/finance/books/periods/close/", sent).status_code == 422
    shown = owner.get("/finance/books/periods/?year=1403").content.decode()
    assert "پایان ماه" in shown
    assert owner.post("/finance/books/periods/open/", sent).status_code == 302
    assert not is_closed(INSIDE)
