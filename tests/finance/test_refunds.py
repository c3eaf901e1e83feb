"""Money that goes back: capped, by the way it came, with or without the bill's debt."""

from decimal import Decimal

import pytest

from clinic.shared.errors import Conflict, Invalid
from finance import actions, queries
from finance.models import Invoice, Payment, Refund
from finance.statuses import InvoiceStatus, PaymentStatus
from loyalty.queries import balance as points_of
from tests.finance import make as money


def refund(payment: Payment, amount: int, **more: object) -> Refund:
    return actions.refund(payment=payment, amount=Decimal(amount), reason="اشتباه", by=None, **more)


def test_a_credit_note_leaves_nothing_owed() -> None:
    invoice = money.bill(500_000)
    payment = money.pay(invoice, 500_000, "card")
    refund(payment, 200_000)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid, invoice.credited, invoice.due) == (
        InvoiceStatus.BALANCED,
        300_000,
        200_000,
        0,
    )
    books = money.books()
    assert (books["1020"], books["4920"]) == (300_000, 200_000)
    assert "1100" not in books


def test_a_payment_by_mistake_is_owed_again_and_can_be_paid_again() -> None:
    invoice = money.bill(500_000)
    refund(money.pay(invoice, 500_000, "card"), 500_000, credit=False)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.due) == (InvoiceStatus.ISSUED, 500_000)
    assert points_of(invoice.patient) == 0
    money.pay(invoice, 500_000, "cash")
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.BALANCED
    assert points_of(invoice.patient) == 5
    assert [move.to_status for move in invoice.moves.order_by("pk")] == ["issued", "balanced", "issued", "balanced"]


def test_refunds_never_exceed_the_payment() -> None:
    payment = money.pay(money.bill(500_000), 500_000)
    with pytest.raises(Invalid):
        refund(payment, 500_001)
    refund(payment, 300_000)
    with pytest.raises(Conflict, match="200,000"):
        refund(payment, 200_001)
    refund(payment, 200_000)
    payment.refresh_from_db()
    assert (payment.status, payment.left) == (PaymentStatus.REVERSED, 0)
    with pytest.raises(Conflict):
        refund(payment, 1)


def test_the_same_form_pays_back_once() -> None:
    payment = money.pay(money.bill(500_000), 500_000)
    assert refund(payment, 100_000, form_token="f") == refund(payment, 100_000, form_token="f")
    assert Refund.objects.count() == 1


def test_credit_goes_back_to_credit_and_deposits_out_of_it() -> None:
    invoice = money.bill(300_000)
    deposit = actions.top_up(
        patient=invoice.patient, branch=invoice.branch, method="transfer", amount=Decimal(500_000), by=None
    )
    payment = money.pay(invoice, 300_000, "wallet")
    with pytest.raises(Conflict, match="200,000"):
        refund(deposit, 300_000)
    refund(payment, 300_000)
    assert queries.credit_of(invoice.patient) == 500_000
    refund(deposit, 500_000)
    assert queries.credit_of(invoice.patient) == 0
    assert "1030" not in money.books()


def test_points_that_paid_go_back_as_points() -> None:
    first = money.bill(10_000_000)
    money.pay(first, 10_000_000)
    second = money.bill(500_000, patient=first.patient)
    payment = actions.pay(invoice=second, method="points", points=50, by=None)
    with pytest.raises(Invalid):
        refund(payment, 500)
    refund(payment, 20_000)
    assert points_of(first.patient) == 70
    assert money.books()["2020"] == -70_000


def test_points_follow_the_money_back_but_never_below_zero() -> None:
    first = money.bill(10_000_000)
    payment = money.pay(first, 10_000_000)
    second = money.bill(450_000, patient=first.patient)
    actions.pay(invoice=second, method="points", points=90, by=None)
    refund(payment, 1_500_000)  # fifteen points should go, ten are left
    assert points_of(first.patient) == 0
    entry = first.patient.points_entries.get(kind="reversed")
    assert (entry.points, entry.short) == (-10, 5)
    assert "2020" not in money.books()


def test_a_refund_needs_a_reason() -> None:
    payment = money.pay(money.bill(), 500_000)
    with pytest.raises(Invalid) as refused:
        actions.refund(payment=payment, amount=Decimal(1), reason="  ", by=None)
    assert refused.value.field == "reason"
    assert Invoice.objects.get().paid == 500_000
