"""Two press at once, somebody comes back, the night falls: who is called, and what the waiting room is told."""

import datetime as dt
import zoneinfo
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict
from finance.actions import pay_visit
from scheduling import actions
from scheduling.actions import kiosk
from scheduling.models import Appointment, Display, FloorRules, Visit
from scheduling.queries.floor import QueueRow, display, place_of, queue_rows
from scheduling.statuses import AppointmentStatus
from scheduling.statuses import VisitStatus as V
from tests.scheduling.floor_make import Floor

PRESSED = {"HX-Request": "true"}


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def states(*visits: Visit) -> list[str]:
    return [Visit.objects.get(pk=each.pk).status for each in visits]


def evening(floor: Floor, hour: int, minute: int) -> dt.datetime:
    zone = zoneinfo.ZoneInfo(floor.branch.time_zone)
    return timezone.now().astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0)


def test_out_and_next_by_two_people_calls_one(floor: Floor, page: Any) -> None:
    inside, second, third = floor.visit("enter_room"), floor.visit(), floor.visit()
    desk = page("secretary")
    pressed = {"doctor": floor.doctor.pk, "done": "1"}
    codes = [desk.post("/desk/queue/next/", pressed, headers=PRESSED).status_code for _twice in range(2)]
    assert codes == [204, 409]
    assert states(inside, second, third) == [V.CHECKOUT, V.CALLED, V.ARRIVED]


def test_the_next_that_both_saw_is_called_once(floor: Floor, page: Any) -> None:
    first, second = floor.visit(), floor.visit()
    desk = page("secretary")
    shown = desk.get(f"/desk/queue/?branch={floor.branch.pk}").content.decode()
    assert f'"seen": "{first.pk}"' in shown
    pressed = {"doctor": floor.doctor.pk, "seen": first.pk}
    codes = [desk.post("/desk/queue/next/", pressed, headers=PRESSED).status_code for _twice in range(2)]
    assert codes == [204, 409]
    assert states(first, second) == [V.CALLED, V.ARRIVED]


def test_a_doctor_or_room_that_is_not_there_calls_nobody(floor: Floor, page: Any) -> None:
    waits, desk = floor.visit(), page("secretary")
    floor.rooms[1].is_active = False
    floor.rooms[1].save()
    for named in ({"doctor": 999_999}, {"room": floor.rooms[1].pk}):
        assert desk.post("/desk/queue/next/", named, headers=PRESSED).status_code == 409
    assert states(waits) == [V.ARRIVED]


def test_a_room_does_not_call_another_doctors_patient(floor: Floor) -> None:
    colleague = floor.make.practitioner(floor.service)
    mine = floor.visit(room=floor.rooms[0])
    theirs = floor.visit(practitioner=colleague, starts_at=timezone.now() - dt.timedelta(minutes=10))
    assert actions.call_next(branch=floor.branch, room=floor.rooms[0], by=floor.clerk) == mine
    assert actions.call_next(branch=floor.branch, room=floor.rooms[0], by=floor.clerk) is None
    assert states(theirs) == [V.ARRIVED]


def test_nobody_is_in_two_rooms_for_two_visits(floor: Floor) -> None:
    colleague = floor.make.practitioner(floor.service)
    who = floor.make.patient()
    one = floor.visit("call", "enter_room", patient=who)
    two = floor.visit(patient=who, practitioner=colleague)
    assert actions.call_next(branch=floor.branch, practitioner=colleague, by=floor.clerk) is None
    for step in (actions.call, actions.enter_room):
        with pytest.raises(Conflict) as refused:
            step(visit=two, room=floor.rooms[1], by=floor.clerk)
        assert refused.value.code == "elsewhere"
    actions.leave_room(visit=one, by=floor.clerk)
    assert actions.call_next(branch=floor.branch, practitioner=colleague, by=floor.clerk) == two


def test_who_had_left_comes_back_into_the_line(floor: Floor, page: Any) -> None:
    visit = floor.visit("left")
    answer = page("secretary").post(f"/desk/appointments/{visit.appointment_id}/check-in/", headers=PRESSED)
    assert answer.status_code == 204
    assert [row.id for row in queue_rows(floor.branch)] == [visit.pk]
    assert Appointment.objects.get(pk=visit.appointment_id).status == AppointmentStatus.CHECKED_IN


def test_the_arrival_of_somebody_called_or_paid_is_not_taken_back(floor: Floor, page: Any) -> None:
    desk = page("secretary")
    called, paid = floor.visit("call"), floor.visit()
    pay_visit(visit=paid, method="cash", amount=Decimal(1000), by=None)
    for visit in (called, paid):
        for query in ("of=arrived", "of=arrived&to=booked"):
            answer = desk.post(f"/desk/appointments/{visit.appointment_id}/undo/?{query}", headers=PRESSED)
            assert answer.status_code == 409
    assert states(called, paid) == [V.CALLED, V.ARRIVED]


def test_the_undo_of_the_panel_is_of_what_was_seen(floor: Floor, page: Any) -> None:
    visit, desk = floor.visit("call"), page("secretary")
    panel = desk.get(f"/desk/visits/{visit.pk}/").content.decode()
    address = panel.split(f'hx-post="/desk/visits/{visit.pk}/undo/')[1].split('"')[0]
    codes = [desk.post(f"/desk/visits/{visit.pk}/undo/{address}", headers=PRESSED).status_code for _twice in range(2)]
    assert codes == [204, 409]
    assert states(visit) == [V.ARRIVED]


