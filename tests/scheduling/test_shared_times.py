"""Groups and numbers in line: seats are given once, the time is taken once and left with the last one."""

import datetime as dt
from typing import Any

import pytest

from clinic.shared.errors import Conflict
from scheduling import actions
from scheduling.models import Appointment, GroupSession, HoursKind, Occupancy, TimeOff
from scheduling.queries.slots import free_slots
from scheduling.statuses import AppointmentStatus as A
from tests.scheduling.test_holds import over
from tests.scheduling.test_hours_rules import DAY, book, standing_clock
from tests.scheduling.test_slots import NOW, at, hours, times

__all__ = ["standing_clock"]


def slots(service: Any, day: dt.date = DAY, **where: Any) -> list[Any]:
    since = at(day, 0)
    return free_slots(service=service, since=since, until=since + dt.timedelta(days=1), now=NOW, **where)


@pytest.fixture
def group(make: Any) -> dict[str, Any]:
    """Two at once for an hour, in a room, 09:00–11:00 on Tuesdays."""
    room = make.room()
    service = make.service(capacity=2, minutes=60, needs_room=True)
    doctor = make.practitioner(service, hours=False)
    hours(doctor, make.branch(), 1, dt.time(9), dt.time(11))
    return {"service": service, "doctor": doctor, "room": room}


def resources(**of: Any) -> set[str]:
    return set(Occupancy.objects.filter(**of).values_list("resource", flat=True))


def test_a_group_takes_the_time_once(make: Any, group: dict[str, Any]) -> None:
    service, doctor = group["service"], group["doctor"]
    assert {slot.left for slot in slots(service)} == {2}
    first, session = book(make, service, doctor, 9), GroupSession.objects.get()
    assert resources(session=session) == {f"d:{doctor.pk}", f"r:{group['room'].pk}"}
    assert resources(appointment=first) == {f"s:{session.pk}:1", f"p:{first.patient_id}"}
    assert [(f"{slot.starts_at:%H:%M}", slot.left) for slot in slots(service)] == [("09:00", 1), ("10:00", 2)]
    second = book(make, service, doctor, 9)
    assert (second.session, second.seat, second.room) == (session, 2, group["room"])
    assert [f"{slot.starts_at:%H:%M}" for slot in slots(service)] == ["10:00"]
    with pytest.raises(Conflict) as refused:
        book(make, service, doctor, 9)
    assert refused.value.details["nearest"][0]["left"] == 2
    with pytest.raises(Conflict):
        book(make, service, doctor, 9, 15)  # into the running group, but not with it


def test_the_time_is_free_when_the_last_one_leaves(make: Any, group: dict[str, Any]) -> None:
    service, doctor = group["service"], group["doctor"]
    other = make.service()
    actions_of = [book(make, service, doctor, 9) for _each in range(2)]
    actions.cancel(appointment=actions_of[0], by=None)
    assert slots(service)[0].left == 1
    actions.cancel(appointment=actions_of[1], by=None)
    assert not Occupancy.objects.exists()
    assert [slot.left for slot in slots(service)] == [2] * 5
    back = actions.restore(appointment=actions_of[0], by=None)
    assert (back.session, Occupancy.objects.filter(session=back.session).count()) == (GroupSession.objects.get(), 2)
    assert times(other, DAY) == []
    moved = actions.reschedule(appointment=back, starts_at=at(DAY, 10), by=None)
    assert moved.session != back.session
    assert [(f"{slot.starts_at:%H:%M}", slot.left) for slot in slots(service)] == [("09:00", 2), ("10:00", 1)]


def test_a_hold_that_is_over_leaves_its_seat(make: Any, group: dict[str, Any]) -> None:
    service, doctor = group["service"], group["doctor"]
    place = {"service": service, "practitioner": doctor, "branch": make.branch(), "starts_at": at(DAY, 9)}
    first, second = (actions.hold(**place, secret=word, by=None) for word in "ab")
    assert f"{slots(service)[0].starts_at:%H:%M}" == "10:00"
    over(first)
    assert slots(service)[0].left == 1
    over(second)
    assert len(slots(service)) == 5  # nobody is in it: the doctor's time is free, before any sweep
    third = actions.hold(**{**place, "starts_at": at(DAY, 9, 30)}, secret="c", by=None)
    assert (third.seat, third.session.starts_at) == (1, at(DAY, 9, 30))
    over(third)
    assert actions.expire_holds() == 3
    assert set(Appointment.objects.values_list("status", flat=True)) == {A.EXPIRED}
    assert not Occupancy.objects.exists()
    booked = actions.hold(**place, secret="d", by=None)
    assert actions.book(hold=booked, patient=make.patient(), secret="d", by=make.user()).session.starts_at == at(DAY, 9)


