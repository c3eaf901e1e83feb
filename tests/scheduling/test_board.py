"""The day board: what it draws, what it costs, who may do what on it."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from scheduling import actions
from scheduling.models import Appointment, Visit, WorkingHours
from scheduling.queries.board import board_closed, board_events, day_of
from scheduling.queries.floor import branch_day
from scheduling.queries.opening import zone_of
from scheduling.queries.week import week_of
from tests.scheduling.floor_make import Floor
from tests.statements import statements


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def today(floor: Floor) -> dt.date:
    return branch_day(floor.branch)


def noon(floor: Floor) -> dt.datetime:
    """A moment that is surely on the branch's today."""
    return dt.datetime.combine(today(floor), dt.time(12), dt.timezone(dt.timedelta(hours=3, minutes=30)))


def test_the_board_costs_the_same_for_three_and_for_sixty(floor: Floor) -> None:
    for number in range(3):
        floor.appointment(starts_at=noon(floor) + dt.timedelta(minutes=number))
    assert statements(lambda: day_of(floor.branch, today(floor))) <= 5
    for number in range(57):
        floor.appointment(starts_at=noon(floor) + dt.timedelta(minutes=number))
    assert statements(lambda: day_of(floor.branch, today(floor))) <= 5
    assert len(board_events(day_of(floor.branch, today(floor)))) == 60


@pytest.mark.parametrize(
    ("status", "shift", "look"),
    [
        ("booked", 60, "booked"),
        ("booked", -60, "late"),
        ("cancelled", 60, "cancelled"),
        ("no_show", -60, "no_show"),
        ("fulfilled", -60, "done"),
    ],
)
def test_each_status_has_its_look(floor: Floor, status: str, shift: int, look: str) -> None:
    at = noon(floor)
    floor.appointment(status=status, starts_at=at)
    day = day_of(floor.branch, today(floor), now=at - dt.timedelta(minutes=shift))
    assert [line.look for line in day.lines] == [look]
    assert day.tallies[look] == 1


def test_what_is_over_does_not_stand_on_the_board(floor: Floor) -> None:
    at = noon(floor)
    floor.appointment(status="held", patient=None, starts_at=at, hold_expires_at=at)
    floor.appointment(status="rescheduled", starts_at=at)
    floor.appointment(status="cancelled", starts_at=at)
    assert board_events(day_of(floor.branch, today(floor), now=at + dt.timedelta(minutes=1))) == []


def test_off_hours_are_closed(floor: Floor) -> None:
    day = day_of(floor.branch, today(floor))
    closed = board_closed(day, "07:00", "21:00")
    assert [(row["start"][11:], row["end"][11:]) for row in closed] == [("07:00", "08:00"), ("20:00", "21:00")]


@pytest.mark.parametrize("path", ["/desk/", "/desk/?view=list", "/desk/day/", "/desk/waiting/", "/desk/cards/",
                                  "/desk/queue/", "/desk/queue/part/", "/desk/book/", "/desk/walk-in/",
                                  "/desk/displays/"])  # fmt: skip
def test_pages_answer(floor: Floor, page: Any, path: str) -> None:
    floor.visit("call")
    floor.appointment()
    assert page("secretary").get(path).status_code == 200


