"""Paper notes entered afterwards: original times, one visit for one visit, nothing sent, the right business day."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid
from finance.models import Invoice
from messaging.models import Message
from scheduling import actions
from scheduling.actions import Times
from scheduling.models import Appointment, Visit
from scheduling.queries.floor import branch_day
from tests.scheduling.floor_make import Floor

HTMX = {"HX-Request": "true"}


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def yesterday(floor: Floor, hour: int, minute: int = 0) -> dt.datetime:
    day = branch_day(floor.branch) - dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour, minute), dt.timezone(dt.timedelta(hours=3, minutes=30)))


def times(floor: Floor) -> Times:
    return Times(yesterday(floor, 10), yesterday(floor, 10, 20), yesterday(floor, 10, 45))


def enter(floor: Floor, person: Any, **more: Any) -> Visit:
    values = {"service": floor.service, "practitioner": floor.doctor, "branch": floor.branch, "times": times(floor)}
    return actions.enter_afterwards(**{**values, **more}, person=person, by=floor.clerk)


def test_it_has_the_times_of_the_paper_and_says_that_it_was_entered_later(floor: Floor) -> None:
    before = timezone.now()
    visit = enter(floor, floor.make.patient(), room=floor.rooms[0], note="درد زانو", payment_hint="نقدی ۵۰۰")
    visit = Visit.objects.get(pk=visit.pk)
    at = times(floor)
    assert (visit.arrived_at, visit.in_room_at, visit.finished_at) == (at.arrived_at, at.in_room_at, at.finished_at)
    assert (visit.status, visit.came_by, visit.day) == ("finished", "paper", branch_day(floor.branch, at.arrived_at))
    assert visit.entered_afterwards_at
    assert visit.entered_afterwards_at >= before
    moves = list(visit.moves.order_by("pk"))
    assert [(move.to_status, move.happened_at) for move in moves] == [
        ("arrived", at.arrived_at), ("in_room", at.in_room_at), ("finished", at.finished_at),
    ]  # fmt: skip
    assert all(move.at >= before for move in moves)  # and when it was entered
    stay = visit.stays.get()
    assert (stay.room, stay.entered_at, stay.left_at) == (floor.rooms[0], at.in_room_at, at.finished_at)
    assert visit.paper_notes.values_list("note", "payment_hint").get() == ("درد زانو", "نقدی ۵۰۰")


def test_its_bill_is_of_the_day_it_happened_and_nothing_is_sent(floor: Floor) -> None:
    visit = enter(floor, floor.make.patient())
    invoice = Invoice.objects.get(visit=visit)
    assert invoice.business_date == branch_day(floor.branch) - dt.timedelta(days=1)
    assert invoice.total == floor.service.price
    assert Message.objects.count() == 0


def test_the_booking_she_came_for_is_asked_about_and_fulfilled(floor: Floor) -> None:
    patient = floor.make.patient()
    booked = floor.appointment(patient=patient, starts_at=yesterday(floor, 10, 5))
    with pytest.raises(Conflict) as asked:
        enter(floor, patient)
    assert (asked.value.code, asked.value.details["appointments"]) == ("booked", [booked.pk])
    assert Visit.objects.count() == 0
    visit = enter(floor, patient, appointment=booked)
    booked.refresh_from_db()
    assert (booked.status, visit.appointment, visit.promised_at) == ("fulfilled", booked, booked.starts_at)
    assert {move.happened_at for move in booked.moves.filter(to_status="fulfilled")} == {times(floor).finished_at}
    assert Appointment.objects.count() == 1


def test_who_was_taken_for_absent_did_come(floor: Floor) -> None:
    patient = floor.make.patient()
    booked = floor.appointment(patient=patient, starts_at=yesterday(floor, 10, 5))
    actions.no_show(appointment=booked, by=floor.clerk)
    enter(floor, patient, appointment=booked)
    booked.refresh_from_db()
    assert booked.status == "fulfilled"


def test_the_same_line_twice_is_one_visit(floor: Floor) -> None:
    patient = floor.make.patient()
    first = enter(floor, patient)
    with pytest.raises(Conflict) as refused:
        enter(floor, patient)
    assert (refused.value.code, refused.value.details["visit"]) == ("written", first.pk)
    second = enter(floor, patient, anew=True)
    assert (first.number, second.number) == (1, 2)


def test_numbers_are_not_given_again(floor: Floor) -> None:
    today = floor.visit()
    now = timezone.now()
    visit = enter(floor, floor.make.patient(), times=Times(now - dt.timedelta(minutes=1)))
    assert (today.number, visit.number) == (1, 2)
    assert visit.status == "arrived"  # no end on paper: she is still here
    assert enter(floor, floor.make.patient()).number == 1  # yesterday counts by itself


def impossible(floor: Floor) -> list[tuple[Times, str]]:
    at, now = times(floor), timezone.now()
    return [
        (Times(at.arrived_at, at.arrived_at - dt.timedelta(minutes=1), at.finished_at), "in_room"),
        (Times(at.arrived_at, None, at.arrived_at - dt.timedelta(minutes=1)), "finished"),
        (Times(at.arrived_at, at.in_room_at, None), "finished"),
        (Times(now + dt.timedelta(minutes=5)), "arrived"),
        (Times(now - dt.timedelta(days=40), None, now - dt.timedelta(days=40)), "day"),
    ]


@pytest.mark.parametrize("case", range(5))
def test_times_that_cannot_be_are_refused_at_their_field(floor: Floor, case: int) -> None:
    wrong, field = impossible(floor)[case]
    with pytest.raises(Invalid) as refused:
        enter(floor, floor.make.patient(), times=wrong)
    assert refused.value.field == field
    assert Visit.objects.count() == 0


def line(floor: Floor, **more: Any) -> dict[str, Any]:
    day = yesterday(floor, 0).date().isoformat()
    values = {"day": day, "service": floor.service.pk, "practitioner": floor.doctor.pk, "arrived": "۱۰:۰۰",
              "in_room": "1020", "finished": "10:45"}  # fmt: skip
    return {**values, **more}


def test_the_page_takes_a_line_and_keeps_doctor_and_service_for_the_next(floor: Floor, page: Any) -> None:
    client, patient = page(floor.clerk), floor.make.patient()
    address = f"/desk/paper/?day={line(floor)['day']}"
    assert client.get(address).status_code == 200
    wrong = client.post(address, line(floor, patient=patient.pk, finished="9:00"))
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["finished"]
    assert str(patient) in wrong.content.decode()  # what was typed stays
    done = client.post(address, line(floor, patient=patient.pk, note="ن", payment_hint="کارت"))
    assert done.status_code == 302
    following = client.get(done["Location"]).content.decode()
    assert patient.full_name in following
    assert f'<option value="{floor.doctor.pk}" selected' in following
    assert "data-keep-taken" in following


def test_the_page_asks_which_appointment_it_was(floor: Floor, page: Any) -> None:
    client, patient = page(floor.clerk), floor.make.patient()
    booked = floor.appointment(patient=patient, starts_at=yesterday(floor, 10, 5))
    address = f"/desk/paper/?day={line(floor)['day']}"
    asked = client.post(address, line(floor, patient=patient.pk))
    assert asked.status_code == 422
    assert f'name="appointment" value="{booked.pk}" checked' in asked.content.decode()
    assert client.post(address, line(floor, patient=patient.pk, appointment=booked.pk)).status_code == 302
    booked.refresh_from_db()
    assert booked.status == "fulfilled"


def test_somebody_new_is_registered_from_the_paper(floor: Floor, page: Any) -> None:
    address = f"/desk/paper/?day={line(floor)['day']}"
    person = {"first_name": "نو", "last_name": "آمده", "phone": "09351112233"}
    assert page(floor.clerk).post(address, line(floor, **person)).status_code == 302
    assert Visit.objects.get().patient.full_name == "نو آمده"
    assert page("cashier").get("/desk/paper/").status_code == 403


def test_the_panel_says_when_it_was_entered(floor: Floor, page: Any) -> None:
    visit = enter(floor, floor.make.patient(), note="درد زانو", payment_hint="نقدی")
    panel = page(floor.clerk).get(f"/desk/visits/{visit.pk}/", headers=HTMX).content.decode()
    assert "درد زانو" in panel
    assert "نقدی" in panel


def test_a_booking_whose_arrival_was_taken_back_is_the_same_visit(floor: Floor) -> None:
    booked = floor.appointment(starts_at=yesterday(floor, 10))
    visit = enter(floor, booked.patient, appointment=booked)
    for _step in range(3):
        visit = actions.undo_visit(visit=visit, by=floor.clerk)
    assert visit.status == "cancelled"
    again = enter(floor, booked.patient, appointment=booked)
    assert (again.pk, again.number, again.status) == (visit.pk, visit.number, "finished")
    with pytest.raises(Conflict) as refused:
        enter(floor, booked.patient, appointment=booked, anew=True)
    assert refused.value.code == "written"
    with pytest.raises(Invalid):
        enter(floor, floor.make.patient(), appointment=booked)


def test_a_missed_visit_that_was_on_paper_costs_no_fee(floor: Floor) -> None:
    floor.service.no_show_fee_percent = 50
    floor.service.save()
    booked = floor.appointment(starts_at=yesterday(floor, 10), price=500_000)
    actions.no_show(appointment=booked, by=floor.clerk)
    enter(floor, booked.patient, appointment=Appointment.objects.get(pk=booked.pk))
    assert not hasattr(booked, "fee") or booked.fee.status == "waived"
