"""Any sequence of sales, uses, refunds, transfers and ends of what is sold ahead, against a model of a few numbers."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.shared.errors import ActionError
from finance import actions
from finance.models import GiftCard, Invoice, Package, PackageItem, PackageMove, Payment
from finance.queries.ahead import owed_ahead
from finance.queries.days import today
from finance.tasks import sweep_ahead
from scheduling.models import Visit
from tests.finance import make as money
from tests.finance.packages import kind

PICK = st.integers(0, 5)
STEP = st.one_of(
    st.tuples(st.just("sell"), st.integers(0, 30).map(lambda units: Decimal(units * 33_331))),
    st.tuples(st.just("gift"), st.integers(1, 9).map(lambda units: Decimal(units * 50_000))),
    st.tuples(st.just("pay"), PICK, st.sampled_from([1, 2, 3])),
    st.tuples(st.just("use"), PICK),
    st.tuples(st.just("use"), PICK),
    st.tuples(st.just("reopen"), PICK),
    st.tuples(st.just("refund"), PICK, st.integers(0, 2)),
    st.tuples(st.just("refund gift"), PICK),
    st.tuples(st.just("spend"), PICK, PICK),
    st.tuples(st.just("transfer"), PICK),
    st.tuples(st.just("freeze"), PICK),
    st.tuples(st.just("extend"), PICK),
    st.tuples(st.just("later"), st.just(0)),
    st.tuples(st.just("cancel"), PICK),
)


class Undo(Exception):
    """Ends the transaction of one example."""


def chosen(rows: Any, place: int) -> Any:
    """One of the rows there are, or none."""
    found = list(rows.order_by("pk"))
    return found[place % len(found)] if found else None


def play(step: tuple[Any, ...], world: dict[str, Any]) -> None:
    """One step through the product's own actions; a refusal changes nothing."""
    what, pick, *rest = step
    rows = Package.objects.select_related("patient", "branch", "invoice")
    package = chosen(rows, pick) if what not in {"sell", "gift"} else None  # those two draw an amount
    if what == "sell":
        world["kind"].price = pick
        world["kind"].save()
        actions.sell_package(kind=world["kind"], patient=world["patients"][0], branch=world["branch"], by=None)
    elif what == "gift":
        actions.sell_gift_card(buyer=world["patients"][1], branch=world["branch"], amount=pick, by=None)
    elif what == "later":
        over()
        sweep_ahead()
    elif what in {"pay", "cancel", "spend"}:
        _money(what, pick, rest)
    elif what == "use":
        patient = world["patients"][pick % 2]
        visit = money.visit(service=world["service"], patient=patient, practitioner=world["doctor"])
        actions.issue_for_visit(visit=visit, by=None)
    elif what == "reopen":
        if visit := chosen(Visit.objects.all(), pick):
            actions.cancel_for_visit(visit=visit, by=None)
    elif what == "refund gift":
        if card := chosen(GiftCard.objects.all(), pick):
            actions.refund_gift_card(card=card, reason="x", by=None)
    elif package:
        _care(what, package, rest, world)


def _money(what: str, pick: int, rest: list[int]) -> None:
    bill = chosen(Invoice.objects.all(), pick)
    if bill is None:
        return
    if what == "cancel":
        actions.cancel_invoice(invoice=bill, reason="x", by=None)
    elif what == "pay" and bill.due:
        money.pay(bill, max(Decimal(1), bill.due // rest[0]), "card")
    elif what == "spend" and bill.due:
        card = chosen(GiftCard.objects.all(), rest[0])
        money.pay(bill, min(bill.due, card.balance) if card else bill.due, "gift_card", gift_card=card)


def _care(what: str, package: Package, rest: list[int], world: dict[str, Any]) -> None:
    if what == "refund":
        actions.refund_package(package=package, reason="x", keep=Decimal(rest[0] * 1000), by=None)
    elif what == "transfer":
        other = world["patients"][package.patient == world["patients"][0]]
        actions.transfer_package(package=package, to=other, reason="x", by=None)
    elif what == "freeze" and package.status == "frozen":
        actions.unfreeze_package(package=package, by=None)
    elif what == "freeze":
        actions.freeze_package(package=package, by=None)
    elif what == "extend":
        day = today(package.branch) + dt.timedelta(30)
        actions.extend_package(package=package, valid_until=day, reason="x", by=None)


def over() -> None:
    """The last day of the first package and of the first card was yesterday."""
    for model in (Package, GiftCard):
        row = model.objects.order_by("pk").first()
        if row:
            row.valid_until = today(row.branch) - dt.timedelta(1)
            row.save()


def check() -> None:
    """What must be true after every step."""
    books = money.books()
    assert sum(books.values()) == 0
    assert all(row.agrees for row in owed_ahead())
    bills = Invoice.objects.exclude(status="cancelled")
    assert books.get("1100", 0) == sum(bill.due for bill in bills)
    for bill in bills:
        assert bill.paid == sum(payment.left for payment in bill.payments.all()) <= bill.total - bill.credited
    for item in PackageItem.objects.all():
        moves = list(PackageMove.objects.filter(item=item))
        assert 0 <= item.left == sum(move.sessions for move in moves) <= item.count
        assert 0 <= item.value_left == sum(move.value for move in moves) <= item.value
        used = sum(move.sessions for move in moves if move.kind in {"used", "given_back"})
        visits = Payment.objects.filter(method="package", package_moves__item=item, package_moves__kind="used")
        assert not item.value or -used == sum(payment.left > 0 for payment in visits)
    for card in GiftCard.objects.all():
        assert 0 <= card.balance == sum(move.value for move in card.moves.all()) <= card.value
    assert books.get("1020", 0) == sum(payment.left for payment in Payment.objects.filter(method="card"))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=12))
def test_no_sequence_parts_the_debt_from_the_books(steps: list[tuple[Any, ...]]) -> None:
    try:
        with transaction.atomic():
            service = money.make.service(price=Decimal(400_000))
            world = {
                "service": service,
                "doctor": money.make.practitioner(service, hours=False),
                "branch": money.make.branch(),
                "patients": [money.make.patient(), money.make.patient()],
                "kind": kind(counts={service: 3}, transferable=True, freeze_days=5),
            }
            for step in steps:
                before = money.books()
                try:
                    with transaction.atomic():
                        play(step, world)
                except ActionError:
                    assert money.books() == before
                check()
            raise Undo
    except Undo:
        pass
