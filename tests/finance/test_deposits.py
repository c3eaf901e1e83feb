"""A deposit's ways: taken, used on the bill, returned, kept for a fee, moved, taken back. The books agree at each."""

from decimal import Decimal
from typing import Any

import pytest

from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from finance import actions, queries
from finance.models import Deposit, Payment
from finance.queries.deposits import deposit_state, held_for
from finance.statuses import DepositStatus
from loyalty.queries import balance
from scheduling.events import FeeCharged, FeeWaived
from scheduling.models import Appointment
from tests.finance import make as money


def end(booked: Appointment, status: str = "cancelled") -> Appointment:
    """The appointment's end, as a row."""
    row = Appointment.objects.get(pk=booked.pk)
    row.status = status
    row.save()
    return row


def paid(method: str = "cash", amount: int = 200_000, **fields: Any) -> tuple[Appointment, Payment]:
    booked = money.appointment(amount, **fields)
    return booked, actions.take_deposit(appointment=booked, method=method, by=None)


@pytest.mark.parametrize(("method", "account"), [("cash", "1010"), ("card", "1020"), ("transfer", "1030")])
def test_a_deposit_is_a_debt_of_the_clinic_until_the_visit(method: str, account: str) -> None:
    booked, payment = paid(method)
    assert money.books() == {account: 200_000, "2015": -200_000}
    assert payment.invoice is None
    assert held_for(booked) == 200_000
    assert queries.credit_of(booked.patient) == 0
    money.agreed()


def test_it_is_paid_once_whoever_takes_it() -> None:
    booked, payment = paid()
    with pytest.raises(Conflict, match="paid already"):
        actions.take_deposit(appointment=booked, method="card", by=None)
    other = money.appointment()
    first = actions.take_deposit(appointment=other, method="card", form_token="f", by=None)
    assert actions.take_deposit(appointment=other, method="card", form_token="f", by=None) == first
    assert Payment.objects.count() == 2
    assert payment.pk != first.pk


def test_out_of_the_credit_only_as_far_as_it_goes() -> None:
    booked = money.appointment()
    with pytest.raises(Conflict, match="less"):
        actions.take_deposit(appointment=booked, method="wallet", by=None)
    actions.top_up(patient=booked.patient, branch=booked.branch, method="cash", amount=Decimal(250_000), by=None)
    actions.take_deposit(appointment=booked, method="wallet", by=None)
    assert money.books() == {"1010": 250_000, "2010": -50_000, "2015": -200_000}
    money.agreed()


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(Conflict, match="No deposit"):
        actions.take_deposit(appointment=money.appointment(0), method="cash", by=None)
    with pytest.raises(Conflict, match="does not stand"):
        actions.take_deposit(appointment=end(money.appointment()), method="cash", by=None)
    with pytest.raises(Invalid, match="money"):
        actions.take_deposit(appointment=money.appointment(), method="points", by=None)
    with pytest.raises(Invalid, match="by itself"):
        money.pay(money.bill(500_000), 100, "deposit")
    with pytest.raises(Invalid, match="less than the amount"):
        actions.take_deposit(appointment=money.appointment(), method="cash", tendered=Decimal(100), by=None)
    assert money.books() == {"1100": 500_000, "4010": -500_000}


def test_the_bill_of_the_visit_is_paid_by_it() -> None:
    booked, _payment = paid("card")
    invoice = actions.issue_for_visit(visit=money.visit_of(booked), by=None)
    assert (invoice.paid, invoice.due) == (200_000, 300_000)
    assert money.books() == {"1020": 200_000, "1100": 300_000, "4010": -500_000}
    assert actions.issue_for_visit(visit=invoice.visit, by=None) == invoice
    assert Payment.objects.filter(method="deposit").count() == 1
    money.agreed()


def test_more_than_the_bill_goes_into_the_credit() -> None:
    booked, _payment = paid("cash", 700_000)
    invoice = actions.issue_for_visit(visit=money.visit_of(booked), by=None)
    assert (invoice.status, queries.credit_of(booked.patient)) == ("balanced", 200_000)
    assert Deposit.objects.get().status == DepositStatus.SETTLED
    money.agreed()


def test_points_are_earned_by_deposits_of_real_money_alone() -> None:
    booked, _payment = paid("card", 500_000)
    actions.issue_for_visit(visit=money.visit_of(booked), by=None)
    assert balance(booked.patient) > 0
    other = money.appointment(500_000)
    actions.top_up(patient=other.patient, branch=other.branch, method="cash", amount=Decimal(500_000), by=None)
    actions.take_deposit(appointment=other, method="wallet", by=None)
    actions.issue_for_visit(visit=money.visit_of(other), by=None)
    assert balance(other.patient) == 0
    money.agreed()


