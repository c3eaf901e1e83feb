"""The world that sequences of money are played in, and what must be true of it at any time."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum

from clinic.accounts.roles import Role
from finance import actions
from finance.actions.ledger import account
from finance.models import (
    CreditNote,
    GiftCard,
    Invoice,
    Journal,
    JournalLine,
    PackageItem,
    Payment,
    Refund,
    Shift,
    WalletAccount,
)  # fmt: skip
from finance.queries.drawers import drawer_sum
from tests.finance import make as money
from tests.finance.money_model import Money
from tests.finance.packages import kind

POINTS = {"2020", "4930"}  # what points cost has a test of its own; here both only mirror each other


class World:
    """What every sequence begins with; the people and places, and the model of the money that moved so far."""

    begin = Money()  # what moved before the sequences

    def __init__(self) -> None:
        self.branch = money.make.branch()
        self.clerks = [money.make.user(Role.SECRETARY), money.make.user(Role.SECRETARY)]
        self.patient = money.make.patient()
        self.service = money.make.service(price=Decimal(120_000))
        self.doctor = money.make.practitioner(self.service, hours=False)
        self.kind = kind(300_000, counts={self.service: 3}, valid_days=0)
        self.desk = actions.save_desk(desk=None, branch=self.branch, name="پذیرش", by=None)
        actions.save_cash_rules(branch=self.branch, uses_shifts=True, is_blind=True, by=None)
        self.places = {key: account(key=key, branch=self.branch, by=None) for key in ("bank", "card", "safe")}
        self.places["income"] = account(key="other_income", branch=None, by=None)

    def shift(self) -> Shift | None:
        return Shift.objects.filter(desk=self.desk, status="open").select_related("cashier", "desk", "branch").first()


def tampered(how: str) -> None:
    """Every way round the actions to a posted row is refused by the database, to the role that the product has."""
    line = JournalLine.objects.order_by("-pk").first()
    note = CreditNote.objects.order_by("-pk").first()
    assert line is not None

    def changed(row: Any) -> None:
        row.amount += 1
        row.save()

    ways: dict[str, Callable[[], Any]] = {
        "save": lambda: changed(line),
        "update": lambda: JournalLine.objects.filter(pk=line.pk).update(amount=1),
        "delete": lambda: Journal.objects.filter(pk=line.journal_id).delete(),
        "sql": lambda: connection.cursor().execute("UPDATE finance_journal SET business_date = '2020-01-01'"),
        "sql delete": lambda: connection.cursor().execute("DELETE FROM finance_journalline"),
        "line": lambda: connection.cursor().execute("UPDATE finance_journalline SET amount = amount * 2"),
        "note": lambda: changed(note) if note else connection.cursor().execute("TRUNCATE finance_creditnote CASCADE"),
    }
    with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
        ways[how]()


def sums() -> dict[str, Decimal]:
    """The balance of every account by its code, per-branch ones without the branch."""
    found: dict[str, Decimal] = {}
    rows = JournalLine.objects.order_by().values_list("account__code").annotate(Sum("amount"))
    for code, amount in rows:
        key = code.partition("-")[0]
        found[key] = found.get(key, Decimal(0)) + amount
    return {code: amount for code, amount in found.items() if amount}


def agree(model: Money, world: World) -> None:
    """The books are the model's, and the documents too."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # as a commit would
    books = sums()
    assert sum(books.values()) == 0
    points = {code: books.pop(code, Decimal(0)) for code in POINTS}
    assert sum(points.values()) == 0
    assert books == model.expected()
    rows = {row.pk: row for row in Invoice.objects.all()}
    for bill in model.bills:
        row = rows[bill.pk]
        assert (row.paid, row.credited, row.due) == (bill.paid, bill.credited, bill.due)
    for pk, refunded, amount in Payment.objects.values_list("pk", "refunded", "amount"):
        mine = next(row for row in model.payments if row.pk == pk)
        assert amount - refunded == mine.left >= 0
    shift = world.shift()
    assert (drawer_sum(shift) if shift else None) == model.drawer


def of(rows: Any, what: Any) -> Decimal:
    """The sum of a column or of what is reckoned from some."""
    return Decimal(rows.aggregate(sum=Sum(what))["sum"] or 0)


def agreed() -> None:
    """What the documents say is what the books say, without a model."""
    books = sums()
    assert sum(books.values()) == 0
    crooked = JournalLine.objects.order_by().values("journal").annotate(sum=Sum("amount")).exclude(sum=0)
    assert not crooked.exists()
    bills = Invoice.objects.exclude(status="cancelled")
    assert books.get("1100", 0) == of(bills, F("total") - F("credited") - F("paid"))
    assert -books.get("2010", 0) == of(WalletAccount.objects, "balance")
    assert -books.get("2050", 0) == of(PackageItem.objects, "value_left")
    assert -books.get("2060", 0) == of(GiftCard.objects, "balance")
    assert of(Payment.objects, "refunded") == of(Refund.objects, "amount")
    assert of(Invoice.objects, "credited") == of(CreditNote.objects, "amount")
    for bill in bills.annotate(left=Sum(F("payments__amount") - F("payments__refunded"))):
        assert bill.paid == (bill.left or 0)
