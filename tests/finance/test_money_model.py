"""Any sequence of what a clinic does with money against a tiny model; then two at once.

SEQUENCES=5000 plays as many as the nightly run does.
"""

import contextlib
import datetime as dt
import os
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from clinic.shared.errors import ActionError
from clinic.shared.tenancy import use_clinic
from finance import actions
from finance.models import (
    GiftCard,
    Invoice,
    Package,
    PackageMove,
    Payment,
)  # fmt: skip
from finance.queries.days import today
from scheduling.models import Visit
from tests.finance import make as money
from tests.finance.money_model import CHANNEL, MONEY, Bill, Paid, Sold
from tests.finance.money_world import World, agree, agreed, sums, tampered

USUAL = 200
SEQUENCES = int(os.environ.get("SEQUENCES", USUAL))
STEPS = 5 if SEQUENCES <= USUAL else 12
LONG = {"max_examples": SEQUENCES, "deadline": None, "suppress_health_check": list(HealthCheck)}
AMOUNT = st.integers(1, 12).map(lambda units: Decimal(units * 50_000))
PICK = st.integers(0, 5)
SESSION = Decimal(100_000)


class Machine(RuleBasedStateMachine):
    """One sequence, rolled back at its end."""

    world: World
    refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.model, self.by = self.world.begin.copy(), self.world.clerks[0]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def attempt(self, allowed: bool, act: Callable[[], Any]) -> Any:
        """Do it; it must be done or refused as the model says, and what is refused changes nothing."""
        try:
            with transaction.atomic():
                done = act()
        except ActionError as error:
            refusal = error.message
        else:
            assert allowed, "it was done, and should have been refused"
            return done
        assert not allowed, f"refused: {refusal}"
        type(self).refused += 1
        return None

    def chosen(self, rows: list[Any], pick: int) -> Any:
        return rows[pick % len(rows)]

    def invoice(self, bill: Bill) -> Invoice:
        return Invoice.objects.get(pk=bill.pk)

    # Bills and what pays them.
    @rule(first=AMOUNT, second=AMOUNT)
    def bill(self, first: Decimal, second: Decimal) -> None:
        lines = [actions.Draft("ویزیت", first, "manual"), actions.Draft("تزریق", second, "manual")]
        made = actions.issue_invoice(
            patient=self.world.patient, branch=self.world.branch, lines=lines, by=self.by,
            cause=f"manual:{len(self.model.bills)}",
        )  # fmt: skip
        self.model.issue(Bill(made.pk, [first, second]))

    @rule(pick=PICK, method=st.sampled_from(["cash", "card", "transfer", "wallet"]), amount=AMOUNT)
    def pay(self, pick: int, method: str, amount: Decimal) -> None:
        bill, model = self.chosen(self.model.bills, pick), self.model
        allowed = bill.due > 0 and model.cash_ok(method)
        if method == "wallet":
            allowed = allowed and amount <= min(bill.due, model.wallet)
        before = Payment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        done = self.attempt(
            allowed, lambda: actions.pay(invoice=self.invoice(bill), method=method, amount=amount, by=self.by)
        )
        if done:
            pks = Payment.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True)
            model.pay(list(pks), bill, method, amount)

    @rule(method=st.sampled_from(["cash", "transfer"]), amount=AMOUNT)
    def top_up(self, method: str, amount: Decimal) -> None:
        values = {"patient": self.world.patient, "branch": self.world.branch, "method": method, "amount": amount}
        done = self.attempt(self.model.cash_ok(method), lambda: actions.top_up(**values, by=self.by))
        if done:
            self.model.top_up(done.pk, method, amount)

    # Money goes back.
    @precondition(lambda self: self.model.payments)
    @rule(pick=PICK, amount=AMOUNT, credit=st.booleans())
    def refund(self, pick: int, amount: Decimal, credit: bool) -> None:
        paid: Paid = self.chosen(self.model.payments, pick)
        model, bill = self.model, paid.bill
        allowed = amount <= paid.left and model.cash_ok(paid.method)
        allowed = allowed and not (bill and bill.sells and credit)
        allowed = allowed and (bill is not None or amount <= model.wallet)
        allowed = allowed and (paid.method != "package" or amount == paid.amount)
        done = self.attempt(
            allowed,
            lambda: actions.refund(
                payment=Payment.objects.get(pk=paid.pk), amount=amount, reason="x", credit=credit, by=self.by
            ),
        )
        if done:
            if bill and credit:
                model.credit(bill, model.spread(bill, amount), "4920")
            model.give_back(paid, amount, paid.method)

    @rule(pick=PICK, place=st.integers(0, 1), amount=AMOUNT, way=st.sampled_from(["", "wallet", "cash", "transfer"]))
    def return_line(self, pick: int, place: int, amount: Decimal, way: str) -> None:
        bill, model = self.chosen(self.model.bills, pick), self.model
        place %= len(bill.left)
        parts, short = model.plan(bill, amount)
        ways = [way if way and paid.method in MONEY else paid.method for paid, _part in parts]
        allowed = not bill.cancelled and not bill.sells and amount <= bill.left[place] and not short
        allowed = allowed and all(model.cash_ok(each) for each in ways)
        line = self.invoice(bill).lines.order_by("pk")[place]
        done = self.attempt(
            allowed,
            lambda: actions.return_lines(
                invoice=self.invoice(bill), lines=[actions.Return(line.pk, amount)], reason="x", way=way, by=self.by
            ),
        )
        if done:
            model.credit(bill, [(place, amount)], "4920")
            for (paid, part), each in zip(parts, ways, strict=True):
                model.give_back(paid, part, each)

    @rule(pick=PICK, amount=AMOUNT)
    def discount(self, pick: int, amount: Decimal) -> None:
        bill = self.chosen(self.model.bills, pick)
        allowed = bill.due > 0 and not bill.sells and amount <= bill.due
        done = self.attempt(
            allowed, lambda: actions.give_discount(invoice=self.invoice(bill), amount=amount, reason="x", by=self.by)
        )
        if done:
            self.model.credit(bill, self.model.spread(bill, amount), "4910")

    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        bill, model = self.chosen(self.model.bills, pick), self.model
        allowed = not bill.cancelled and bill.paid == 0
        sold = next((row for row in model.packages + model.gifts if row.bill is bill), None)
        if sold:
            allowed = allowed and sold.state == "active" and sold.value == bill.total
        if self.attempt(allowed, lambda: actions.cancel_invoice(invoice=self.invoice(bill), reason="x", by=self.by)):
            model.cancel(bill)
            if sold:
                sold.state, sold.value, sold.sessions = "cancelled", Decimal(0), 0

    # What is sold ahead.
    @rule()
    def sell_package(self) -> None:
        sold = actions.sell_package(
            kind=self.world.kind, patient=self.world.patient, branch=self.world.branch, by=self.by
        )
        bill = self.model.issue(Bill(sold.invoice_id, [Decimal(300_000)], "package"), "2050")
        self.model.packages.append(Sold(sold.pk, bill, bill.total, sessions=3))

    @rule()
    def visit(self) -> None:
        visit = money.visit(service=self.world.service, patient=self.world.patient, practitioner=self.world.doctor)
        made, model = actions.issue_for_visit(visit=visit, by=self.by), self.model
        used = PackageMove.objects.filter(invoice=made, kind="used").select_related("payment").first()
        assert (used is not None) == any(row.state == "active" for row in model.packages)
        bill = model.issue(Bill(made.pk, [SESSION if used else Decimal(120_000)], visit=visit.pk))
        if used:
            sold = next(row for row in model.packages if row.pk == used.package_id)
            sold.value, sold.sessions = sold.value - SESSION, sold.sessions - 1
            sold.state = "active" if sold.sessions else "used_up"
            model.pay([used.payment_id], bill, "package", SESSION, sold.pk)

    @precondition(lambda self: any(bill.visit and not bill.cancelled for bill in self.model.bills))
    @rule(pick=PICK)
    def reopen(self, pick: int) -> None:
        bill = self.chosen([row for row in self.model.bills if row.visit and not row.cancelled], pick)
        own = [row for row in self.model.payments if row.bill is bill and row.left]
        allowed = all(row.method not in MONEY for row in own)
        visit = Visit.objects.get(pk=bill.visit)

        def act() -> bool:
            actions.cancel_for_visit(visit=visit, by=self.by)
            return True

        if self.attempt(allowed, act):
            for row in own:
                self.model.give_back(row, row.left, row.method)
            self.model.cancel(bill)

    @precondition(lambda self: self.model.packages)
    @rule(pick=PICK)
    def refund_package(self, pick: int) -> None:
        sold = self.chosen(self.model.packages, pick)
        package = Package.objects.get(pk=sold.pk)
        self.take_back(sold, "2050", lambda: actions.refund_package(package=package, reason="x", by=self.by))

    @precondition(lambda self: self.model.gifts)
    @rule(pick=PICK)
    def refund_gift(self, pick: int) -> None:
        sold = self.chosen(self.model.gifts, pick)
        card = GiftCard.objects.get(pk=sold.pk)
        self.take_back(sold, "2060", lambda: actions.refund_gift_card(card=card, reason="x", by=self.by))

    def take_back(self, sold: Sold, code: str, act: Callable[[], Any]) -> None:
        model, bill = self.model, sold.bill
        parts, short = model.plan(bill, sold.value)
        cash = any(row.bill is bill and row.method == "cash" and row.left for row in model.payments)
        fits = sold.value <= sum(bill.left) and not short
        if self.attempt(sold.state == "active" and fits and (not cash or model.drawer is not None), act):
            model.credit(bill, model.spread(bill, sold.value), code)
            for paid, part in parts:
                model.give_back(paid, part, paid.method)
            sold.state, sold.value, sold.sessions = "refunded", Decimal(0), 0

    @rule(amount=AMOUNT)
    def sell_gift(self, amount: Decimal) -> None:
        card, _code = actions.sell_gift_card(
            buyer=self.world.patient, branch=self.world.branch, amount=amount, by=self.by
        )
        bill = self.model.issue(Bill(card.invoice_id, [amount], "gift_card"), "2060")
        self.model.gifts.append(Sold(card.pk, bill, amount))

    @precondition(lambda self: self.model.gifts)
    @rule(pick=PICK, place=PICK, amount=AMOUNT)
    def spend_gift(self, pick: int, place: int, amount: Decimal) -> None:
        sold, bill, model = self.chosen(self.model.gifts, pick), self.chosen(self.model.bills, place), self.model
        allowed = sold.state == "active" and sold.bill.due == 0 and sold.value >= amount
        allowed = allowed and bill.due >= amount and bill.sells != "gift_card"
        card = GiftCard.objects.get(pk=sold.pk)
        done = self.attempt(
            allowed,
            lambda: actions.pay(
                invoice=self.invoice(bill), method="gift_card", amount=amount, gift_card=card, by=self.by
            ),
        )
        if done:
            sold.value -= amount
            sold.state = "active" if sold.value else "used_up"
            model.pay([done.pk], bill, "gift_card", amount, sold.pk)

    # The drawer, the day, the books.
    @rule(opening=AMOUNT)
    def open_shift(self, opening: Decimal) -> None:
        allowed = self.model.drawer is None
        if self.attempt(allowed, lambda: actions.open_shift(desk=self.world.desk, opening=opening, by=self.by)):
            self.model.drawer = Decimal(0)
            self.model.post("1010", "1015", opening)

    def difference(self, units: int) -> Decimal:
        """Counted less expected; nobody counts less than nothing."""
        off = max(Decimal(units * 10_000), -(self.model.drawer or Decimal(0)))
        if off:
            self.model.post(*(("1010", "4050") if off > 0 else ("5040", "1010")), abs(off))
        return off

    @precondition(lambda self: self.model.drawer is not None)
    @rule(units=st.integers(-1, 1))
    def close_shift(self, units: int) -> None:
        shift = self.world.shift()
        assert shift is not None
        off = self.difference(units)
        counted = self.model.drawer or Decimal(0)
        shift = actions.count_shift(shift=shift, counted=counted, by=shift.cashier)
        if off:
            actions.settle_count(shift=shift, note="x", by=shift.cashier)
        self.model.post("1015", "1010", counted)
        self.model.drawer = None

    @precondition(lambda self: self.model.drawer is not None)
    @rule(units=st.integers(-1, 1))
    def hand_over(self, units: int) -> None:
        shift = self.world.shift()
        assert shift is not None
        other = next(clerk for clerk in self.world.clerks if clerk.pk != shift.cashier_id)
        self.difference(units)
        counted = self.model.drawer or Decimal(0)
        shift = actions.offer_shift(shift=shift, to=other, counted=counted, note="x", by=shift.cashier)
        actions.accept_shift(shift=shift, by=other)
        self.by = other

    @rule(amount=AMOUNT)
    def transfer(self, amount: Decimal) -> None:
        world = self.world
        written = actions.Written(
            "transfer", world.branch, amount, "x", money=world.places["bank"], target=world.places["card"]
        )
        actions.enter_voucher(written=written, by=self.by)
        self.model.post("1020", "1030", amount)

    @rule()
    def close_day(self) -> None:
        day = today(self.world.branch)
        self.attempt(
            self.model.drawer is None, lambda: actions.close_day(branch=self.world.branch, day=day, by=self.by)
        )

    @rule()
    def close_period(self) -> None:
        last = self.yesterday()
        done = self.attempt(
            not self.model.closed,
            lambda: actions.close_period(first=last - dt.timedelta(days=9), last=last, reason="x", by=None),
        )
        self.model.closed = self.model.closed or bool(done)

    @rule(amount=AMOUNT)
    def book_yesterday(self, amount: Decimal) -> None:
        world = self.world
        written = actions.Written(
            "income", world.branch, amount, "x", business_date=self.yesterday(), money=world.places["bank"],
            category=world.places["income"],
        )  # fmt: skip
        if self.attempt(not self.model.closed, lambda: actions.enter_voucher(written=written, by=self.by)):
            self.model.post("1030", "4110", amount)

    def yesterday(self) -> dt.date:
        return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)

    @rule(how=st.sampled_from(["save", "update", "delete", "sql", "sql delete", "line", "note"]))
    def tamper(self, how: str) -> None:
        tampered(how)

    @invariant()
    def everything_agrees(self) -> None:
        agree(self.model, self.world)


