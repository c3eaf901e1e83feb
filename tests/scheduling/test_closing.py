"""The end of a day is proposed by the clock and done by a person."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict
from scheduling import actions
from scheduling.models import ClosedDay, FloorRules
from scheduling.queries.closing import day_end, open_days
from scheduling.queries.floor import branch_day
from tests.scheduling.floor_make import Floor

TEHRAN = zoneinfo.ZoneInfo("Asia/Tehran")
# Yesterday: the database's own clock is asked too whether a visit has begun.
NOON = (dt.datetime.now(TEHRAN) - dt.timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
EVENING = NOON.replace(hour=20, minute=1)
DAY = NOON.date()


@pytest.fixture
def floor(make: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    return Floor(make)


@pytest.fixture
def evening(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Somebody of every kind, and the hour of closing has come."""
    people = {
        "waits": floor.visit(starts_at=NOON),
        "held": floor.visit("hold_visit", starts_at=NOON),
        "inside": floor.visit("enter_room", starts_at=NOON),
        "done": floor.visit("enter_room", "finish_visit", starts_at=NOON),
        "gone": floor.visit("left", starts_at=NOON),
        "missing": floor.appointment(starts_at=NOON),
        "later": floor.appointment(starts_at=EVENING + dt.timedelta(hours=1)),
        "tomorrow": floor.appointment(starts_at=NOON + dt.timedelta(days=1)),
    }
    monkeypatch.setattr(timezone, "now", lambda: EVENING)
    return people


def test_the_clock_only_proposes(floor: Floor, evening: dict[str, Any]) -> None:
    before = {name: row.status for name, row in evening.items()}
    assert actions.propose_closing(by=None) == 1
    assert actions.propose_closing(by=None) == 0
    for name, row in evening.items():
        row.refresh_from_db()
        assert row.status == before[name], name
    row = open_days(floor.branch)[0]
    assert (row.day, row.seen, row.left, row.still_open, row.closed_at) == (DAY, 1, 1, 4, None)


