"""Any sequence of bills, payments, refunds and deposits against a model of a few numbers."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.shared.errors import ActionError
from finance import actions, queries
from finance.models import Invoice, JournalLine, Payment
from finance.statuses import InvoiceStatus
from loyalty.models import PointsAccount, PointsLot
from tests.finance import make as money

AMOUNTS = st.integers(1, 12).map(lambda units: Decimal(units * 50_000))
PICK = st.integers(0, 7)
STEP = st.one_of(
    st.tuples(st.just("bill"), AMOUNTS),
    st.tuples(st.just("pay"), PICK, st.sampled_from(["cash", "card", "transfer", "wallet"]), AMOUNTS),
    st.tuples(st.just("points"), PICK, st.integers(1, 8)),
    st.tuples(st.just("refund"), PICK, AMOUNTS, st.booleans()),
    st.tuples(st.just("deposit"), AMOUNTS),
    st.tuples(st.just("discount"), PICK, AMOUNTS),
    st.tuples(st.just("cancel"), PICK),
)


class Undo(Exception):
    """Ends the transaction of one example."""


def play(step: tuple[Any, ...], world: dict[str, Any]) -> None:
    """One step through the product's own actions; a refusal changes nothing."""
    bills, patient = world["bills"], world["patient"]
    kind, *rest = step
    if kind == "bill":
        line = actions.Draft("ویزیت", rest[0], "manual")
        cause = f"manual:{len(bills)}"
        bills.append(actions.issue_invoice(patient=patient, branch=world["branch"], lines=[line], cause=cause, by=None))
    elif kind == "deposit":
        actions.top_up(patient=patient, branch=world["branch"], method="cash", amount=rest[0], by=None)
    elif kind == "refund":
        payments = list(Payment.objects.order_by("pk"))
        if payments:
            payment = payments[rest[0] % len(payments)]
            actions.refund(payment=payment, amount=rest[1], reason="x", credit=rest[2], by=None)
    elif bills:
        invoice = bills[rest[0] % len(bills)]
        if kind == "pay":
            actions.pay(invoice=invoice, method=rest[1], amount=rest[2], by=None)
        elif kind == "points":
            actions.pay(invoice=invoice, method="points", points=rest[1], by=None)
        elif kind == "discount":
            actions.give_discount(invoice=invoice, amount=rest[1], reason="x", by=None)
        else:
            actions.cancel_invoice(invoice=invoice, reason="x", by=None)


def check(world: dict[str, Any]) -> None:
    """What must be true after every step, from the documents alone against the books alone."""
    patient = world["patient"]
    books = money.books()
    assert sum(books.values()) == 0
    open_bills = Invoice.objects.filter(status__in=[InvoiceStatus.ISSUED, InvoiceStatus.BALANCED])
    assert sum(bill.due for bill in open_bills) == books.get("1100", 0)
    assert queries.credit_of(patient) == -books.get("2010", 0) >= 0
    points = PointsAccount.objects.filter(patient=patient).first()
    owned = points.balance if points else 0
    assert owned * 1000 == -books.get("2020", 0)
    assert owned == sum(PointsLot.objects.values_list("remaining", flat=True))
    for bill in open_bills:
        paid = sum(payment.amount - payment.refunded for payment in bill.payments.all())
        assert bill.paid == paid <= bill.total - bill.credited
        assert (bill.status == InvoiceStatus.BALANCED) == (bill.due == 0)
    for payment in Payment.objects.prefetch_related("refunds"):
        assert sum(row.amount for row in payment.refunds.all()) == payment.refunded <= payment.amount
    for method, code in (("cash", "1010"), ("card", "1020"), ("transfer", "1030")):
        kept = sum(payment.left for payment in Payment.objects.filter(method=method))
        assert kept == books.get(code, 0)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=14))
def test_no_sequence_breaks_the_books(steps: list[tuple[Any, ...]]) -> None:
    try:
        with transaction.atomic():
            world = {"bills": [], "patient": money.make.patient(), "branch": money.make.branch()}
            assert not JournalLine.objects.exists()
            for step in steps:
                before = money.books()
                try:
                    with transaction.atomic():
                        play(step, world)
                except ActionError:
                    assert money.books() == before
                check(world)
            raise Undo
    except Undo:
        pass
