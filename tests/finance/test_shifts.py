"""Shifts at a cash desk: the drawer is what the books say, and every cash journal names it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.shared.errors import Conflict, Forbidden, Invalid
from finance import actions
from finance.models import CashDesk, CashMove, Journal, JournalLine, Shift
from finance.queries.drawers import drawer_sum, left_at
from tests.finance import make as money

D = Decimal


@pytest.fixture
def clerk() -> User:
    return money.make.user(Role.SECRETARY)


@pytest.fixture
def desk() -> CashDesk:
    """A shared desk in a branch that takes cash in shifts."""
    made = actions.save_desk(desk=None, branch=money.make.branch(), name="پذیرش", by=None)
    actions.save_cash_rules(branch=made.branch, uses_shifts=True, is_blind=True, by=None)
    return made


def cash_of(shift: Shift) -> dict[str, Decimal]:
    """The books' balance of every account that journals of a shift have moved."""
    found: dict[str, Decimal] = {}
    for code, amount in JournalLine.objects.filter(journal__shift=shift).values_list("account__code", "amount"):
        found[code.partition("-")[0]] = found.get(code.partition("-")[0], D(0)) + amount
    return {code: amount for code, amount in found.items() if amount}


def pay(user: User, amount: int, method: str = "cash") -> None:
    invoice = money.bill(amount)
    actions.pay(invoice=invoice, method=method, amount=D(amount), by=user)


def test_a_day_at_the_drawer_is_exact(desk: CashDesk, clerk: User) -> None:
    shift = actions.open_shift(desk=desk, opening=D(1_000_000), by=clerk)
    pay(clerk, 500_000)
    pay(clerk, 300_000, "card")
    back = money.pay(money.bill(200_000), 200_000)  # by nobody: through no drawer
    actions.refund(payment=back, amount=D(50_000), reason="اشتباه", by=clerk)
    actions.move_cash(shift=shift, kind="out", amount=D(120_000), reason="چای", by=clerk)
    actions.move_cash(shift=shift, kind="in", amount=D(20_000), reason="پیدا شد", by=clerk)
    actions.move_cash(shift=shift, kind="to_bank", amount=D(400_000), by=clerk)
    assert drawer_sum(shift) == 1_000_000 + 500_000 - 50_000 - 120_000 + 20_000 - 400_000
    closed = actions.count_shift(shift=shift, counted=D(950_000), left=D(600_000), banked=D(50_000), by=clerk)
    assert closed.status == "closed"
    assert closed.difference == 0
    assert drawer_sum(shift) == 0
    books = money.books()
    assert books["1015"] == -1_000_000 + 900_000
    assert books["1030"] == 450_000
    assert books["5050"] == 120_000
    assert left_at(desk) == 600_000
    money.agreed()


def test_a_shortage_waits_for_a_word_and_is_posted(desk: CashDesk, clerk: User) -> None:
    shift = actions.open_shift(desk=desk, opening=D(0), by=clerk)
    pay(clerk, 500_000)
    counted = actions.count_shift(shift=shift, counted=D(450_000), by=clerk)
    assert (counted.status, counted.difference) == ("counted", -50_000)
    with pytest.raises(Conflict):
        pay(clerk, 10_000)  # nothing goes in while it is counted
    actions.count_again(shift=shift, by=clerk)
    again = actions.count_shift(shift=shift, counted=D(490_000), left=D(0), by=clerk)
    assert again.difference == -10_000
    with pytest.raises(Invalid):
        actions.settle_count(shift=shift, note=" ", by=clerk)
    closed = actions.settle_count(shift=shift, note="معلوم نیست", by=clerk)
    assert closed.status == "closed"
    assert [(move.to_status, move.counted) for move in closed.moves.order_by("pk")] == [
        ("open", 0), ("counted", 450_000), ("open", None), ("counted", 490_000), ("closed", None),
    ]  # fmt: skip
    assert money.books()["5040"] == 10_000
    assert money.books()["1015"] == 490_000
    assert "1010" not in money.books()