def test_a_reopened_visit_holds_it_again_and_takes_its_points_back() -> None:
    booked, _payment = paid("card", 500_000)
    visit = money.visit_of(booked)
    actions.issue_for_visit(visit=visit, by=None)
    actions.cancel_for_visit(visit=visit, by=None)
    assert held_for(booked) == 500_000
    assert balance(booked.patient) == 0
    money.agreed()
    invoice = actions.issue_for_visit(visit=visit, by=None)
    assert invoice.status == "balanced"
    money.agreed()
    money.pay(money.bill(100_000), 100_000)
    rest = money.appointment(100_000)
    actions.take_deposit(appointment=rest, method="cash", by=None)
    mixed = actions.issue_for_visit(visit=money.visit_of(rest), by=None)
    money.pay(mixed, 50_000)
    with pytest.raises(Conflict, match="Pay it back first"):
        actions.cancel_for_visit(visit=mixed.visit, by=None)


def test_a_refund_of_its_part_goes_into_the_credit() -> None:
    booked, _payment = paid()
    invoice = actions.issue_for_visit(visit=money.visit_of(booked), by=None)
    part = invoice.payments.get(method="deposit")
    actions.refund(payment=part, amount=Decimal(80_000), reason="نیمه‌کاره", by=None)
    assert queries.credit_of(booked.patient) == 80_000
    assert Deposit.objects.get().status == DepositStatus.SETTLED
    money.agreed()


def test_it_is_paid_back_by_its_channel_while_held_or_returned() -> None:
    booked, payment = paid("card")
    actions.refund(payment=payment, amount=Decimal(50_000), reason="کمتر خواست", by=None)
    assert money.books() == {"1020": 150_000, "2015": -150_000}
    end(booked)
    actions.follow_deposit(appointment=booked, by=None)
    assert queries.credit_of(booked.patient) == 150_000
    actions.refund(payment=payment, amount=Decimal(150_000), reason="لغو", by=None)
    assert money.books() == {}
    money.agreed()
    spent, payment = paid("cash")
    actions.issue_for_visit(visit=money.visit_of(spent), by=None)
    with pytest.raises(Conflict, match="less"):
        actions.refund(payment=payment, amount=Decimal(10_000), reason="x", by=None)


def test_a_cancelled_visit_returns_it_and_an_undo_takes_it_again() -> None:
    booked, _payment = paid()
    end(booked)
    for _twice in range(2):
        actions.follow_deposit(appointment=booked, by=None)
    assert money.books() == {"1010": 200_000, "2010": -200_000}
    end(booked, "booked")
    for _twice in range(2):
        actions.follow_deposit(appointment=booked, by=None)
    assert money.books() == {"1010": 200_000, "2015": -200_000}
    end(booked)
    actions.follow_deposit(appointment=booked, by=None)
    money.agreed()
    actions.refund(payment=_payment, amount=Decimal(1000), reason="x", by=None)
    end(booked, "booked")
    actions.follow_deposit(appointment=booked, by=None)  # not all of it is there any more
    assert Deposit.objects.get().returned == 200_000
    money.agreed()


def test_what_was_never_paid_is_not_asked_for_any_more() -> None:
    booked = money.appointment()
    actions.ask_deposit(appointment=booked, by=None)
    assert deposit_state(booked).can_pay
    actions.follow_deposit(appointment=end(booked), by=None)
    assert Deposit.objects.get().status == DepositStatus.LAPSED
    actions.follow_deposit(appointment=end(booked, "booked"), by=None)
    assert Deposit.objects.get().status == DepositStatus.ASKED


def test_it_goes_with_the_patient_to_the_new_time() -> None:
    booked, _payment = paid()
    later = money.appointment(0, patient=booked.patient)
    actions.move_deposit(old=booked, new=later, by=None)
    assert (held_for(booked), held_for(later)) == (0, 200_000)


@pytest.mark.parametrize(("amount", "credit", "due"), [(150_000, 50_000, 0), (200_000, 0, 0), (500_000, 0, 300_000)])
def test_a_fee_is_paid_by_it_and_the_rest_returned(amount: int, credit: int, due: int) -> None:
    booked, _payment = paid()
    fee = money.fee(end(booked), amount)
    actions.follow_deposit(appointment=booked, by=None)
    assert held_for(booked) == 200_000  # undecided: it stays
    publish(FeeCharged(fee.pk))
    invoice = actions.issue_fee(fee=fee, by=None)
    assert invoice is not None
    assert (invoice.due, queries.credit_of(booked.patient)) == (due, credit)
    assert money.books()["4040"] == -amount
    money.agreed()
    publish(FeeWaived(fee.pk))
    assert money.books() == {"1010": 200_000, "2010": -200_000}
    money.agreed()


def test_a_waived_fee_that_was_never_charged_returns_it() -> None:
    booked, _payment = paid()
    fee = money.fee(end(booked, "no_show"))
    actions.follow_deposit(appointment=booked, by=None)
    fee.status = "waived"
    fee.save()
    actions.cancel_fee(fee=fee, by=None)
    assert queries.credit_of(booked.patient) == 200_000


def test_a_fee_paid_in_money_is_not_waived_over_it() -> None:
    fee = money.fee(end(money.appointment(0)))
    invoice = actions.issue_fee(fee=fee, by=None)
    money.pay(invoice, 50_000)
    with pytest.raises(Conflict, match="Pay it back first"):
        actions.cancel_fee(fee=fee, by=None)
    assert actions.issue_fee(fee=money.fee(end(money.appointment(0)), 0), by=None) is None
    money.agreed()
