"""Money that comes: in part, in full, too much, by every method, and only once."""

from decimal import Decimal

import pytest

from clinic.shared.errors import Conflict, Invalid
from finance import actions, queries
from finance.models import Invoice, Payment
from finance.statuses import InvoiceStatus
from loyalty.queries import balance as points_of
from tests.finance import make as money


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


def test_a_bill_is_paid_in_parts_and_by_several_methods() -> None:
    invoice = money.bill(500_000)
    money.pay(invoice, 200_000, "cash", tendered=Decimal(250_000))
    assert fresh(invoice).pay_state == "part"
    money.pay(invoice, 300_000, "card", reference="4821")
    assert fresh(invoice).status == InvoiceStatus.BALANCED
    assert money.books() == {
        "1010": 200_000,
        "1020": 300_000,
        "4010": -500_000,
        "4930": 5000,  # five points of 1,000 each
        "2020": -5000,
    }
    assert queries.balance_of(invoice.patient) == 0


def test_change_is_told_and_stays_out_of_the_drawer() -> None:
    payment = money.pay(money.bill(420_000), 420_000, tendered=Decimal(500_000))
    assert payment.change == 80_000
    assert queries.drawer(payment.branch, payment.business_date) == 420_000


def test_too_little_cash_is_refused_at_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        money.pay(money.bill(), 500_000, tendered=Decimal(400_000))
    assert refused.value.field == "tendered"


def test_more_than_is_owed_becomes_credit_and_pays_the_next_bill() -> None:
    invoice = money.bill(500_000)
    money.pay(invoice, 800_000, "card")
    assert queries.credit_of(invoice.patient) == 300_000
    assert queries.balance_of(invoice.patient) == -300_000
    later = money.bill(400_000, patient=invoice.patient)
    money.pay(later, 300_000, "wallet")
    assert queries.credit_of(invoice.patient) == 0
    assert fresh(later).due == 100_000
    assert queries.balance_of(invoice.patient) == 100_000


@pytest.mark.parametrize("method", ["wallet", "card"])
def test_credit_never_pays_more_than_it_has_or_is_owed(method: str) -> None:
    invoice = money.bill(100_000)
    actions.top_up(patient=invoice.patient, branch=invoice.branch, method="cash", amount=Decimal(50_000), by=None)
    with pytest.raises(Conflict, match=r"50,000"):
        money.pay(invoice, 60_000, "wallet")
    with pytest.raises(Invalid):
        money.pay(invoice, 110_000, "wallet")
    assert queries.credit_of(invoice.patient) == 50_000


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "0.5", "1e14"])
def test_amounts_that_cannot_be_are_refused_at_the_field(amount: str) -> None:
    with pytest.raises(Invalid) as refused:
        money.pay(money.bill(), Decimal(amount))
    assert refused.value.field == "amount"
    assert not Payment.objects.exists()


def test_the_same_form_pays_once() -> None:
    invoice = money.bill(500_000)
    first = money.pay(invoice, 700_000, form_token="form-1")
    again = money.pay(invoice, 700_000, form_token="form-1")
    assert first == again
    assert Payment.objects.count() == 2  # the payment and what went to the credit
    with pytest.raises(Conflict):
        money.pay(money.bill(), 500_000, form_token="form-1")


def test_a_paid_bill_takes_no_more() -> None:
    invoice = money.bill()
    money.pay(invoice, 500_000)
    with pytest.raises(Conflict, match="Nothing is owed"):
        money.pay(invoice, 1)


def test_points_come_from_real_money_alone() -> None:
    invoice = money.bill(1_000_000)
    actions.top_up(patient=invoice.patient, branch=invoice.branch, method="card", amount=Decimal(450_000), by=None)
    money.pay(invoice, 450_000, "wallet")
    assert points_of(invoice.patient) == 0
    money.pay(invoice, 550_000, "transfer")
    assert points_of(invoice.patient) == 5


def test_points_pay_up_to_the_cap() -> None:
    first = money.bill(10_000_000)
    money.pay(first, 10_000_000)
    assert points_of(first.patient) == 100
    second = money.bill(200_000, patient=first.patient)
    assert queries.points_offer(second).offer.points == 40  # a fifth of the bill, at 1,000 a point
    with pytest.raises(Invalid) as refused:
        actions.pay(invoice=second, method="points", points=41, by=None)
    assert refused.value.field == "points"
    payment = actions.pay(invoice=second, method="points", points=40, by=None)
    assert payment.amount == 40_000
    assert queries.points_offer(fresh(second)).offer.points == 0
    money.pay(second, 160_000)
    assert points_of(first.patient) == 61
    assert money.books()["2020"] == -61_000
