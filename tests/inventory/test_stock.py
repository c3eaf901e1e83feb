"""Receiving, correcting, counting; and a model that the books must agree with."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.shared.errors import Conflict, Invalid
from inventory import actions
from inventory.models import Lot, StockMovement
from inventory.queries import low_items, stock_of, today_in
from tests.inventory import make as stocked


def test_a_lot_is_known_by_number_and_expiry_and_averages_its_cost(make):
    item, branch = stocked.item(), make.branch()
    how = {"item": item, "branch": branch, "number": "A1", "by": None}
    first = actions.receive(**how, quantity=Decimal(10), unit_cost=Decimal(1000), cause="p:1")
    assert actions.receive(**how, quantity=Decimal(10), unit_cost=Decimal(1000), cause="p:1") == first
    actions.receive(**how, quantity=Decimal(30), unit_cost=Decimal(2000), cause="p:2")
    lot = Lot.objects.get()
    assert (lot.quantity, lot.unit_cost) == (Decimal(40), Decimal(1750))


def test_an_expired_lot_does_not_come_in(make):
    with pytest.raises(Invalid) as caught:
        stocked.stock(make, stocked.item(), 1, expires_on=today_in(make.branch()) - timedelta(days=1))
    assert caught.value.field == "expires_on"


def test_corrections_need_a_reason_and_what_they_take(make):
    lot = stocked.stock(make, stocked.item(), 3)
    how = {"lot": lot, "cause": "a", "by": None}
    with pytest.raises(Invalid):
        actions.adjust(**how, kind="lost", quantity=Decimal(1), reason=" ")
    with pytest.raises(Invalid):
        actions.adjust(**how, kind="purchase", quantity=Decimal(1), reason="x")
    with pytest.raises(Conflict):
        actions.adjust(**how, kind="damaged", quantity=Decimal(4), reason="x")
    once = actions.adjust(**how, kind="damaged", quantity=Decimal(2), reason="x")
    assert actions.adjust(**how, kind="damaged", quantity=Decimal(2), reason="x") == once
    lot.refresh_from_db()
    assert lot.quantity == 1


def test_low_items_come_first(make):
    plenty, short, unwatched = stocked.item(), stocked.item(), stocked.item(low_level=Decimal(0))
    stocked.stock(make, plenty, 50)
    stocked.stock(make, short, 5)
    branch = make.branch()
    assert low_items(branch) == [short]
    rows = {row.pk: row for row in stock_of(branch)}
    assert (rows[plenty.pk].on_hand, rows[unwatched.pk].on_hand) == (50, 0)


def test_unit_and_steps_stay_once_an_item_has_moved(make):
    item = stocked.item(step=Decimal(1))
    stocked.stock(make, item, 3)
    actions.save_item(item=item, step=Decimal("0.5"), by=None)
    for change in ({"unit": "بسته"}, {"step": Decimal("0.3")}, {"step": Decimal(0)}, {"low_level": Decimal(-1)}):
        with pytest.raises(Invalid):
            actions.save_item(item=item, **change, by=None)


STEPS = st.lists(
    st.tuples(st.sampled_from(["receive", "lose", "find", "use", "reopen", "count"]), st.integers(1, 12)), max_size=14
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_books_agree_with_a_model(make, steps):
    """One number is the whole model; lots, movements and shortages must add up to it after every step."""
    with transaction.atomic():
        item, nurse = stocked.item(step=Decimal("0.5")), make.user("nurse")
        branch, there, visit, used = make.branch(), Decimal(0), None, Decimal(0)
        for place, (what, halves) in enumerate(steps):
            amount, cause = Decimal(halves) / 2, f"step:{item.pk}:{place}"
            lot = Lot.objects.filter(item=item, quantity__gte=amount).first()
            if what == "receive":
                stocked.stock(make, item, amount)
                there += amount
            elif what in ("lose", "find") and lot:
                kind = {"lose": "lost", "find": "found"}[what]
                actions.adjust(lot=lot, kind=kind, quantity=amount, reason="x", cause=cause, by=None)
                there += amount if what == "find" else -amount
            elif what == "use":
                visit = stocked.visit(make)
                actions.set_consumption_line(visit=visit, item=item, quantity=amount, by=nurse)
                actions.post_consumption(visit=visit, by=None)
                used = min(there, amount)
                there -= used
            elif what == "reopen" and visit:
                actions.take_back_consumption(visit=visit, by=None)
                there, visit = there + used, None
            elif what == "count":
                actions.count(item=item, branch=branch, counted=amount, cause=cause, by=None)
                there = amount
            lots = sum((lot.quantity for lot in Lot.objects.filter(item=item)), Decimal(0))
            moved = sum((m.quantity for m in StockMovement.objects.filter(item=item)), Decimal(0))
            assert lots == moved == there
        transaction.set_rollback(True)