def test_tomorrows_visit_is_not_arrived_for_this_evening(floor: Floor, monkeypatch: Any) -> None:
    tonight = evening(floor, 21, 30)
    appointment = floor.appointment(starts_at=(tonight + dt.timedelta(days=1)).replace(hour=9, minute=0))
    monkeypatch.setattr(timezone, "now", lambda: tonight)
    with pytest.raises(Conflict) as refused:
        actions.arrive(appointment=appointment, by=floor.clerk)
    assert refused.value.code == "another_day"


def test_who_waits_at_midnight_goes_on_waiting(floor: Floor, monkeypatch: Any) -> None:
    late = evening(floor, 23, 40)
    appointment = floor.appointment(starts_at=late + dt.timedelta(minutes=50))
    monkeypatch.setattr(timezone, "now", lambda: late)
    visit = actions.arrive(appointment=appointment, by=floor.clerk)
    monkeypatch.setattr(timezone, "now", lambda: late + dt.timedelta(minutes=25))
    assert [row.id for row in queue_rows(floor.branch)] == [visit.pk]
    assert actions.call_next(branch=floor.branch, by=floor.clerk) == visit
    monkeypatch.setattr(timezone, "now", lambda: late + dt.timedelta(hours=9))
    assert queue_rows(floor.branch) == []


@pytest.mark.parametrize("away", ["hold_visit", "transfer"])
def test_who_is_called_anew_stands_on_top_of_the_screen(floor: Floor, away: str) -> None:
    colleague = floor.make.practitioner(floor.service)
    visit = floor.visit("call", "recall")
    for _three in range(3):
        floor.visit("call")
    if away == "transfer":
        actions.transfer_visit(visit=visit, practitioner=colleague, by=floor.clerk)
    else:
        actions.hold_visit(visit=visit, by=floor.clerk)
    actions.call(visit=visit, by=floor.clerk)
    assert display(floor.branch)["calls"][0].id == visit.pk


def test_who_was_called_and_has_not_come_stays_on_the_screen(floor: Floor) -> None:
    waits = floor.visit("call")
    for _three in range(3):
        floor.visit("call", "enter_room")
    shown = display(floor.branch)
    assert shown["calls"][0].id == waits.pk
    assert len(shown["calls"]) == 3


def test_the_screen_rings_for_calls_alone(floor: Floor, page: Any) -> None:
    screen = page()
    screen.get(f"/tv/{floor.branch.pk}/")
    actions.pair_display(branch=floor.branch, code=Display.objects.get().code, by=floor.clerk)

    def chime() -> str:
        return screen.get(f"/tv/{floor.branch.pk}/part/").content.decode().split('data-chime="')[1].split('"')[0]

    first = floor.visit("call")
    one = chime()
    second = floor.visit("call")
    two = chime()
    assert float(two.split("-")[0]) > float(one.split("-")[0])
    actions.enter_room(visit=second, by=floor.clerk)
    assert chime() == one  # older than what was rung for: silent
    actions.enter_room(visit=first, by=floor.clerk)
    assert chime() == ""


def test_nobody_is_told_five_minutes_before_the_doctor_is_there(floor: Floor, monkeypatch: Any) -> None:
    early = evening(floor, 6, 0)  # she works from eight
    monkeypatch.setattr(timezone, "now", lambda: early)
    visit = actions.walk_in(
        patient=floor.make.patient(), service=floor.service, practitioner=floor.doctor, branch=floor.branch,
        by=floor.clerk,
    )  # fmt: skip
    assert place(visit).wait_low == 120
    actions.call(visit=visit, by=floor.clerk)  # she begins before her time
    assert place(floor.visit()).wait_low < 60


def place(visit: Visit) -> QueueRow:
    found = place_of(visit.queue_token)
    assert found is not None
    assert found[1] is not None
    return found[1]


def test_who_is_done_is_given_no_seat_at_the_kiosk(floor: Floor) -> None:
    FloorRules(branch=floor.branch, has_kiosk=True).save()
    visit = floor.visit("enter_room", "finish_visit")
    appointment = Appointment.objects.get(pk=visit.appointment_id)
    with pytest.raises(Conflict):
        kiosk.arrive_alone(appointment=appointment)


def test_the_api_takes_back_what_was_seen(floor: Floor, api: Any) -> None:
    desk, visit, other = api("secretary"), floor.visit("call"), floor.visit()
    for address in (f"/api/v1/visits/{visit.pk}/undo/", f"/api/v1/appointments/{other.appointment_id}/undo/"):
        seen = {"of": "called" if "visits" in address else "arrived"}
        assert [desk.post(address, seen, format="json").status_code for _twice in range(2)] == [200, 409]
    assert states(visit) == [V.ARRIVED]
    called = {"branch": floor.branch.pk, "seen": visit.pk}
    codes = [desk.post("/api/v1/queue/next/", called, format="json").status_code for _twice in range(2)]
    assert codes == [200, 409]
