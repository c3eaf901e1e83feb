"""Instalments and cheques: what is promised, what came of it, and what the books say of each step."""

import datetime as dt
from decimal import Decimal

import pytest

from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.actions.plans import even_parts
from finance.models import Cheque, Instalment, Invoice
from finance.queries.days import today
from finance.queries.promises import due_parts, parts_of, plan_of
from messaging.actions.instalments import remind_instalments
from messaging.models import Message
from tests.finance import make as money

D, DAY = Decimal, dt.timedelta(days=1)


def cheque(invoice: Invoice, amount: int = 400_000, **more: object) -> Cheque:
    values = {"bank": "ملی", "number": "۱۲۳۴۵", "due_on": today(invoice.branch) + 30 * DAY, "amount": D(amount)}
    return actions.take_cheque(invoice=invoice, **(values | more), by=None)  # type: ignore[arg-type]  # by kind


def held() -> tuple[Decimal, Decimal, Decimal]:
    """In hand, at the bank to be cashed, at the bank."""
    books = money.books()
    return books.get("1050", D(0)), books.get("1055", D(0)), books.get("1030", D(0))


def test_a_cheque_from_hand_to_bank() -> None:
    invoice = money.bill(400_000)
    row = cheque(invoice, form_token="c")
    assert cheque(invoice, form_token="c") == row
    invoice.refresh_from_db()
    assert (row.number, invoice.status, held()) == ("12345", "balanced", (400_000, 0, 0))
    with pytest.raises(Conflict):
        actions.refund(payment=row.payment, amount=D(1), reason="x", by=None)  # the cheque goes back, not money
    actions.move_cheque(cheque=row, to="deposited", by=None)
    assert held() == (0, 400_000, 0)
    actions.move_cheque(cheque=row, to="cleared", by=None)
    assert held() == (0, 0, 400_000)
    with pytest.raises(Conflict):
        actions.move_cheque(cheque=row, to="bounced", reason="x", by=None)
    payment = type(row.payment).objects.get(pk=row.payment_id)
    actions.refund(payment=payment, amount=D(100_000), reason="x", by=None)  # now it is money at the bank
    assert held() == (0, 0, 300_000)
    money.agreed()


def test_a_bounced_cheque_leaves_the_bill_owed_again() -> None:
    invoice = money.bill(400_000)
    row = cheque(invoice)
    actions.move_cheque(cheque=row, to="deposited", by=None)
    with pytest.raises(Invalid):
        actions.move_cheque(cheque=row, to="bounced", by=None)
    actions.move_cheque(cheque=row, to="bounced", reason="کسر موجودی", by=None)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.due, held()) == ("issued", 400_000, (0, 0, 0))
    actions.move_cheque(cheque=row, to="returned", reason="به بیمار", by=None)
    assert held() == (0, 0, 0)
    again = cheque(invoice)  # the same paper, brought again
    actions.move_cheque(cheque=again, to="returned", reason="نقد داد", by=None)
    invoice.refresh_from_db()
    assert invoice.due == 400_000
    money.agreed()


def test_a_cheque_is_taken_once_and_never_above_the_bill() -> None:
    invoice = money.bill(400_000)
    cheque(invoice, 100_000)
    with pytest.raises(Conflict):
        cheque(invoice, 100_000)
    for wrong in ({"number": "2", "amount": D(300_001)}, {"number": "3", "national_number": "123"}, {"bank": " "}):
        with pytest.raises(Invalid):
            cheque(invoice, **wrong)
    assert Cheque.objects.count() == 1


def test_a_plan_adds_up_and_payments_fill_the_earliest_part() -> None:
    invoice = money.bill(1_000_000)
    money.pay(invoice, 100_000)
    first = today(invoice.branch)
    wrong = [[(first, D(899_999))], [(first, D(450_000)), (first, D(450_000))], [(first - DAY, D(900_000))], []]
    for parts in wrong:
        with pytest.raises(Invalid):
            actions.agree_plan(invoice=invoice, parts=parts, by=None)
    days = [first + 30 * DAY * step for step in range(3)]
    plan = actions.agree_plan(invoice=invoice, parts=[(day, D(300_000)) for day in days], by=None)
    money.pay(invoice, 350_000, "card")
    found = plan_of(invoice.pk)
    assert found == plan
    parts = parts_of([found], first + 31 * DAY)
    assert [(part.paid, part.open, part.state) for part in parts] == [
        (300_000, 0, "paid"), (50_000, 250_000, "overdue"), (0, 300_000, "later"),
    ]  # fmt: skip
    assert [part.row.place for part in due_parts(invoice.branch, first)] == [2, 3]
    other = actions.agree_plan(invoice=invoice, parts=[(first + DAY, D(550_000))], by=None)
    assert plan_of(invoice.pk) == other
    actions.end_plan(plan=other, reason="نقد می‌دهد", by=None)
    assert plan_of(invoice.pk) is None
    assert Instalment.objects.count() == 4  # what was agreed stays written


@pytest.mark.parametrize(("total", "count"), [(1_000_000, 3), (999_999, 7), (10, 60), (900_000, 1)])
def test_even_parts_add_up(total: int, count: int) -> None:
    parts = even_parts(D(total), count, D(1))
    assert (sum(parts), len(parts)) == (total, count)


def test_the_patient_is_reminded_once_before_and_once_after() -> None:
    invoice = money.bill(600_000)
    first = today(invoice.branch)
    actions.agree_plan(invoice=invoice, parts=[(first + DAY, D(300_000)), (first + 40 * DAY, D(300_000))], by=None)
    assert remind_instalments() == 1
    remind_instalments()
    [message] = Message.objects.filter(kind="instalment_due")
    assert message.patient == invoice.patient
    assert invoice.public_token in message.text
    assert remind_instalments(on=first + 3 * DAY) == 1
    assert Message.objects.filter(kind="instalment_overdue").count() == 1
    money.pay(invoice, 600_000)
    assert remind_instalments(on=first + 43 * DAY) == 0