def test_arriving_is_one_press_with_undo(floor: Floor, page: Any) -> None:
    appointment, desk = floor.appointment(), page("secretary")
    answer = desk.post(f"/desk/appointments/{appointment.pk}/arrive/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    said = json.loads(answer["HX-Trigger"])
    assert said["toast"]["undo_url"] == f"/desk/appointments/{appointment.pk}/undo/?of=arrived"
    assert desk.post(said["toast"]["undo_url"], headers={"X-Requested-With": "fetch"}).status_code == 204
    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_an_undo_does_not_take_back_what_somebody_else_did(floor: Floor, page: Any) -> None:
    visit = floor.visit("call", "enter_room")
    answer = page("secretary").post(f"/desk/visits/{visit.pk}/undo/?of=called", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    visit.refresh_from_db()
    assert visit.status == "in_room"


def test_the_panel_offers_what_the_table_allows(floor: Floor, page: Any) -> None:
    visit = floor.visit("call")
    shown = page("secretary").get(f"/desk/visits/{visit.pk}/", headers={"HX-Request": "true"}).content.decode()
    for step in ("enter-room", "recall", "skip", "left", "undo"):
        assert f"/desk/visits/{visit.pk}/{step}/" in shown
    assert f"/desk/visits/{visit.pk}/finish/" not in shown


def test_a_cashier_looks_but_does_not_call(floor: Floor, page: Any) -> None:
    visit, cashier = floor.visit(), page("cashier")
    shown = cashier.get(f"/desk/visits/{visit.pk}/", headers={"HX-Request": "true"})
    assert shown.status_code == 200
    assert "/call/" not in shown.content.decode()
    assert cashier.post(f"/desk/visits/{visit.pk}/call/").status_code == 403
    assert cashier.post("/desk/queue/next/").status_code == 403
    assert Visit.objects.get().status == "arrived"


def test_a_clerk_of_one_branch_does_not_know_of_another(floor: Floor, page: Any) -> None:
    other = floor.make.branch(name="Other")
    clerk = floor.make.user("secretary", branch=other)
    visit = floor.visit()
    assert page(clerk).get(f"/desk/visits/{visit.pk}/").status_code == 404
    assert page(clerk).post(f"/desk/visits/{visit.pk}/call/").status_code == 404


def test_a_dropped_card_moves_or_says_why_not(floor: Floor, page: Any) -> None:
    start = timezone.now().replace(second=0, microsecond=0) + dt.timedelta(days=2)
    start = start.replace(hour=8, minute=0)  # 11:30 in Tehran
    booked, other = (
        actions.book_direct(service=floor.service, practitioner=floor.doctor, branch=floor.branch,
                            patient=floor.make.patient(), starts_at=start + shift, by=floor.clerk)
        for shift in (dt.timedelta(), dt.timedelta(hours=1))
    )  # fmt: skip
    desk, day = page("secretary"), start.date().isoformat()
    taken = desk.post(f"/desk/appointments/{booked.pk}/move/", {"start": f"{day}T12:30", "resource": floor.doctor.pk})
    assert taken.status_code == 409
    assert taken.json()["message"]
    moved = desk.post(f"/desk/appointments/{booked.pk}/move/", {"start": f"{day}T15:00", "resource": floor.doctor.pk})
    assert moved.status_code == 200
    booked.refresh_from_db()
    assert booked.status == "rescheduled"
    assert desk.post(moved.json()["undo_url"], headers={"X-Requested-With": "fetch"}).status_code == 204
    assert Appointment.objects.filter(status="booked", starts_at=start).exists()
    assert other.status == "booked"


def test_quick_booking_writes_a_new_patient_down_or_nothing(floor: Floor, page: Any) -> None:
    desk = page("secretary")
    tomorrow = today(floor) + dt.timedelta(days=1)
    values = {"last_name": "کاظمی", "service": floor.service.pk, "practitioner": floor.doctor.pk, "day": tomorrow}
    done = desk.post("/desk/book/", {**values, "time": "۱۰:۳۰"}, headers={"HX-Request": "true"})
    assert done.status_code == 204, done.content.decode()
    booked = Appointment.objects.get()
    assert (booked.patient.last_name, booked.status, booked.source) == ("کاظمی", "booked", "phone")
    again = desk.post("/desk/book/", {**values, "last_name": "صدر", "time": "10:30"}, headers={"HX-Request": "true"})
    assert again.status_code == 422
    assert "/desk/book/?" in again.content.decode()  # the nearest free times
    assert not type(booked.patient).objects.filter(last_name="صدر").exists()


@pytest.mark.parametrize("typed", ["", "25:00", "soon"])
def test_a_time_that_cannot_be_read(floor: Floor, page: Any, typed: str) -> None:
    values = {"patient": floor.make.patient().pk, "service": floor.service.pk, "practitioner": floor.doctor.pk}
    answer = page("secretary").post("/desk/book/", {**values, "time": typed}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "id_time_error" in answer.content.decode()


def test_the_api_of_the_floor(floor: Floor, api: Any) -> None:
    appointment, desk = floor.appointment(), api("secretary")
    visit = desk.post(f"/api/v1/appointments/{appointment.pk}/arrive/").json()
    assert desk.post(f"/api/v1/appointments/{appointment.pk}/check-in/").json()["id"] == visit["id"]
    rows = desk.get(f"/api/v1/queue/?branch={floor.branch.pk}").json()
    assert [(row["number"], row["status"], row["place"]) for row in rows] == [(1, "arrived", 1)]
    for step, status in [("call", "called"), ("enter-room", "in_room"), ("leave-room", "checkout"),
                         ("finish", "finished"), ("finish", "finished")]:  # fmt: skip
        answer = desk.post(f"/api/v1/visits/{visit['id']}/{step}/", {}, format="json")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert desk.post(f"/api/v1/visits/{visit['id']}/left/").status_code == 409
    assert desk.get("/api/v1/queue/?branch=x").status_code == 400
    assert api("cashier").post(f"/api/v1/visits/{visit['id']}/call/").status_code == 403
    assert api().get("/api/v1/queue/").status_code == 401


def test_a_night_belongs_to_the_day_that_it_began_on(floor: Floor, page: Any, api: Any) -> None:
    """A clinic whose day begins at six works from 18:00 to 02:00: one board, one week column, one list."""
    floor.branch.day_starts_hour = 6
    floor.branch.save()
    floor.doctor.hours.all().delete()
    day = branch_day(floor.branch) + dt.timedelta(days=7)
    next_day = day + dt.timedelta(days=1)
    for weekday, starts, ends in (
        (day.weekday(), dt.time(18), dt.time(23, 59)),
        (next_day.weekday(), dt.time(0), dt.time(2)),
        (next_day.weekday(), dt.time(5), dt.time(7)),  # its last hour is of the day after
    ):
        WorkingHours.objects.create(
            practitioner=floor.doctor, branch=floor.branch, weekday=weekday, starts=starts, ends=ends
        )
    zone = zone_of(floor.branch.time_zone)
    late = floor.appointment(starts_at=dt.datetime.combine(next_day, dt.time(1), zone))
    early = floor.appointment(starts_at=dt.datetime.combine(day, dt.time(18), zone))
    shown = day_of(floor.branch, day)
    assert [line.id for line in shown.lines] == [early.pk, late.pk]
    assert day_of(floor.branch, next_day).lines == []
    told = [(begin.hour, end.hour) for begin, end in shown.hours[floor.doctor.pk]]
    assert told == [(18, 23), (0, 2), (5, 6)]
    assert [begin.hour for begin, _end in day_of(floor.branch, next_day).hours[floor.doctor.pk]] == [6]
    cards = {row["id"]: row["start"] for row in board_events(shown)}
    assert cards == {early.pk: f"{day}T12:00", late.pk: f"{day}T19:00"}  # six hours behind the clock
    of_week = {each.date: each for each in week_of(floor.branch, floor.doctor, day).days}
    assert [line.id for line in of_week[day].lines] == [early.pk, late.pk]
    if next_day in of_week:
        assert [begin.hour for begin, _end in of_week[next_day].hours[floor.doctor.pk]] == [6]
    listed = api("secretary").get(f"/api/v1/appointments/?day={day}&branch={floor.branch.pk}").json()
    assert [row["id"] for row in listed["results"]] == [early.pk, late.pk]
    page_of_day = page(floor.clerk).get(f"/desk/?branch={floor.branch.pk}&day={day}").content.decode()
    assert '"shift": 360' in page_of_day