def test_one_patient_has_one_seat(make: Any, group: dict[str, Any]) -> None:
    patient = make.patient()
    book(make, group["service"], group["doctor"], 9, patient=patient)
    with pytest.raises(Conflict) as refused:
        book(make, group["service"], group["doctor"], 9, patient=patient)
    assert refused.value.code == "patient_busy"


@pytest.fixture
def line(make: Any) -> dict[str, Any]:
    """Twelve numbers between 09:00 and 11:00 on Tuesdays, times of one's own in the afternoon; two services."""
    visit, paper = make.service(), make.service(minutes=5)
    doctor = make.practitioner(visit, paper, hours=False)
    hours(doctor, make.branch(), 1, dt.time(9), dt.time(11), kind=HoursKind.TOKENS, tokens=12)
    hours(doctor, make.branch(), 1, dt.time(14), dt.time(15))
    return {"visit": visit, "paper": paper, "doctor": doctor}


def test_numbers_in_line(make: Any, line: dict[str, Any]) -> None:
    visit, doctor = line["visit"], line["doctor"]
    found = slots(visit)
    assert [f"{slot.starts_at:%H:%M}" for slot in found] == ["09:00", "14:00", "14:15", "14:30"]
    assert (found[0].left, found[0].number, found[0].ends_at) == (12, 1, at(DAY, 11))
    first, second = book(make, visit, doctor, 9), book(make, line["paper"], doctor, 9)
    assert [first.seat, second.seat] == [1, 2]
    assert [first.starts_at, second.starts_at] == [at(DAY, 9), at(DAY, 9, 10)]
    assert first.session == second.session
    assert resources(session=first.session) == {f"d:{doctor.pk}"}
    assert (slots(visit)[0].left, slots(visit)[0].number) == (10, 3)
    wished = book(make, visit, doctor, 10, 15)  # the board's time names the number that is expected then
    assert (wished.seat, wished.starts_at) == (8, at(DAY, 10, 10))
    actions.cancel(appointment=first, by=None)
    assert book(make, visit, doctor, 9).seat == 1
    with pytest.raises(Conflict):
        actions.restore(appointment=first, by=None)  # her number was given away


def test_numbers_run_out(make: Any, line: dict[str, Any]) -> None:
    visit, doctor = line["visit"], line["doctor"]
    seats = [book(make, visit, doctor, 9).seat for _each in range(12)]
    assert seats == list(range(1, 13))
    assert [f"{slot.starts_at:%H:%M}" for slot in slots(visit)] == ["14:00", "14:15", "14:30"]
    with pytest.raises(Conflict) as refused:
        actions.hold(service=visit, practitioner=doctor, branch=make.branch(), starts_at=at(DAY, 9), by=None)
    assert refused.value.details["nearest"][0]["starts_at"].endswith("14:00:00+03:30")


def test_numbers_of_a_leave_and_of_earlier_visits_are_not_given(make: Any, line: dict[str, Any]) -> None:
    visit, doctor = line["visit"], line["doctor"]
    TimeOff(practitioner=doctor, starts_at=at(DAY, 9), ends_at=at(DAY, 9, 30)).save()
    before = book(make, visit, doctor, 10, override=True, reason="امروز باید دیده شود", by=make.user("owner"))
    assert before.session is None
    slot = slots(visit)[0]
    assert (slot.left, slot.number) == (12 - 3 - 3, 4)
    numbers = [book(make, visit, doctor, 9).seat for _each in range(slot.left)]
    assert numbers == [4, 5, 6, 10, 11, 12]


def test_a_number_is_moved_back_to_itself(make: Any, line: dict[str, Any]) -> None:
    visit, doctor = line["visit"], line["doctor"]
    third = [book(make, visit, doctor, 9) for _each in range(3)][2]
    assert actions.reschedule(appointment=third, starts_at=at(DAY, 9), by=None) == third
    away = actions.reschedule(appointment=third, starts_at=at(DAY, 14), by=None)
    assert (away.session, away.seat) == (None, None)
    back = actions.move_back(appointment=away, by=None)
    assert (back.seat, back.starts_at) == (3, third.starts_at)


def test_a_running_block_still_gives_numbers_at_the_desk(
    make: Any, line: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, doctor = line["visit"], line["doctor"]
    for _each in range(2):
        book(make, visit, doctor, 9)
    now = at(DAY, 10, 5)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    monkeypatch.setattr("scheduling.actions.claims.database_now", lambda: now)
    since = at(DAY, 0)
    wanted = {"service": visit, "since": since, "until": since + dt.timedelta(days=1), "now": now}
    assert free_slots(**wanted)[0].starts_at == at(DAY, 14)
    running = free_slots(**wanted, for_staff=True)[0]
    assert (running.starts_at, running.left, running.number) == (at(DAY, 9), 10, 7)
    walked_in = actions.book_direct(service=visit, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                                    starts_at=now, by=None)  # fmt: skip
    assert (walked_in.seat, walked_in.starts_at) == (7, at(DAY, 10))
