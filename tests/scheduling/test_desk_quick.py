"""The desk's short ways: one line for a patient, the next free time, a week, filters, one press in and one back."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone, translation

from clinic.patients.actions import register
from clinic.patients.models import Patient
from clinic.shared.errors import Invalid
from scheduling import actions
from scheduling.models import Appointment, Holiday, Visit
from scheduling.queries.board import board_events, day_of
from scheduling.queries.floor import branch_day
from scheduling.queries.opening import zone_of
from scheduling.queries.week import first_of_week, week_of
from scheduling.queries.who import read_who
from tests.scheduling.floor_make import Floor
from tests.statements import statements

HTMX = {"HX-Request": "true"}


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def patient(first: str, last: str, phone: str = "") -> Patient:
    return register(first_name=first, last_name=last, phone=phone, by=None)


def tomorrow(floor: Floor) -> dt.date:
    return branch_day(floor.branch) + dt.timedelta(days=1)


def test_one_line_names_somebody_who_is_there(make: Any) -> None:
    mina = patient("مینا", "شریفی", "09351112233")
    patient("نیکا", "شریفی", "09351112233")
    assert read_who("مينا شريفي").patient == mina  # Arabic letters
    assert read_who("۰۹۳۵ ۱۱۱ ۲۲۳۳ مینا شریفی").patient == mina
    family = read_who("09351112233")
    assert family.patient is None
    assert len(family.similar) == 2


def test_one_line_of_somebody_new(make: Any) -> None:
    patient("مینا", "شریفی", "09351112233")
    who = read_who("سارا محمدی ۰۹۱۲۳۴۵۶۷۸۹")
    assert (who.patient, who.first_name, who.last_name, who.phone) == (None, "سارا", "محمدی", "+989123456789")
    assert who.similar == []
    assert read_who("مینا شری").similar
    with pytest.raises(Invalid):
        read_who("سارا محمدی 0912345")


def test_the_line_asks_before_it_takes_somebody(floor: Floor, page: Any) -> None:
    known = patient("مینا", "شریفی", "09351112233")
    desk = page("secretary")
    day = tomorrow(floor)
    values = {"service": floor.service.pk, "practitioner": floor.doctor.pk, "day": day, "time": "10:30"}
    asked = desk.post("/desk/book/", {**values, "who": "مینا شر"}, headers=HTMX)
    assert asked.status_code == 422
    assert f'name="patient" value="{known.pk}"' in asked.content.decode()
    assert not Appointment.objects.exists()
    assert desk.post("/desk/book/", {**values, "who": "مینا شر", "patient": known.pk}, headers=HTMX).status_code == 204
    assert Appointment.objects.get().patient == known
    other = {**values, "time": "11:30", "who": "مینا شر 09120000001", "anyway": "1"}
    assert desk.post("/desk/book/", other, headers=HTMX).status_code == 204
    assert Patient.objects.count() == 2
    nameless = desk.post("/desk/book/", {**values, "time": "12:30", "who": "09120000002"}, headers=HTMX)
    assert nameless.status_code == 422


def test_a_booking_begins_with_the_next_free_time(floor: Floor, page: Any) -> None:
    desk = page("secretary")
    day = tomorrow(floor)
    text = desk.get(f"/desk/book/?day={day}", headers=HTMX).content.decode()
    assert 'value="08:00"' in text
    assert f'value="{day}"' in text
    assert text.count("data-fill=") == 1
    chips = desk.get(f"/desk/soonest/?service={floor.service.pk}", headers=HTMX).content.decode()
    assert chips.count("data-fill=") == 1
    for bad in ("x", "99999999999999999999", ""):
        assert desk.get(f"/desk/soonest/?service={bad}", headers=HTMX).content.decode().count("data-fill=") == 0
    assert page("cashier").get("/desk/soonest/?service=1").status_code == 403


def test_a_week_has_seven_days_in_the_readers_order(floor: Floor, page: Any) -> None:
    noon = dt.datetime.combine(tomorrow(floor), dt.time(12), zone_of(floor.branch.time_zone))
    booked = floor.appointment(starts_at=noon)
    floor.appointment(starts_at=noon, status="cancelled")
    with translation.override("fa"):
        Holiday(date=first_of_week(tomorrow(floor)), name="جشن").save()
        week = week_of(floor.branch, floor.doctor, tomorrow(floor))
        assert week.first.weekday() == 5  # Saturday
        assert week.columns[0]["title"] == "شنبه"
        assert "جشن" in week.columns[0]["sub"]
    with translation.override("en"):
        assert week_of(floor.branch, floor.doctor, tomorrow(floor)).first.weekday() == 0
    assert booked.pk in [row["id"] for row in week.events()]
    assert len(week.events(cancelled=True)) == 2
    begin, end = week.span
    day = str(week.first)
    assert {"resource": floor.doctor.pk, "start": f"{day}T{begin}", "end": f"{day}T{end}"} in week.closed()
    assert statements(lambda: week_of(floor.branch, floor.doctor, tomorrow(floor))) <= 5
    desk = page("secretary")
    assert desk.get(f"/desk/week/?doctor={floor.doctor.pk}&day={tomorrow(floor)}").status_code == 200
    cards = desk.get(f"/desk/week/cards/?doctor={floor.doctor.pk}&day={tomorrow(floor)}").json()
    assert [row["id"] for row in cards["events"]] == [booked.pk]
    assert desk.get("/desk/week/?doctor=x&day=y").status_code == 200


def test_cancelled_ones_and_doctors_are_shown_on_demand(floor: Floor, page: Any, make: Any) -> None:
    noon = dt.datetime.combine(tomorrow(floor), dt.time(12), zone_of(floor.branch.time_zone))
    gone = floor.appointment(starts_at=noon, status="cancelled")
    other = make.practitioner(floor.service)
    desk, query = page("secretary"), f"branch={floor.branch.pk}&day={tomorrow(floor)}"
    assert desk.get(f"/desk/cards/?{query}").json()["events"] == []
    assert [row["id"] for row in desk.get(f"/desk/cards/?{query}&cancelled=1").json()["events"]] == [gone.pk]
    shown = desk.get(f"/desk/?{query}&doctor={other.pk}").context["board"]["resources"]
    assert [column["id"] for column in shown] == [other.pk]
    everybody = desk.get(f"/desk/?{query}&doctor=999999&doctor=x").context["board"]["resources"]
    assert len(everybody) == 2


def test_buffers_go_with_the_cards(floor: Floor) -> None:
    service = floor.service
    service.buffer_before, service.buffer_after = 5, 10
    service.save()
    noon = dt.datetime.combine(tomorrow(floor), dt.time(12), zone_of(floor.branch.time_zone))
    floor.appointment(starts_at=noon)
    row = board_events(day_of(floor.branch, tomorrow(floor)))[0]
    assert (row["before"], row["after"]) == (5, 10)
    assert row["start"].endswith("T12:00")  # what the patient is told


def test_one_press_in_is_one_press_back(floor: Floor, page: Any) -> None:
    booked = floor.appointment(starts_at=timezone.now().replace(second=0, microsecond=0))
    desk = page("secretary")
    done = desk.post(f"/desk/appointments/{booked.pk}/check-in/", headers=HTMX)
    assert "to=booked" in done["HX-Trigger"]
    assert Appointment.objects.get().status == "checked_in"
    back = f"/desk/appointments/{booked.pk}/undo/?of=checked_in&to=booked"
    assert desk.post(back, headers=HTMX).status_code == 204
    assert Appointment.objects.get().status == "booked"
    assert Visit.objects.get().status == "cancelled"
    assert desk.post(back, headers=HTMX).status_code == 409  # not twice


def test_the_move_drawer_opens_on_a_day_with_times(floor: Floor, page: Any, make: Any) -> None:
    Holiday(date=tomorrow(floor), name="تعطیل").save()
    start = dt.datetime.combine(tomorrow(floor), dt.time(12), zone_of(floor.branch.time_zone))
    booked = actions.book_direct(
        service=floor.service, practitioner=floor.doctor, branch=floor.branch, patient=make.patient(), starts_at=start,
        override=True, reason="خواست پزشک", by=make.user("manager"),
    )  # fmt: skip
    text = page("secretary").get(f"/desk/appointments/{booked.pk}/move/", headers=HTMX).content.decode()
    assert 'class="c-slot"' in text
    assert "c-day--closed" in text
    assert f"{tomorrow(floor) + dt.timedelta(days=1)}T08:00" in text


def _booking(floor: Floor, who: Patient, at: str, **more: Any) -> dict[str, Any]:
    return {"patient": who.pk, "who": str(who), "service": floor.service.pk, "practitioner": floor.doctor.pk,
            "day": str(tomorrow(floor)), "time": at, **more}  # fmt: skip


def test_several_services_are_booked_in_one_go(floor: Floor, page: Any, make: Any) -> None:
    second = make.service(minutes=30, buffer_before=5)
    other = make.practitioner(second)  # another doctor, for the other part
    desk, who, to = page(floor.clerk), make.patient(), f"/desk/book/?branch={floor.branch.pk}"
    answer = desk.post(to, _booking(floor, who, "10:07", then_1=second.pk), headers=HTMX)
    assert answer.status_code == 204, answer.content.decode()
    one, two = Appointment.objects.filter(patient=who).order_by("starts_at")
    assert (one.service, two.service, one.bundle) == (floor.service, second, two.bundle)
    assert one.bundle is not None
    assert (two.practitioner, two.starts_at - one.ends_at) == (other, dt.timedelta(0))
    # Where not all of it fits nothing is booked, and times at which it does are one press away.
    third = make.patient()
    refused = desk.post(to, _booking(floor, third, "10:20", then_1=second.pk), headers=HTMX)
    assert refused.status_code == 422
    assert not Appointment.objects.filter(patient=third).exists()
    assert refused.content.decode().count("data-fill=") >= 4
    over = _booking(floor, third, "10:20", then_1=second.pk, override="on", reason="urgent")
    assert page("owner").post(to, over, headers=HTMX).status_code == 204
    assert {each.practitioner for each in Appointment.objects.filter(patient=third)} == {floor.doctor, other}


def test_the_desk_chooses_room_and_way(floor: Floor, page: Any, make: Any) -> None:
    floor.service.mode = "either"
    floor.service.save()
    desk, to = page(floor.clerk), f"/desk/book/?branch={floor.branch.pk}"
    assert 'name="mode"' in desk.get(to, headers=HTMX).content.decode()
    asked = desk.get(f"/desk/soonest/?branch={floor.branch.pk}&service={floor.service.pk}&mode=online&fixed=1")
    assert 'value="online" checked' in asked.content.decode()
    assert "data-fill=" not in asked.content.decode()
    answer = desk.post(to, _booking(floor, make.patient(), "10:00", mode="online"), headers=HTMX)
    assert answer.status_code == 204, answer.content.decode()
    assert Appointment.objects.latest("pk").mode == "online"
    room = floor.rooms[1]
    answer = desk.post(to, _booking(floor, make.patient(), "11:00", mode="in_person", room=room.pk), headers=HTMX)
    assert answer.status_code == 204, answer.content.decode()
    assert Appointment.objects.latest("pk").room == room
    doctor = make.practitioner(floor.service)
    taken = _booking(floor, make.patient(), "11:00", room=room.pk) | {"practitioner": doctor.pk}
    assert desk.post(to, taken, headers=HTMX).status_code == 422


def test_a_visit_is_moved_to_another_branch(floor: Floor, page: Any, make: Any) -> None:
    visit = floor.appointment(starts_at=timezone.now() + dt.timedelta(days=1))
    address = f"/desk/appointments/{visit.pk}/move/"
    clerk, owner = page(make.user("secretary", branch=floor.branch)), page("owner")
    assert "&amp;to=" not in owner.get(address, headers=HTMX).content.decode().replace(f"to={floor.branch.pk}", "")
    there = make.branch(name="Vanak")
    doctor = make.practitioner(floor.service, branch=there)
    shown = owner.get(f"{address}?to={there.pk}", headers=HTMX).content.decode()
    free = re.findall(r'name="slot" value="([^"]+)"', shown)
    assert free
    assert all(value.endswith(f" {doctor.pk} {there.pk}") for value in free)
    assert f"to={there.pk}" not in clerk.get(address, headers=HTMX).content.decode()
    assert clerk.post(address, {"slot": free[-1]}, headers=HTMX).status_code == 422
    assert owner.post(address, {"slot": free[-1]}, headers=HTMX).status_code == 204
    visit.refresh_from_db()
    assert (visit.successor.branch, visit.successor.practitioner) == (there, doctor)
