"""What visits use: prepared, changed, posted once, first expired first out, never negative, never a refusal."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections

from clinic.shared import events
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.tenancy import use_clinic
from inventory import actions
from inventory.events import StockMoved
from inventory.models import ConsumptionLine, Discrepancy, Lot, StockMovement
from inventory.queries import levels, today_in
from tests.inventory import make as stocked


@pytest.fixture
def heard(monkeypatch):
    """The events of stock, in order."""
    told = []
    monkeypatch.setitem(events._handlers, StockMoved, told.append)
    return told


@pytest.fixture
def today(make):
    return today_in(make.branch())


def expected(visit, item, quantity):
    actions.set_template_line(service=visit.service, item=item, quantity=Decimal(quantity), by=None)


def quantities(*lots):
    return [Lot.objects.get(pk=lot.pk).quantity for lot in lots]


def test_a_template_is_copied_once_and_later_changes_stay(make):
    item, visit = stocked.item(), stocked.visit(make)
    expected(visit, item, 2)
    actions.prepare_consumption(visit=visit, by=None)
    actions.set_consumption_line(visit=visit, item=item, quantity=Decimal(3), by=make.user("nurse"))
    actions.set_template_line(service=visit.service, item=item, quantity=Decimal(9), by=None)
    actions.prepare_consumption(visit=visit, by=None)
    line = ConsumptionLine.objects.get()
    assert (line.expected, line.actual) == (Decimal(2), Decimal(3))


def test_what_expires_first_goes_first_and_expired_lots_never(make, heard, today):
    item, visit = stocked.item(low_level=Decimal(0)), stocked.visit(make)
    later = stocked.stock(make, item, 10, expires_on=today + timedelta(days=90))
    never = stocked.stock(make, item, 10)
    sooner = stocked.stock(make, item, 2, expires_on=today)
    dead = stocked.stock(make, item, 7, expires_on=today)
    dead.expires_on = today - timedelta(days=1)
    dead.save()
    expected(visit, item, 5)
    actions.post_consumption(visit=visit, by=None)
    assert quantities(sooner, later, never, dead) == [0, 7, 10, 7]
    assert [(m.lot_id, m.quantity) for m in StockMovement.objects.filter(visit=visit).order_by("pk")] == [
        (sooner.pk, Decimal(-2)),
        (later.pk, Decimal(-3)),
    ]


def test_posting_twice_is_posting_once(make):
    item, visit = stocked.item(), stocked.visit(make)
    lot = stocked.stock(make, item, 10)
    expected(visit, item, 4)
    assert len(actions.post_consumption(visit=visit, by=None)) == 1
    assert actions.post_consumption(visit=visit, by=None) == []
    assert quantities(lot) == [6]


def test_a_shortage_is_written_down_and_stops_nobody(make, heard):
    item, visit = stocked.item(low_level=Decimal(2)), stocked.visit(make)
    lot = stocked.stock(make, item, 3)
    heard.clear()
    expected(visit, item, 5)
    movements = actions.post_consumption(visit=visit, by=None)
    assert quantities(lot) == [0]
    shortage = Discrepancy.objects.get()
    assert (shortage.item, shortage.visit, shortage.quantity, shortage.settled_at) == (item, visit, Decimal(2), None)
    assert heard == [StockMoved(movements[0].pk)]
    actions.count(item=item, branch=visit.branch, counted=Decimal(1), cause="count:1", by=None)
    assert quantities(lot) == [1]
    assert not Discrepancy.objects.filter(settled_at=None).exists()


def test_nothing_in_stock_at_all_is_seen_too(make):
    item, visit = stocked.item(), stocked.visit(make)
    expected(visit, item, 1)
    assert actions.post_consumption(visit=visit, by=None) == []
    assert Discrepancy.objects.get().quantity == 1


def test_a_reopened_visit_gives_back_and_posts_again(make):
    item, visit = stocked.item(), stocked.visit(make)
    lot = stocked.stock(make, item, 10)
    expected(visit, item, 4)
    for left in (6, 5):
        actions.post_consumption(visit=visit, by=None)
        assert quantities(lot) == [left]
        actions.take_back_consumption(visit=visit, by=None)
        assert quantities(lot) == [10]
        assert actions.take_back_consumption(visit=visit, by=None) == []
        actions.set_consumption_line(visit=visit, item=item, quantity=Decimal(5), by=make.user("nurse"))
    actions.post_consumption(visit=visit, by=None)
    assert quantities(lot) == [5]
    total = sum(m.quantity for m in StockMovement.objects.filter(lot=lot))
    assert total == 5
    assert StockMovement.objects.filter(reverses__isnull=False).count() == 2


def test_posted_lines_cannot_be_changed(make):
    item, visit = stocked.item(), stocked.visit(make)
    stocked.stock(make, item, 10)
    expected(visit, item, 4)
    actions.post_consumption(visit=visit, by=None)
    with pytest.raises(Conflict):
        actions.set_consumption_line(visit=visit, item=stocked.item(), quantity=Decimal(1), by=make.user("nurse"))


def test_who_may_change_what_a_visit_used(make):
    hers, other = make.user("doctor"), make.user("doctor")
    service = make.service()
    visit = stocked.visit(make, service=service, practitioner=make.practitioner(service, user=hers, hours=False))
    item = stocked.item()
    for user in (hers, make.user("nurse"), make.user("manager")):
        actions.set_consumption_line(visit=visit, item=item, quantity=Decimal(1), by=user)
    for user in (other, make.user("secretary"), make.user("cashier"), make.user()):
        with pytest.raises(Forbidden):
            actions.set_consumption_line(visit=visit, item=item, quantity=Decimal(2), by=user)


@pytest.mark.parametrize(("step", "good", "bad"), [("1", "3", "2.5"), ("0.5", "2.5", "2.25"), ("0.1", "0.3", "0.25")])
def test_quantities_are_whole_steps(make, step, good, bad):
    item, visit, nurse = stocked.item(step=Decimal(step)), stocked.visit(make), make.user("nurse")
    line = actions.set_consumption_line(visit=visit, item=item, quantity=Decimal(good), by=nurse)
    line.refresh_from_db()
    assert line.actual == Decimal(good)
    with pytest.raises(Invalid):
        actions.set_consumption_line(visit=visit, item=item, quantity=Decimal(bad), by=nurse)
    with pytest.raises(Invalid):
        actions.set_consumption_line(visit=visit, item=item, quantity=Decimal(-1), by=nurse)


def test_tenths_add_up(make):
    item, visit = stocked.item(step=Decimal("0.1")), stocked.visit(make)
    lots = [stocked.stock(make, item, "0.1") for _n in range(3)]
    expected(visit, item, "0.3")
    actions.post_consumption(visit=visit, by=None)
    assert quantities(*lots) == [0, 0, 0]
    assert not Discrepancy.objects.exists()


def test_many_visits_at_once_share_what_there_is(committed, make):
    item, service = stocked.item(low_level=Decimal(0)), make.service()
    branch = make.branch()
    for _n in range(3):
        stocked.stock(make, item, 4)
    actions.set_template_line(service=service, item=item, quantity=Decimal(2), by=None)
    visits = [stocked.visit(make, service=service) for _n in range(8)]

    def finish(visit):
        try:
            with use_clinic(committed):
                for _twice in range(2):
                    actions.post_consumption(visit=visit, by=None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=finish, args=[visit]) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert levels([item.pk], branch) == {item.pk: 0}
    used = -sum(m.quantity for m in StockMovement.objects.filter(kind="consume"))
    missing = sum(row.quantity for row in Discrepancy.objects.all())
    assert (used, missing) == (12, 4)
