"""Each step on the floor is an event row, and is taken back by the same one click, in turn."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid
from finance.actions import pay_visit
from scheduling import actions
from scheduling.models import FloorRules, Priority, Room, Visit
from scheduling.queries.floor import queue_rows
from scheduling.queries.moves import last_move
from scheduling.statuses import VisitStatus
from tests.scheduling.floor_make import Floor

V = VisitStatus
# What makes a line what it is; written fields that only count events are restored too.
KEPT = ("status", "priority", "due_at", "practitioner_id", "room_id", "queue_room_id", "called_at", "recalled_at",
        "calls", "on_hold_at", "hold_note", "in_room_at", "left_room_at", "finished_at")  # fmt: skip


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def state(visit: Visit) -> dict[str, Any]:
    return {name: getattr(Visit.objects.get(pk=visit.pk), name) for name in KEPT}


STEPS = {
    "call": ([], lambda f, v: actions.call(visit=v, by=f.clerk)),
    "recall": (["call"], lambda f, v: actions.recall(visit=v, by=f.clerk)),
    "skip": (["call"], lambda f, v: actions.skip(visit=v, by=f.clerk)),
    "skip before the call": ([], lambda f, v: actions.skip(visit=v, by=f.clerk)),
    "hold": (["call"], lambda f, v: actions.hold_visit(visit=v, note="lab", by=f.clerk)),
    "resume": (["hold_visit"], lambda f, v: actions.resume_visit(visit=v, by=f.clerk)),
    "priority": ([], lambda f, v: actions.set_priority(visit=v, priority=Priority.URGENT, by=f.clerk)),
    "other doctor": (["call"], lambda f, v: actions.transfer_visit(visit=v, practitioner=f.other, by=f.clerk)),
    "other room": ([], lambda f, v: actions.transfer_visit(visit=v, room=f.rooms[1], by=f.clerk)),
    "into the room": (["call"], lambda f, v: actions.enter_room(visit=v, by=f.clerk)),
    "another room": (["enter_room"], lambda f, v: actions.enter_room(visit=v, room=f.rooms[1], by=f.clerk)),
    "out of the room": (["enter_room"], lambda f, v: actions.leave_room(visit=v, by=f.clerk)),
    "left": (["call"], lambda f, v: actions.left(visit=v, by=f.clerk)),
    "left from hold": (["hold_visit"], lambda f, v: actions.left(visit=v, by=f.clerk)),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_is_one_row_and_is_taken_back_whole(floor: Floor, name: str) -> None:
    floor.other = floor.make.practitioner(floor.service)  # type: ignore[attr-defined]  # put there by the tests
    before, step = STEPS[name]
    visit = floor.visit(*before)
    for _number in range(3):
        floor.visit()
    was, rows = state(visit), visit.moves.count()
    step(floor, visit)
    assert state(visit) != was
    assert visit.moves.count() == rows + 1
    done = last_move(visit)
    assert done is not None
    back = actions.undo_visit(visit=visit, by=floor.clerk, move=done.pk)
    assert state(back) == was
    assert back.moves.latest("pk").undoes == done
    assert back.stays.filter(left_at=None).count() == (back.status == V.IN_ROOM)


def test_undo_goes_back_step_by_step(floor: Floor) -> None:
    visit, states = floor.visit(), []
    floor.visit()
    for step in ("call", "recall", "enter_room", "leave_room"):
        states.append(state(visit))
        visit = getattr(actions, step)(visit=visit, by=floor.clerk)
    for expected in reversed(states):
        visit = actions.undo_visit(visit=visit, by=floor.clerk)
        assert state(visit) == expected
    assert actions.undo_visit(visit=visit, by=floor.clerk).status == V.CANCELLED


def test_an_undo_takes_back_only_what_was_seen(floor: Floor) -> None:
    visit = floor.visit("call")
    seen = last_move(visit)
    actions.recall(visit=visit, by=floor.clerk)
    with pytest.raises(Conflict) as refused:
        actions.undo_visit(visit=visit, by=floor.clerk, move=seen.pk)
    assert refused.value.code == "meanwhile"


def test_hold_keeps_the_place_and_is_not_called(floor: Floor) -> None:
    first, second = floor.visit(), floor.visit()
    actions.hold_visit(visit=first, by=floor.clerk)
    assert actions.call_next(branch=floor.branch, by=floor.clerk) == second
    assert actions.call_next(branch=floor.branch, by=floor.clerk) is None
    third = floor.visit()
    actions.resume_visit(visit=first, by=floor.clerk)
    assert [row.id for row in queue_rows(floor.branch) if row.status == V.ARRIVED] == [first.pk, third.pk]


def test_out_and_next_in_one_click_and_back(floor: Floor) -> None:
    inside, waits = floor.visit("enter_room"), floor.visit()
    left, called = actions.done_and_next(branch=floor.branch, practitioner=floor.doctor, by=floor.clerk)
    assert ([each.pk for each in left], called) == ([inside.pk], waits)
    assert (state(inside)["status"], state(waits)["status"]) == (V.CHECKOUT, V.CALLED)
    actions.undo_next(called=called, left=[(inside, last_move(inside).pk)], by=floor.clerk)
    assert (state(inside)["status"], state(waits)["status"]) == (V.IN_ROOM, V.ARRIVED)
    with pytest.raises(Invalid):
        actions.done_and_next(branch=floor.branch, by=floor.clerk)


def test_the_line_of_a_room_has_its_own_next(floor: Floor) -> None:
    first, second = floor.visit(), floor.visit()
    actions.transfer_visit(visit=second, room=floor.rooms[1], by=floor.clerk)
    called = actions.call_next(branch=floor.branch, room=floor.rooms[1], by=floor.clerk)
    assert (called.pk, called.room_id) in {(first.pk, floor.rooms[1].pk), (second.pk, floor.rooms[1].pk)}
    third = floor.visit()
    actions.transfer_visit(visit=third, room=floor.rooms[0], by=floor.clerk)
    while (called := actions.call_next(branch=floor.branch, room=floor.rooms[1], by=floor.clerk)) is not None:
        assert called.pk != third.pk
    assert actions.call_next(branch=floor.branch, room=floor.rooms[0], by=floor.clerk) == third


def test_a_doctor_who_does_not_give_it_takes_nobody(floor: Floor) -> None:
    stranger, first = floor.make.practitioner(floor.make.service()), floor.visit()
    with pytest.raises(Invalid) as refused:
        actions.transfer_visit(visit=first, practitioner=stranger, by=floor.clerk)
    assert refused.value.field == "practitioner"
    other = floor.make.room(branch=floor.make.branch(name="Other"))
    with pytest.raises(Invalid):
        actions.transfer_visit(visit=first, room=other, by=floor.clerk)


def test_classes_then_promises_then_arrival(floor: Floor) -> None:
    now = timezone.now()
    late = floor.visit(starts_at=now + dt.timedelta(minutes=30))
    plain = floor.visit(starts_at=now)
    soon = floor.visit(starts_at=now + dt.timedelta(minutes=60))
    urgent = floor.visit(starts_at=now + dt.timedelta(minutes=90))
    actions.set_priority(visit=soon, priority=Priority.SOON, by=floor.clerk)
    actions.set_priority(visit=urgent, priority=Priority.EMERGENCY, by=floor.clerk)
    assert [row.id for row in queue_rows(floor.branch)] == [urgent.pk, soon.pk, plain.pk, late.pk]
    with pytest.raises(Invalid):
        actions.set_priority(visit=plain, priority=7, by=floor.clerk)


@pytest.mark.parametrize(("late", "grace", "keeps"), [(14, 15, True), (16, 15, False), (16, 20, True), (1, 0, False)])
def test_who_comes_late_keeps_the_place_within_the_branchs_grace(
    floor: Floor, late: int, grace: int, keeps: bool
) -> None:
    FloorRules(branch=floor.branch, late_grace_minutes=grace).save()
    promised = timezone.now() - dt.timedelta(minutes=late)
    visit = floor.visit(starts_at=promised)
    assert (visit.due_at == promised) is keeps
    assert keeps or visit.due_at == visit.arrived_at


@pytest.mark.parametrize("places", [1, 3])
def test_a_skip_goes_back_by_the_branchs_rule(floor: Floor, places: int) -> None:
    FloorRules(branch=floor.branch, skip_places=places).save()
    visits = [floor.visit() for _number in range(5)]
    actions.skip(visit=actions.call(visit=visits[0], by=floor.clerk), by=floor.clerk)
    line = [row.id for row in queue_rows(floor.branch)]
    assert line.index(visits[0].pk) == places


def test_rooms_are_made_ready_where_the_branch_wants_it(floor: Floor) -> None:
    FloorRules(branch=floor.branch, cleans_rooms=True).save()
    first = floor.visit("enter_room", "leave_room")
    room = Room.objects.get(pk=first.room_id)
    assert room.cleaning_since is not None
    second = actions.enter_room(visit=floor.visit(practitioner=floor.make.practitioner(floor.service)), by=floor.clerk)
    assert second.room_id == floor.rooms[1].pk
    actions.undo_visit(visit=first, by=floor.clerk)
    assert Room.objects.get(pk=room.pk).cleaning_since is None
    actions.leave_room(visit=first, by=floor.clerk)
    assert actions.room_ready(room=room, by=floor.clerk).cleaning_since is None
    assert actions.room_to_clean(room=room, by=floor.clerk).cleaning_since is not None


@pytest.mark.parametrize("late", ["call", "hold_visit"])
def test_who_is_inside_is_not_called_or_held_by_a_stale_screen(floor: Floor, late: str) -> None:
    visit = floor.visit("call", "enter_room")
    with pytest.raises(Conflict):
        getattr(actions, late)(visit=visit, by=floor.clerk)
    assert Visit.objects.get(pk=visit.pk).status == "in_room"
    assert visit.stays.filter(left_at=None).count() == 1


def test_a_finished_visit_is_opened_by_undo_only(floor: Floor) -> None:
    visit = floor.visit("enter_room", "finish_visit")
    with pytest.raises(Conflict):
        actions.leave_room(visit=visit, by=floor.clerk)
    assert actions.undo_visit(visit=visit, by=floor.clerk).status == "in_room"


def test_a_visit_that_is_paid_is_not_taken_back(floor: Floor) -> None:
    visit = floor.visit("enter_room", "leave_room")
    pay_visit(visit=visit, method="cash", amount=Decimal(1000), by=None)
    for status in ("in_room", "arrived"):
        assert actions.undo_visit(visit=visit, by=floor.clerk).status == status
    with pytest.raises(Conflict):
        actions.undo_visit(visit=visit, by=floor.clerk)
    visit.refresh_from_db()
    assert visit.status == "arrived"


def test_a_walk_in_that_is_sent_twice_is_one_visit(floor: Floor) -> None:
    who = {"patient": floor.make.patient(), "service": floor.service, "branch": floor.branch, "by": floor.clerk}
    first = actions.walk_in(**who, practitioner=floor.doctor)
    assert actions.walk_in(**who, practitioner=floor.doctor).pk == first.pk
    other = floor.make.practitioner(floor.service)
    assert actions.walk_in(**who, practitioner=other).pk != first.pk


def test_out_and_next_is_not_taken_back_over_what_others_did_since(floor: Floor) -> None:
    inside, waits = floor.visit("enter_room"), floor.visit()
    left, called = actions.done_and_next(branch=floor.branch, practitioner=floor.doctor, by=floor.clerk)
    seen = [(each, last_move(each).pk) for each in left]
    actions.finish_visit(visit=inside, by=floor.clerk)
    with pytest.raises(Conflict) as refused:
        actions.undo_next(called=called, left=seen, by=floor.clerk)
    assert refused.value.code == "meanwhile"
    assert (state(inside)["status"], state(waits)["status"]) == (V.FINISHED, V.CALLED)
