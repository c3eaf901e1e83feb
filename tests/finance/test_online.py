"""Online payments: whatever happens on the way, what was paid is one payment, and nothing else is."""

import contextlib
import datetime as dt
import os
import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies

from clinic.shared.errors import ActionError, Conflict, TooMany, Unavailable
from finance import actions, queries
from finance.models import Deposit, GatewayAccount, Invoice, Journal, OnlinePayment, Payment
from finance.queries.deposits import held_for
from finance.queries.online import merchant
from finance.statuses import OnlineStatus
from finance.tasks import sweep_online
from scheduling.models import Appointment
from tests.fakes.zarinpal import CARD, FakeZarinpal
from tests.finance import make as money
from tests.finance.test_races import race

S = OnlineStatus
BACK = "http://a.localhost/pay/t/back/"


def go(online: OnlinePayment) -> OnlinePayment:
    """To the bank; the row as it is then."""
    actions.begin_online(online, callback_url=BACK, description="d")
    return fresh(online)


def fresh(online: OnlinePayment) -> OnlinePayment:
    return OnlinePayment.objects.get(pk=online.pk)


def for_deposit(**fields: Any) -> OnlinePayment:
    return go(actions.start_for_deposit(appointment=money.appointment(**fields), by=None))


def due_now() -> None:
    for row in OnlinePayment.objects.exclude(look_at=None):
        row.look_at = timezone.now()
        row.save()


def test_a_deposit_is_paid_and_held(bank: FakeZarinpal) -> None:
    online = for_deposit()
    assert (online.status, bank.asked[0]["amount"]) == (S.SENT, 200_000)
    bank.pay(online.authority)
    for _twice in range(3):
        actions.check_online(fresh(online), came_back=True)
    online = fresh(online)
    assert (online.status, online.card, online.payment.reference) == (S.PAID, CARD, online.reference)
    assert held_for(online.deposit.appointment) == 200_000
    assert money.books() == {"1040": 200_000, "2015": -200_000}
    assert [move.to_status for move in online.moves.order_by("pk")] == [S.STARTED, S.SENT, S.PAID]
    money.agreed()


def test_a_bill_is_paid(bank: FakeZarinpal) -> None:
    invoice = money.bill(500_000)
    money.pay(invoice, 100_000)
    online = go(actions.start_for_invoice(invoice=invoice, by=None))
    assert online.amount == 400_000
    bank.pay(online.authority)
    actions.check_online(online, came_back=True)
    assert Invoice.objects.get(pk=invoice.pk).status == "balanced"
    with pytest.raises(Conflict, match="Nothing is owed"):
        actions.start_for_invoice(invoice=invoice, by=None)
    money.agreed()


def test_the_browser_never_comes_back(bank: FakeZarinpal) -> None:
    online = for_deposit()
    sweep_online()
    assert bank.calls == ["request"]  # not yet
    due_now()
    sweep_online()
    assert fresh(online).status == S.SENT  # still at the bank
    bank.pay(online.authority)
    due_now()
    sweep_online()
    assert fresh(online).status == S.PAID
    money.agreed()


def test_broken_off_is_not_paid_and_may_be_tried_again(bank: FakeZarinpal) -> None:
    online = for_deposit()
    bank.break_off(online.authority)
    online = actions.check_online(online, came_back=True)
    assert (online.status, online.problem) == (S.CANCELLED, "")
    again = go(actions.start_for_deposit(appointment=online.deposit.appointment, by=None))
    assert again.pk != online.pk
    bank.pay(again.authority)
    assert actions.check_online(again, came_back=True).status == S.PAID
    assert money.books() == {"1040": 200_000, "2015": -200_000}


@pytest.mark.parametrize("fault", ["500", "html", "lost", "cut", "refused", "busy"])
def test_a_gateway_in_trouble_loses_nothing(bank: FakeZarinpal, fault: str) -> None:
    online = for_deposit()
    bank.pay(online.authority)
    bank.faults = {"verify": fault}
    assert actions.check_online(online, came_back=True).status == S.SENT
    assert Payment.objects.count() == 0
    bank.faults = {}
    due_now()
    sweep_online()
    assert fresh(online).status == S.PAID
    assert Payment.objects.count() == 1
    money.agreed()


@pytest.mark.parametrize("fault", ["500", "lost", "refused"])
def test_a_gateway_that_is_down_takes_nobody_there(bank: FakeZarinpal, fault: str) -> None:
    bank.mode = fault
    online = actions.start_for_deposit(appointment=money.appointment(), by=None)
    with pytest.raises(Unavailable, match="nothing was paid"):
        go(online)
    assert (fresh(online).status, fresh(online).look_at) == (S.FAILED, None)


