"""The life of a visit: every pair of the table, arrival, numbers, rooms, and taking back."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid
from scheduling import actions
from scheduling.actions.visit_door import move_visit
from scheduling.models import RoomStay, Visit, VisitStatusChange
from scheduling.queries.floor import branch_day
from scheduling.statuses import ONLY_BACK, VISIT_MOVES, VisitStatus
from tests.scheduling.floor_make import Floor

V = VisitStatus


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


@pytest.mark.parametrize("before", VisitStatus.values)
@pytest.mark.parametrize("after", VisitStatus.values)
def test_every_pair_of_the_table(floor: Floor, before: str, after: str) -> None:
    visit = floor.visit()
    visit.status = before
    visit.save()
    written = VisitStatusChange.objects.count()
    if (before, after) in ONLY_BACK:
        with pytest.raises(Conflict):
            move_visit(visit, after, by=floor.clerk)
    if after in VISIT_MOVES[before]:
        reason = "undo" if (before, after) in ONLY_BACK else ""
        assert move_visit(visit, after, by=floor.clerk, reason=reason).status == after
        last = VisitStatusChange.objects.latest("pk")
        assert (last.from_status, last.to_status, last.by_id) == (before, after, floor.clerk.pk)
    else:
        with pytest.raises(Conflict):
            move_visit(visit, after, by=floor.clerk)
        assert VisitStatusChange.objects.count() == written


def test_arriving_twice_is_one_visit(floor: Floor) -> None:
    appointment = floor.appointment()
    first = actions.arrive(appointment=appointment, by=floor.clerk)
    assert actions.arrive(appointment=appointment, by=floor.clerk) == first
    assert Visit.objects.count() == 1
    appointment.refresh_from_db()
    assert appointment.status == "arrived"
    assert len(first.queue_token) == 43


def test_check_in_arrives_by_itself_and_once(floor: Floor) -> None:
    appointment = floor.appointment()
    visit = actions.check_in(appointment=appointment, by=floor.clerk)
    assert actions.check_in(appointment=appointment, by=floor.clerk) == visit
    appointment.refresh_from_db()
    assert appointment.status == "checked_in"
    assert visit.checked_in_at is not None


def test_numbers_go_up_and_are_never_given_again(floor: Floor) -> None:
    first, second = floor.visit(), floor.visit()
    assert (first.number, second.number) == (1, 2)
    actions.undo_arrival(appointment=second.appointment, by=floor.clerk)
    assert floor.visit().number == 3
    back = actions.arrive(appointment=second.appointment, by=floor.clerk)
    assert (back.pk, back.number, back.status) == (second.pk, 2, V.ARRIVED)


@pytest.mark.parametrize(("hour", "minute", "number"), [(23, 50, 2), (0, 10, 1)])
def test_the_day_is_the_branchs_own(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, hour: int, minute: int, number: int
) -> None:
    tehran = zoneinfo.ZoneInfo("Asia/Tehran")
    evening = dt.datetime(2026, 11, 21, 23, 40, tzinfo=tehran)  # 20:10 UTC, still the 21st there
    monkeypatch.setattr(timezone, "now", lambda: evening)
    floor.visit(starts_at=evening)
    later = dt.datetime(2026, 11, 21 + (hour < 12), hour, minute, tzinfo=tehran)
    monkeypatch.setattr(timezone, "now", lambda: later)
    visit = floor.visit(starts_at=evening)
    assert visit.number == number
    assert visit.day == branch_day(floor.branch, later) == later.date()


def test_an_appointment_of_another_day_is_not_arrived_for(floor: Floor) -> None:
    tomorrow = floor.appointment(starts_at=timezone.now() + dt.timedelta(days=2))
    with pytest.raises(Conflict) as refused:
        actions.arrive(appointment=tomorrow, by=floor.clerk)
    assert refused.value.code == "another_day"


def test_a_no_show_who_comes_after_all(floor: Floor) -> None:
    appointment = floor.appointment(status="no_show")
    visit = actions.arrive(appointment=appointment, by=floor.clerk)
    assert visit.status == V.ARRIVED
    assert [move.to_status for move in appointment.moves.order_by("pk")][-1] == "arrived"


@pytest.mark.parametrize("status", ["cancelled", "rescheduled", "held", "expired"])
def test_who_has_no_time_cannot_arrive(floor: Floor, status: str) -> None:
    with pytest.raises(Conflict):
        actions.arrive(appointment=floor.appointment(status=status), by=floor.clerk)
    assert not Visit.objects.exists()


def test_a_whole_visit(floor: Floor) -> None:
    visit = floor.visit("call", "enter_room")
    assert (visit.room_id, visit.status) == (floor.rooms[0].pk, V.IN_ROOM)
    visit = actions.enter_room(visit=visit, room=floor.rooms[1], by=floor.clerk)
    visit = actions.leave_room(visit=visit, by=floor.clerk)
    assert list(visit.stays.order_by("pk").values_list("room_id", flat=True)) == [room.pk for room in floor.rooms]
    assert not RoomStay.objects.filter(left_at=None).exists()
    visit = actions.finish_visit(visit=visit, by=floor.clerk)
    assert actions.finish_visit(visit=visit, by=floor.clerk).finished_at == visit.finished_at
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == "fulfilled"
    rooms = [change.room_id for change in visit.moves.order_by("pk")]
    assert rooms[-1] == floor.rooms[1].pk


def test_entering_and_leaving_twice_is_once(floor: Floor) -> None:
    visit = floor.visit("call", "enter_room", "enter_room", "leave_room", "leave_room")
    assert visit.stays.count() == 1
    assert visit.moves.count() == 4


def test_a_room_of_another_branch_is_refused(floor: Floor) -> None:
    other = floor.make.room(branch=floor.make.branch(name="Other"))
    with pytest.raises(Invalid) as refused:
        actions.enter_room(visit=floor.visit(), room=other, by=floor.clerk)
    assert refused.value.field == "room"


def test_a_free_room_is_found_and_a_taken_one_left_alone(floor: Floor) -> None:
    floor.visit("enter_room")
    colleague = floor.make.practitioner(floor.service)
    second = floor.visit("enter_room", practitioner=colleague)
    assert second.room_id == floor.rooms[1].pk


@pytest.mark.parametrize(
    ("moves", "back"),
    [
        (["call"], V.ARRIVED),
        (["call", "enter_room"], V.CALLED),
        (["enter_room"], V.ARRIVED),
        (["enter_room", "leave_room"], V.IN_ROOM),
        (["enter_room", "leave_room", "finish_visit"], V.CHECKOUT),
        (["enter_room", "finish_visit"], V.IN_ROOM),
        (["left"], V.ARRIVED),
        ([], V.CANCELLED),
    ],
)
def test_each_move_is_taken_back(floor: Floor, moves: list[str], back: str) -> None:
    visit = actions.undo_visit(visit=floor.visit(*moves), by=floor.clerk)
    assert visit.status == back
    assert visit.stays.filter(left_at=None).count() == (back == V.IN_ROOM)
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == ("booked" if back == V.CANCELLED else "checked_in" if "finish_visit" in moves
                                        else "arrived")  # fmt: skip


def test_taking_back_may_be_vetoed(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    from clinic.shared import events
    from scheduling.events import VisitReopened

    def refuse(event: VisitReopened) -> None:
        raise Conflict("The bill is paid.")

    visit = floor.visit("enter_room", "finish_visit")
    monkeypatch.setitem(events._handlers, VisitReopened, refuse)
    with pytest.raises(Conflict, match="paid"):
        actions.undo_visit(visit=visit, by=floor.clerk)
    visit.refresh_from_db()
    assert visit.status == V.FINISHED


def test_check_in_is_taken_back_by_itself(floor: Floor) -> None:
    appointment = floor.appointment()
    actions.check_in(appointment=appointment, by=floor.clerk)
    assert actions.undo_check_in(appointment=appointment, by=floor.clerk).status == "arrived"
    assert Visit.objects.get().checked_in_at is None