def test_an_excess_is_income(desk: CashDesk, clerk: User) -> None:
    shift = actions.open_shift(desk=desk, opening=D(0), by=clerk)
    actions.count_shift(shift=shift, counted=D(5_000), by=clerk)
    actions.settle_count(shift=shift, note="انعام", by=clerk)
    assert money.books() == {"1015": 5_000, "4050": -5_000}


def test_what_is_missing_at_the_opening_is_the_night_before(desk: CashDesk, clerk: User) -> None:
    first = actions.open_shift(desk=desk, opening=D(300_000), by=clerk)
    actions.count_shift(shift=first, counted=D(300_000), by=clerk)
    second = actions.open_shift(desk=desk, opening=D(280_000), missing=True, by=clerk)
    assert drawer_sum(second) == 280_000
    assert money.books()["5040"] == 20_000
    actions.count_shift(shift=second, counted=D(280_000), by=clerk)
    third = actions.open_shift(desk=desk, opening=D(500_000), by=clerk)  # more was taken out of the safe
    assert drawer_sum(third) == 500_000
    assert money.books()["5040"] == 20_000


def test_a_drawer_is_handed_over_when_the_colleague_accepts(desk: CashDesk, clerk: User) -> None:
    colleague, other = money.make.user(Role.CASHIER), money.make.user(Role.CASHIER)
    shift = actions.open_shift(desk=desk, opening=D(100_000), by=clerk)
    pay(clerk, 400_000)
    with pytest.raises(Invalid):
        actions.offer_shift(shift=shift, to=money.make.user(Role.DOCTOR), counted=D(500_000), by=clerk)
    with pytest.raises(Invalid):
        actions.offer_shift(shift=shift, to=colleague, counted=D(499_000), by=clerk)
    actions.offer_shift(shift=shift, to=colleague, counted=D(499_000), note="کم آمد", by=clerk)
    assert "5040" not in money.books()  # nothing is posted before she accepts
    with pytest.raises(Conflict):
        actions.accept_shift(shift=shift, by=other)
    actions.refuse_shift(shift=shift, reason="دوباره بشمار", by=colleague)
    assert Shift.objects.get(pk=shift.pk).status == "open"
    actions.offer_shift(shift=shift, to=colleague, counted=D(499_000), note="کم آمد", by=clerk)
    mine = actions.accept_shift(shift=shift, by=colleague)
    assert (mine.cashier, mine.came_from, drawer_sum(mine), drawer_sum(shift)) == (colleague, shift, 499_000, 0)
    assert money.books()["5040"] == 1_000
    with pytest.raises(Conflict):
        actions.accept_shift(shift=shift, by=colleague)
    pay(colleague, 50_000)
    assert drawer_sum(mine) == 549_000
    money.agreed()


def test_cash_needs_an_open_drawer_and_other_money_does_not(desk: CashDesk, clerk: User) -> None:
    invoice = money.bill(500_000)
    with pytest.raises(Conflict):
        actions.pay(invoice=invoice, method="cash", amount=D(100_000), by=clerk)
    actions.pay(invoice=invoice, method="card", amount=D(100_000), by=clerk)
    shift = actions.open_shift(desk=desk, opening=D(0), by=clerk)
    paid = actions.pay(invoice=invoice, method="cash", amount=D(100_000), by=clerk)
    card = actions.pay(invoice=invoice, method="card", amount=D(100_000), by=clerk)
    credit = actions.top_up(patient=invoice.patient, branch=invoice.branch, method="cash", amount=D(7_000), by=clerk)
    assert [row.shift for row in (paid, card, credit)] == [shift] * 3
    assert Journal.objects.get(cause=f"payment:{paid.pk}").shift == shift
    colleague = money.make.user(Role.SECRETARY)
    shared = actions.pay(invoice=invoice, method="cash", amount=D(50_000), by=colleague)
    assert (shared.shift, shared.received_by) == (shift, colleague)
    assert drawer_sum(shift) == 157_000
    actions.save_desk(desk=desk, branch=desk.branch, name="پذیرش", is_shared=False, by=None)
    with pytest.raises(Conflict):
        actions.pay(invoice=invoice, method="cash", amount=D(50_000), by=colleague)