def test_not_before_its_hour_and_not_where_nothing_was(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    floor.visit(starts_at=NOON)
    assert actions.propose_closing(by=None) == 0
    FloorRules(branch=floor.branch, close_at=dt.time(11)).save()
    floor.make.branch(name="Empty")
    assert actions.propose_closing(by=None) == 1
    assert ClosedDay.objects.get().branch == floor.branch


def test_a_day_forgotten_is_proposed_the_next_morning(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    floor.visit(starts_at=NOON)
    morning = NOON + dt.timedelta(hours=20)
    monkeypatch.setattr(timezone, "now", lambda: morning)
    assert actions.propose_closing(by=None) == 1
    assert ClosedDay.objects.get().day == DAY


def test_each_or_all_are_confirmed_and_who_is_inside_is_no_no_show(floor: Floor, evening: dict[str, Any]) -> None:
    end = day_end(floor.branch, DAY)
    assert [visit.pk for visit in end.to_finish] == [evening["inside"].pk]
    assert {visit.pk for visit in end.to_leave} == {evening["waits"].pk, evening["held"].pk}
    assert [appointment.pk for appointment in end.to_miss] == [evening["missing"].pk]
    with pytest.raises(Conflict) as refused:
        actions.close_day(branch=floor.branch, day=DAY, by=floor.clerk)
    assert refused.value.code == "still_open"
    one = actions.confirm_closing(branch=floor.branch, day=DAY, visits=[evening["held"].pk], by=floor.clerk)
    assert (one.done, one.refused) == (1, [])
    visits = [evening["waits"].pk, evening["inside"].pk]
    rest = actions.confirm_closing(
        branch=floor.branch, day=DAY, visits=visits,
        appointments=[evening["missing"].pk, evening["later"].pk, evening["waits"].appointment_id], by=floor.clerk,
    )  # fmt: skip
    assert (rest.done, rest.refused) == (3, [])
    for row in evening.values():
        row.refresh_from_db()
    now = {name: row.status for name, row in evening.items()}
    assert now == {
        "waits": "left_without_being_seen", "held": "left_without_being_seen", "inside": "finished",
        "done": "finished", "gone": "left_without_being_seen", "missing": "no_show", "later": "booked",
        "tomorrow": "booked",
    }  # fmt: skip
    row = actions.close_day(branch=floor.branch, day=DAY, note="all well", by=floor.clerk)
    assert (row.seen, row.left, row.missed, row.still_open, row.closed_by) == (2, 3, 1, 0, floor.clerk)
    assert actions.close_day(branch=floor.branch, day=DAY, by=floor.clerk).closed_at == row.closed_at
    assert open_days(floor.branch) == []
    assert actions.reopen_day(branch=floor.branch, day=DAY, by=floor.clerk).closed_at is None


def test_the_page_confirms_what_is_ticked(floor: Floor, evening: dict[str, Any], page: Any) -> None:
    desk, path = page("secretary"), f"/desk/close/?branch={floor.branch.pk}&day={DAY}"
    shown = desk.get(path).content.decode()
    assert evening["missing"].patient.last_name in shown
    assert evening["later"].patient.last_name not in shown
    assert desk.post(path, {}).status_code == 409
    assert desk.post(path, {"close": "1"}).status_code == 409
    everything = {"visits": [evening[name].pk for name in ("waits", "held", "inside")],
                  "appointments": [evening["missing"].pk]}  # fmt: skip
    assert desk.post(path, everything).status_code == 302
    assert desk.post(path, {"close": "1", "note": "n"}).status_code == 302
    assert ClosedDay.objects.get().closed_at is not None
    assert page("doctor").get(path).status_code == 403
    assert branch_day(floor.branch) == DAY


def test_nothing_is_ticked_while_the_day_runs(
    floor: Floor, evening: dict[str, Any], page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/desk/close/?branch={floor.branch.pk}&day={DAY}"
    desk = page("secretary")
    assert desk.get(address).content.count(b" checked>") == 4
    monkeypatch.setattr(timezone, "now", lambda: NOON + dt.timedelta(minutes=1))
    running = desk.get(address).content
    assert b" checked>" not in running
    assert running.count(b'name="visits"') == 3  # what is certain can be ticked
    assert "۲۰:۰۰" in running.decode()


def test_who_was_here_for_another_visit_is_pointed_out_and_not_ticked(
    floor: Floor, evening: dict[str, Any], page: Any
) -> None:
    second = floor.appointment(starts_at=NOON, patient=evening["done"].patient)
    assert day_end(floor.branch, DAY).was_here == {second.pk}
    shown = page(floor.clerk).get(f"/desk/close/?branch={floor.branch.pk}&day={DAY}").content.decode()
    assert f'name="appointments" value="{second.pk}">' in shown
    assert f'name="appointments" value="{evening["missing"].pk}" checked>' in shown


def test_who_is_in_the_building_is_no_no_show(floor: Floor, evening: dict[str, Any]) -> None:
    second = floor.appointment(starts_at=NOON, patient=evening["inside"].patient)
    with pytest.raises(Conflict) as refused:
        actions.no_show(appointment=second, by=floor.clerk)
    assert refused.value.code == "inside"
    actions.finish_visit(visit=evening["inside"], by=floor.clerk)
    assert actions.no_show(appointment=second, by=floor.clerk).status == "no_show"


def test_days_of_the_last_week_are_proposed_too(
    floor: Floor, evening: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EVENING + dt.timedelta(days=5))
    actions.propose_closing(by=None)
    assert not open_days(floor.branch)  # nobody has ever closed a day here: no more than yesterday is asked about
    ClosedDay.objects.create(branch=floor.branch, day=DAY - dt.timedelta(days=1), closed_at=EVENING)
    actions.propose_closing(by=None)
    assert DAY in {row.day for row in open_days(floor.branch)}