def begun() -> World:
    """A world in which something is there to be paid, used and given back."""
    world = Machine.world = World()
    first = Machine()
    first.whole.__exit__(None, None, None)  # kept, unlike those that follow
    first.open_shift(Decimal(500_000))
    first.bill(Decimal(200_000), Decimal(100_000))
    first.pay(0, "cash", Decimal(150_000))
    first.sell_package()
    first.pay(1, "card", Decimal(300_000))
    first.sell_gift(Decimal(150_000))
    world.begin = first.model
    return world


def test_any_sequence() -> None:
    begun()
    Machine.refused = 0
    run_state_machine_as_test(Machine, settings=settings(**LONG, stateful_step_count=STEPS))
    assert Machine.refused > SEQUENCES / 10  # the sequences were rich enough to be refused something


KIND = st.sampled_from(["pay", "pay", "refund", "return", "discount", "void", "gift", "package", "visit", "top up"])
STEP = st.tuples(KIND, PICK, AMOUNT)


def played(world: World, step: tuple[str, int, Decimal], by: Any) -> None:
    """One step on what there is, whoever made it; refusals are as good."""
    what, pick, amount = step
    bills, payments = list(Invoice.objects.order_by("-pk")[:4]), list(Payment.objects.order_by("-pk")[:4])
    bill, paid = bills[pick % len(bills)], payments[pick % len(payments)] if payments else None
    packages = Package.objects.filter(status="active").order_by("-pk")
    method = ["cash", "card", "wallet"][pick % 3]
    ways: dict[str, Callable[[], Any]] = {
        "pay": lambda: actions.pay(invoice=bill, method=method, amount=amount, by=by),
        "refund": lambda: paid and actions.refund(payment=paid, amount=paid.left, reason="x", credit=pick > 2, by=by),
        "return": lambda: actions.return_lines(
            invoice=bill, lines=[actions.Return(bill.lines.order_by("pk")[0].pk, amount)], reason="x",
            way=["", "wallet"][pick % 2], by=by,
        ),
        "discount": lambda: actions.give_discount(invoice=bill, amount=amount, reason="x", by=by),
        "void": lambda: actions.cancel_invoice(invoice=bill, reason="x", by=by),
        "gift": lambda: actions.sell_gift_card(buyer=world.patient, branch=world.branch, amount=amount, by=by),
        "package": lambda: pick < 3 and actions.refund_package(package=packages[0], reason="x", by=by) if packages
        else actions.sell_package(kind=world.kind, patient=world.patient, branch=world.branch, by=by),
        "visit": lambda: actions.issue_for_visit(
            visit=money.visit(service=world.service, patient=world.patient, practitioner=world.doctor), by=by
        ),
        "top up": lambda: actions.top_up(
            patient=world.patient, branch=world.branch, method="cash", amount=amount, by=by
        ),
    }  # fmt: skip
    with contextlib.suppress(ActionError):
        ways[what]()