def test_another_amount_is_not_taken(bank: FakeZarinpal) -> None:
    online = for_deposit()
    bank.pay(online.authority, amount=20_000)
    assert actions.check_online(online, came_back=True).status == S.FAILED
    sweep_online()
    assert fresh(online).status == S.FAILED
    assert money.books() == {}


def test_what_we_had_given_up_is_found_in_the_list_of_the_unverified(bank: FakeZarinpal) -> None:
    online = for_deposit()
    bank.break_off(online.authority)
    actions.check_online(online, came_back=True)
    bank.pay(online.authority)  # the bank changed its mind
    sweep_online()
    assert fresh(online).status == S.PAID
    money.agreed()


def test_it_ends_after_a_while_by_itself(bank: FakeZarinpal) -> None:
    started = actions.start_for_deposit(appointment=money.appointment(), by=None)
    sent = for_deposit()
    for row, hours in ((started, 1), (sent, 2)):
        row = fresh(row)
        row.created_at = timezone.now() - dt.timedelta(hours=hours)
        row.save()
    due_now()
    sweep_online()
    assert {row.status for row in OnlinePayment.objects.all()} == {S.EXPIRED}


def test_money_for_what_is_gone_becomes_credit(bank: FakeZarinpal) -> None:
    gone, taken = for_deposit(), for_deposit()
    row = Appointment.objects.get(pk=gone.deposit.appointment_id)
    row.status = "expired"
    row.save()
    actions.take_deposit(appointment=taken.deposit.appointment, method="cash", by=None)
    bill = money.bill(300_000)
    paid = go(actions.start_for_invoice(invoice=bill, by=None))
    money.pay(bill, 100_000)
    for online in (gone, taken, paid):
        bank.pay(online.authority)
        actions.check_online(online, came_back=True)
    credits = [queries.credit_of(online.patient) for online in (gone, taken, paid)]
    assert credits == [200_000, 200_000, 100_000]
    assert Deposit.objects.get(pk=taken.deposit_id).paid == 200_000
    money.agreed()


def test_who_may_begin(bank: FakeZarinpal, settings: Any) -> None:
    booked = money.appointment()
    first = go(actions.start_for_deposit(appointment=booked, by=None))
    assert actions.start_for_deposit(appointment=booked, by=None) == first  # a second click
    row = GatewayAccount(is_on=False)
    row.save()
    assert merchant() == ""
    with pytest.raises(Conflict, match="not offered"):
        actions.start_for_deposit(appointment=money.appointment(), by=None)
    row.is_on, row.merchant_id = True, "own"
    row.save()
    assert merchant() == "own"
    row.merchant_id = ""
    row.save()
    bank.mode = "500"
    tried = money.appointment()
    for _try in range(10):
        with pytest.raises(Unavailable):
            go(actions.start_for_deposit(appointment=tried, by=None))
    with pytest.raises(TooMany):
        actions.start_for_deposit(appointment=tried, by=None)


def test_fifty_callbacks_at_once_are_one_payment(committed: Any, bank: FakeZarinpal) -> None:
    online = for_deposit()
    bank.pay(online.authority)
    found = race(committed, [lambda: actions.check_online(online, came_back=True)] * 50)
    assert found == {"ok": 50}
    assert bank.answers[100] == 1
    assert Payment.objects.count() == 1
    assert Journal.objects.count() == 1
    assert fresh(online).moves.filter(to_status=S.PAID).count() == 1
    money.agreed()


def test_two_tabs_paid_at_once_are_a_deposit_and_a_credit(committed: Any, bank: FakeZarinpal) -> None:
    booked = money.appointment()
    tabs = []
    for _tab in range(2):
        online = go(actions.start_for_deposit(appointment=booked, by=None))
        row = fresh(online)
        row.created_at -= dt.timedelta(minutes=1)
        row.save()
        tabs.append(row)
        bank.pay(row.authority)
    works = [lambda tab=tab: actions.check_online(tab, came_back=True) for tab in tabs * 4]
    assert race(committed, works) == {"ok": 8}
    assert held_for(booked) == 200_000
    assert queries.credit_of(booked.patient) == 200_000
    money.agreed()


STEPS = "pay break_off back sweep desk cancel restore fee waive bill reopen refund start".split()
SEQUENCES = int(os.environ.get("SEQUENCES", "25"))