def test_a_payment_sent_twice_is_one_also_after_the_drawer_is_closed(desk: CashDesk, clerk: User) -> None:
    shift = actions.open_shift(desk=desk, opening=D(0), by=clerk)
    invoice = money.bill(100_000)
    paid = actions.pay(invoice=invoice, method="cash", amount=D(40_000), form_token="once", by=clerk)
    actions.count_shift(shift=shift, counted=D(40_000), by=clerk)
    assert actions.pay(invoice=invoice, method="cash", amount=D(40_000), form_token="once", by=clerk) == paid
    refund = {"payment": paid, "amount": D(1000), "reason": "x", "form_token": "back", "by": clerk}
    with pytest.raises(Conflict):
        actions.refund(**refund)


def test_a_clinic_without_shifts_goes_on_as_before(clerk: User) -> None:
    paid = money.pay(money.bill(500_000), 500_000)
    assert paid.shift is None
    made = actions.save_desk(desk=None, branch=money.make.branch(), name="پذیرش", by=None)
    with pytest.raises(Conflict):
        actions.open_shift(desk=made, opening=D(0), by=clerk)
    assert money.books()["1010"] == 500_000
    actions.save_cash_rules(branch=made.branch, uses_shifts=True, is_blind=True, by=None)
    assert money.books()["1015"] == 500_000  # what lay in the drawer goes into the safe
    assert "1010" not in money.books()
    shift = actions.open_shift(desk=made, opening=D(200_000), by=clerk)
    with pytest.raises(Conflict):
        actions.save_cash_rules(branch=made.branch, uses_shifts=False, is_blind=True, by=None)
    assert money.books()["1015"] == 300_000
    assert drawer_sum(shift) == 200_000


def test_only_hers_and_no_more_than_is_there(desk: CashDesk, clerk: User) -> None:
    shift = actions.open_shift(desk=desk, opening=D(100_000), by=clerk)
    colleague, manager = money.make.user(Role.SECRETARY), money.make.user(Role.MANAGER)
    with pytest.raises(Forbidden):
        actions.count_shift(shift=shift, counted=D(0), by=colleague)
    with pytest.raises(Conflict):
        actions.open_shift(desk=desk, opening=D(0), by=colleague)
    with pytest.raises(Conflict):
        actions.move_cash(shift=shift, kind="to_bank", amount=D(100_001), by=clerk)
    with pytest.raises(Invalid):
        actions.move_cash(shift=shift, kind="out", amount=D(10), by=clerk)  # no word for what
    with pytest.raises(Invalid):
        actions.move_cash(shift=shift, kind="short", amount=D(10), reason="x", by=clerk)
    with pytest.raises(Invalid):
        actions.count_shift(shift=shift, counted=D(100_000), left=D(60_000), banked=D(60_000), by=clerk)
    assert actions.count_shift(shift=shift, counted=D(100_000), by=manager).status == "closed"
    with pytest.raises(Conflict):
        actions.move_cash(shift=shift, kind="in", amount=D(10), reason="x", by=clerk)


def test_the_database_keeps_one_live_shift_a_desk_and_a_person_and_moves_as_written(
    desk: CashDesk, clerk: User
) -> None:
    shift = actions.open_shift(desk=desk, opening=D(10_000), by=clerk)
    second = actions.save_desk(desk=None, branch=desk.branch, name="دوم", by=None)
    for where, who in ((desk, money.make.user(Role.SECRETARY)), (second, clerk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shift(desk=where, branch=desk.branch, cashier=who, business_date=dt.date(2026, 11, 22)).save()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE finance_cashmove SET amount = amount + 1 WHERE shift_id = %s", [shift.pk])
    assert CashMove.objects.get().amount == 10_000
