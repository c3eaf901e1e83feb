"""The desk at the edges: who may take back, what was booked over, small hours on paper, lines of rooms, calendars."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from scheduling import actions
from scheduling.models import Appointment, CameBy, Mode, Occupancy, Visit
from scheduling.queries.floor import branch_day
from scheduling.queries.opening import zone_of
from scheduling.queries.steps import may_be_moved
from scheduling.tasks import sweep_entries
from tests.scheduling.floor_make import Floor
from tests.scheduling.test_holds import soon
from tests.scheduling.waiting import Waiting

HTMX = {"HX-Request": "true"}


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def test_who_may_say_that_she_came_may_take_it_back(floor: Floor, page: Any, api: Any) -> None:
    nurse = floor.make.user("nurse")
    client, expected = page(nurse), floor.appointment()
    at = f"/desk/appointments/{expected.pk}"
    assert client.post(f"{at}/arrive/", headers=HTMX).status_code == 204
    assert client.post(f"{at}/undo/?of=arrived", headers=HTMX).status_code == 204
    assert Appointment.objects.get(pk=expected.pk).status == "booked"
    actions.cancel(appointment=expected, by=floor.clerk)
    assert client.post(f"{at}/undo/?of=cancelled", headers=HTMX).status_code == 403
    actions.restore(appointment=expected, by=floor.clerk)
    actions.check_in(appointment=expected, by=floor.clerk)
    address = f"/api/v1/appointments/{expected.pk}/undo/"
    assert api(nurse).post(address).json()["status"] == "arrived"
    assert api(floor.make.user()).post(address).status_code == 404


def test_the_move_of_what_was_booked_over_is_taken_back(floor: Floor, make: Any) -> None:
    place = {"service": floor.service, "practitioner": floor.doctor, "branch": floor.branch}
    actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=floor.clerk)
    owner = make.user("owner")
    over = actions.book_direct(
        **place, patient=make.patient(), starts_at=soon(), override=True, reason="urgent", by=owner
    )
    other = make.practitioner(floor.service)
    over.price = Decimal(7)
    over.save()
    moved = actions.reschedule(appointment=over, starts_at=soon(hour=12), practitioner=other, by=floor.clerk)
    assert (moved.override_reason, moved.price) == ("", floor.service.price)
    back = actions.move_back(appointment=moved, by=floor.clerk)
    assert (back.starts_at, back.practitioner, back.override_reason, back.price) == (
        over.starts_at, floor.doctor, "urgent", 7,
    )  # fmt: skip


def test_what_waits_for_approval_is_not_moved(floor: Floor) -> None:
    waits, booked = floor.appointment(status="pending", starts_at=soon()), floor.appointment(starts_at=soon(hour=12))
    assert (may_be_moved(waits, floor.clerk), may_be_moved(booked, floor.clerk)) == (False, True)


def test_a_group_visit_that_is_taken_back_keeps_its_buffers(make: Any) -> None:
    service = make.service(capacity=4, buffer_before=10, buffer_after=15)
    place = {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    taken = list(Occupancy.objects.filter(session=visit.session).values_list("resource", "interval"))
    actions.cancel(appointment=visit, by=None)
    actions.restore(appointment=visit, by=None)
    assert list(Occupancy.objects.filter(session=visit.session).values_list("resource", "interval")) == taken


def test_the_small_hours_on_paper_belong_to_the_day_before(floor: Floor, page: Any) -> None:
    floor.branch.day_starts_hour = 4
    floor.branch.save()
    day = branch_day(floor.branch) - dt.timedelta(days=1)
    client, patient = page(floor.clerk), floor.make.patient()
    sent = {"day": day.isoformat(), "service": floor.service.pk, "practitioner": floor.doctor.pk, "arrived": "23:40",
            "in_room": "23:50", "finished": "00:20", "patient": patient.pk}  # fmt: skip
    assert client.post(f"/desk/paper/?day={day}", sent).status_code == 302
    visit = Visit.objects.get(patient=patient)
    zone = zone_of(floor.branch.time_zone)
    assert visit.day == day
    assert visit.finished_at
    assert visit.finished_at.astimezone(zone).date() == day + dt.timedelta(days=1)


def online(floor: Floor) -> Visit:
    visit = floor.visit(mode=Mode.ONLINE)
    visit.came_by = CameBy.ONLINE
    visit.save()
    return visit


def test_a_room_calls_who_sits_before_it(floor: Floor) -> None:
    at_home, here = online(floor), floor.visit()
    assert actions.call_next(branch=floor.branch, room=floor.rooms[0], by=floor.clerk) == here
    called = actions.call_next(branch=floor.branch, practitioner=floor.doctor, room=floor.rooms[0], by=floor.clerk)
    assert called == at_home
    assert called.room_id is None


def test_who_was_called_or_waits_aside_online_reads_so(floor: Floor, page: Any) -> None:
    at_home, client = online(floor), page()
    address = f"/v/{at_home.appointment.link_token}/part/"  # type: ignore[union-attr]  # she had one
    actions.hold_visit(visit=at_home, by=floor.clerk)
    aside = client.get(address).content.decode()
    actions.call(visit=at_home, by=floor.clerk)
    called = client.get(address).content.decode()
    for text in (aside, called):
        assert not re.search(r"[0۰] ", re.sub(r"<[^>]+>|\d{2}:\d{2}", "", text))
    assert aside != called


def test_out_of_the_line_of_a_room(floor: Floor, page: Any) -> None:
    visit, desk = floor.visit(), page(floor.clerk)
    address = f"/desk/visits/{visit.pk}/transfer/"
    sent = {"practitioner": floor.doctor.pk, "room": floor.rooms[1].pk}
    assert desk.post(address, sent, headers=HTMX).status_code == 204
    assert Visit.objects.get(pk=visit.pk).queue_room == floor.rooms[1]
    assert desk.post(address, sent | {"room": ""}, headers=HTMX).status_code == 204
    visit.refresh_from_db()
    assert (visit.queue_room, visit.room) == (None, None)


def test_a_moved_visit_replaces_its_entry_in_the_calendar(floor: Floor, page: Any) -> None:
    place = {"service": floor.service, "practitioner": floor.doctor, "branch": floor.branch}
    first = actions.book_direct(**place, patient=floor.make.patient(), starts_at=soon(), by=floor.clerk)
    moved = actions.reschedule(appointment=first, starts_at=soon(hour=12), by=floor.clerk)
    files = [page().get(f"/a/{each.link_token}/calendar.ics").content.decode() for each in (first, moved)]
    assert len({re.search(r"UID:(\S+)", text).group(1) for text in files}) == 1  # type: ignore[union-attr]  # it is there
    assert first.link_token not in re.findall(r"UID:(\S+)", files[0])[0]
    old, new = (int(re.search(r"SEQUENCE:(\d+)", text).group(1)) for text in files)  # type: ignore[union-attr]  # it is there
    assert new >= old


def test_a_wish_outlives_what_the_clinic_did_not_approve(make: Any) -> None:
    hall = Waiting(make)
    hers = hall.booked(hall.at(9))
    entry = hall.joins(patient=hers.patient, instead_of=hers)
    hers.status = "expired"
    hers.save()
    sweep_entries()
    entry.refresh_from_db()
    assert entry.status == "waiting"
    assert timezone.now() < hers.starts_at