@given(steps=strategies.lists(strategies.sampled_from(STEPS), max_size=14), seed=strategies.integers(0, 99))
@settings(max_examples=SEQUENCES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_way_through_leaves_books_that_agree(bank: FakeZarinpal, steps: list[str], seed: int) -> None:
    """One deposit, thrown about: after every step journals sum to zero and say what the documents say; all the money
    that came is where it was put: bank, bill, deposit, credit or back with its payer.
    """
    with transaction.atomic():
        walk = Walk(bank, random.Random(seed))
        for step in ["start", *steps]:
            with contextlib.suppress(ActionError), transaction.atomic():
                getattr(walk, step)()
            money.agreed()
            walk.check()
        transaction.set_rollback(True)


class Walk:
    """The little model: one patient, one appointment, her tries at the bank."""

    def __init__(self, bank: FakeZarinpal, rng: random.Random) -> None:
        self.bank, self.rng = bank, rng
        self.booked = money.appointment()
        self.visit: Any = None
        self.fee_row: Any = None

    def tries(self) -> list[OnlinePayment]:
        return list(OnlinePayment.objects.filter(patient=self.booked.patient).order_by("pk"))

    def one(self) -> OnlinePayment:
        return self.rng.choice(self.tries())

    def start(self) -> None:
        if len(self.tries()) < 4:
            online = go(actions.start_for_deposit(appointment=self.booked, by=None))
            row = fresh(online)
            row.created_at -= dt.timedelta(minutes=1)
            row.save()

    def pay(self) -> None:
        online = self.one()
        if self.bank.orders[online.authority].status == "IN_BANK":
            self.bank.pay(online.authority)

    def break_off(self) -> None:
        online = self.one()
        if self.bank.orders[online.authority].status == "IN_BANK":
            self.bank.break_off(online.authority)

    def back(self) -> None:
        actions.check_online(self.one(), came_back=True)

    def sweep(self) -> None:
        due_now()
        sweep_online()

    def desk(self) -> None:
        actions.take_deposit(appointment=self.booked, method=self.rng.choice(["cash", "card", "wallet"]), by=None)

    def _become(self, status: str) -> None:
        row = Appointment.objects.get(pk=self.booked.pk)
        row.status = status
        row.save()
        self.booked = row
        actions.follow_deposit(appointment=row, by=None)

    def cancel(self) -> None:
        if not self.visit:
            self._become("cancelled")

    def restore(self) -> None:
        if self.fee_row is None or self.fee_row.status == "waived":
            self._become("booked")

    def fee(self) -> None:
        if self.booked.status == "cancelled" and self.fee_row is None:
            self.fee_row = money.fee(self.booked, self.rng.choice([50_000, 200_000, 400_000]))
            self.fee_row.status = "charged"
            self.fee_row.save()
            actions.issue_fee(fee=self.fee_row, by=None)

    def waive(self) -> None:
        if self.fee_row is not None and self.fee_row.status == "charged":
            actions.cancel_fee(fee=self.fee_row, by=None)
            self.fee_row.status = "waived"
            self.fee_row.save()
            actions.cancel_fee(fee=self.fee_row, by=None)

    def bill(self) -> None:
        if self.booked.status == "booked":
            self.visit = self.visit or money.visit_of(self.booked)
            actions.issue_for_visit(visit=self.visit, by=None)

    def reopen(self) -> None:
        if self.visit:
            actions.cancel_for_visit(visit=self.visit, by=None)

    def refund(self) -> None:
        rows = [row for row in Payment.objects.filter(patient=self.booked.patient) if row.left]
        if rows:
            row = self.rng.choice(rows)
            amount = self.rng.choice([row.left, Decimal(10_000)])
            actions.refund(payment=row, amount=amount, reason="x", credit=self.rng.random() < 0.5, by=None)

    def check(self) -> None:
        """The bank's word and ours agree, and no deposit is paid twice."""
        paid = [row for row in self.tries() if row.status == S.PAID]
        verified = [row for row in self.tries() if self.bank.orders[row.authority].status == "VERIFIED"]
        assert {row.pk for row in verified} == {row.pk for row in paid}
        came = Payment.objects.filter(patient=self.booked.patient, method="online")
        assert sum(row.amount for row in came) == sum(row.amount for row in paid)
        for deposit in Deposit.objects.filter(appointment=self.booked):
            assert deposit.paid in (0, deposit.amount)
