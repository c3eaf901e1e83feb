"""What the database itself refuses of the books."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from finance import actions, queries
from finance.models import Account, Invoice, Journal, JournalLine, Payment, WalletAccount
from tests.finance import make as money


def test_a_journal_that_does_not_balance_is_refused_at_commit() -> None:
    money.bill()
    journal = Journal.objects.get()
    account = Account.objects.get(code="1100")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # now, instead of at the commit that a test never reaches
    with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
        JournalLine.objects.create(journal=journal, account=account, amount=Decimal(1))


@pytest.mark.parametrize("table", ["finance_journal", "finance_journalline", "finance_invoicestatuschange"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"])
def test_posted_rows_are_never_changed(table: str, statement: str) -> None:
    money.pay(money.bill(), 500_000)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table))


def test_posting_is_repeatable_by_cause_and_kind() -> None:
    invoice = money.bill()
    again = actions.post(
        kind="issue",
        cause=f"invoice:{invoice.pk}",
        entries=[actions.Entry("service_delivered", Decimal(1))],
        business_date=invoice.business_date,
        branch=invoice.branch,
        by=None,
    )
    assert again == Journal.objects.get()


def test_a_journal_is_reversed_once() -> None:
    invoice = money.bill()
    journal = Journal.objects.get()
    first = actions.reverse(journal=journal, cause="test:1", business_date=invoice.business_date, by=None)
    second = actions.reverse(journal=journal, cause="test:2", business_date=invoice.business_date, by=None)
    assert first == second
    assert money.books() == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda: WalletAccount.objects.create(patient=money.make.patient(), balance=Decimal(-1)),
        lambda: _save(Invoice.objects.get(), paid=Decimal(600_000)),
        lambda: _save(Invoice.objects.get(), total=Decimal(1)),
        lambda: _save(Invoice.objects.get(), status="balanced", paid=Decimal(0)),
        lambda: _save(Payment.objects.get(), refunded=Decimal(500_001)),
        lambda: _save(Payment.objects.get(), amount=Decimal(0)),
    ],
    ids=["wallet", "overpaid", "sum", "balanced", "refunds", "zero"],
)
def test_the_database_refuses_what_must_never_be(change) -> None:  # type: ignore[no-untyped-def]  # rows of any table
    money.pay(money.bill(500_000), 500_000)
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def _save(row, **values) -> None:  # type: ignore[no-untyped-def]  # rows of any table
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def test_the_trial_balance_balances_and_equals_the_journal() -> None:
    money.pay(money.bill(500_000), 700_000)
    found = queries.trial_balance()
    assert found.balances
    assert found.debit == found.credit > 0
    assert {row.account.code.partition("-")[0]: row.balance for row in found.rows if row.balance} == money.books()


def test_the_day_of_the_books_is_the_branchs_own() -> None:
    tokyo = money.make.branch(name="Tokyo", time_zone="Asia/Tokyo")
    hawaii = money.make.branch(name="Honolulu", time_zone="Pacific/Honolulu")
    moment = money.dt.datetime(2026, 11, 21, 20, tzinfo=money.dt.UTC)
    assert queries.local_day(tokyo, moment) == money.dt.date(2026, 11, 22)
    assert queries.local_day(hawaii, moment) == money.dt.date(2026, 11, 21)


def test_takings_tell_each_method_and_what_went_back() -> None:
    first, second = money.bill(500_000), money.bill(300_000)
    payment = money.pay(first, 500_000, "cash")
    money.pay(second, 100_000, "card")
    money.pay(second, 50_000, "card")
    for amount in (150_000, 50_000):
        actions.refund(payment=payment, amount=Decimal(amount), reason="نیمی انجام شد", by=None)
    found = queries.takings(first.branch, first.business_date)
    assert {row.method: (row.count, row.received, row.refunded) for row in found.rows} == {
        "cash": (1, 500_000, 200_000),
        "card": (2, 150_000, 0),
    }
    assert (found.money, found.billed, found.unpaid, found.drawer) == (450_000, 600_000, 150_000, 300_000)
    assert list(queries.unpaid_of(first.branch, first.business_date)) == [second]