def test_two_at_once(committed: Any) -> None:
    """Both play on the same bills, on connections of their own; no step may fail but by a refusal."""
    world = World()
    for clerk in world.clerks[:1]:
        actions.open_shift(desk=world.desk, opening=Decimal(5_000_000), by=clerk)

    def one(steps: list[Any], faults: list[BaseException]) -> None:
        with use_clinic(committed):
            try:
                for step in steps:
                    played(world, step, world.clerks[0])
            except BaseException as fault:  # noqa: BLE001 (a thread's failure must reach the test)
                faults.append(fault)
            finally:
                connection.close()

    @settings(**{**LONG, "max_examples": max(20, SEQUENCES // 10)})
    @given(st.lists(st.lists(STEP, min_size=2, max_size=4), min_size=2, max_size=2))
    def run(both: list[list[Any]]) -> None:
        lines = [actions.Draft("ویزیت", Decimal(400_000), "manual"), actions.Draft("تزریق", Decimal(50_000), "manual")]
        cause = f"manual:{Invoice.objects.count()}"
        actions.issue_invoice(patient=world.patient, branch=world.branch, lines=lines, cause=cause, by=None)
        faults: list[BaseException] = []
        parts = [threading.Thread(target=one, args=(steps, faults)) for steps in both]
        for part in parts:
            part.start()
        for part in parts:
            part.join()
        assert not faults, faults
        agreed()

    run()
    assert CHANNEL["cash"] in sums()
