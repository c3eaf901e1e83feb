"""Hours with rules: for some services, in a room, online, from a date, instead of the usual week; steps and limits."""

import datetime as dt
from typing import Any

import pytest

from clinic.shared.errors import Conflict, Invalid
from scheduling import actions
from scheduling.models import Equipment, EquipmentKind, Mode, Occupancy, TimeOff
from scheduling.queries.board import day_of
from scheduling.queries.slots import free_slots, next_free
from scheduling.queries.week import week_of
from tests.scheduling.test_slots import NOW, at, hours, standing_clock, times, week

__all__ = ["standing_clock"]

DAY = dt.date(2026, 11, 24)  # a Tuesday


def book(make: Any, service: Any, doctor: Any, hour: int, minute: int = 0, **more: Any) -> Any:
    return actions.book_direct(
        service=service, practitioner=doctor, branch=more.pop("branch", None) or make.branch(),
        patient=more.pop("patient", None) or make.patient(), starts_at=at(more.pop("day", DAY), hour, minute),
        by=more.pop("by", None), **more,
    )  # fmt: skip


def test_hours_for_some_services_only(make: Any) -> None:
    visit, laser = make.service(), make.service()
    doctor = make.practitioner(visit, laser, hours=False)
    hours(doctor, make.branch(), 1, dt.time(9), dt.time(10))
    hours(doctor, make.branch(), 1, dt.time(14), dt.time(15)).services.add(laser)
    assert times(visit, DAY) == ["09:00", "09:15", "09:30"]
    assert times(laser, DAY) == ["09:00", "09:15", "09:30", "14:00", "14:15", "14:30"]
    with pytest.raises(Invalid) as refused:
        book(make, visit, doctor, 14)
    assert refused.value.code == "closed"
    assert book(make, laser, doctor, 14).starts_at == at(DAY, 14)


def test_hours_in_a_room_take_that_room(make: Any) -> None:
    service, room = make.service(), make.room()
    one, two = make.practitioner(service, hours=False), make.practitioner(service, hours=False)
    hours(one, make.branch(), 1, dt.time(9), dt.time(10), room=room)
    hours(two, make.branch(), 1, dt.time(9), dt.time(10), room=room)
    booked = book(make, service, one, 9)
    assert booked.room == room
    assert times(service, DAY, practitioner=two.pk) == ["09:30"]
    with pytest.raises(Conflict) as refused:
        book(make, service, two, 9)
    assert refused.value.code == "room_taken"
    assert refused.value.details["nearest"]
    TimeOff(room=room, starts_at=at(DAY, 9, 30), ends_at=at(DAY, 10)).save()
    assert times(service, DAY, practitioner=two.pk) == []


def test_a_service_that_names_its_room_leaves_the_room_of_the_hours(make: Any) -> None:
    room, laser_room = make.room(), make.room()
    service = make.service(needs_room=True)
    service.rooms.add(laser_room)
    doctor = make.practitioner(service, hours=False)
    hours(doctor, make.branch(), 1, dt.time(9), dt.time(10), room=room)
    assert book(make, service, doctor, 9).room == laser_room


def test_online_hours(make: Any) -> None:
    either, desk = make.service(mode=Mode.EITHER, needs_room=True), make.service()
    video = make.service(mode=Mode.ONLINE)
    make.room()
    doctor = make.practitioner(either, desk, video, hours=False)
    hours(doctor, make.branch(), 1, dt.time(9), dt.time(10), mode=Mode.IN_PERSON)
    hours(doctor, make.branch(), 1, dt.time(20), dt.time(21), mode=Mode.ONLINE)
    assert times(desk, DAY) == times(either, DAY) == ["09:00", "09:15", "09:30"]
    assert times(either, DAY, mode="online") == times(video, DAY) == ["20:00", "20:15", "20:30"]
    assert times(desk, DAY, mode="online") == []
    seen = book(make, either, doctor, 20, mode="online")
    assert (seen.mode, seen.room) == (Mode.ONLINE, None)
    assert book(make, either, doctor, 9).mode == Mode.IN_PERSON
    for service, hour, mode in [(desk, 20, "online"), (video, 9, None), (either, 20, "in_person")]:
        with pytest.raises(Invalid):
            book(make, service, doctor, hour, 30, mode=mode)
    moved = actions.reschedule(appointment=seen, starts_at=at(DAY, 20, 30), by=None)
    assert moved.mode == Mode.ONLINE


def test_another_week_for_some_time_and_for_one_day(make: Any) -> None:
    service = make.service(horizon_days=120)
    doctor, branch = make.practitioner(service, hours=False), make.branch()
    week(doctor, branch, (dt.time(9), dt.time(10)))
    plan = {"valid_from": dt.date(2026, 12, 1), "valid_until": dt.date(2026, 12, 30), "replaces": True}
    hours(doctor, branch, 1, dt.time(18), dt.time(19), **plan)
    one = dt.date(2026, 12, 8)
    hours(doctor, branch, 1, dt.time(7), dt.time(7, 30), valid_from=one, valid_until=one, replaces=True)
    assert times(service, DAY)[0] == "09:00"
    assert times(service, dt.date(2026, 12, 1)) == ["18:00", "18:15", "18:30"]
    assert times(service, dt.date(2026, 12, 2)) == []  # the plan has no Wednesday
    assert times(service, one) == ["07:00"]
    assert times(service, dt.date(2027, 1, 5))[0] == "09:00"
    # From a date on without an end, too; of two such plans the later one counts.
    for first, starts in [(dt.date(2027, 1, 10), 11), (dt.date(2027, 2, 10), 12)]:
        for weekday in range(7):
            hours(doctor, branch, weekday, dt.time(starts), dt.time(starts, 30), valid_from=first, replaces=True)
    assert [times(service, day) for day in (dt.date(2027, 1, 12), dt.date(2027, 2, 16))] == [["11:00"], ["12:00"]]
    # The board and the week show the hours that are on offer.
    shown = {DAY: 9, dt.date(2026, 12, 1): 18, one: 7, dt.date(2027, 1, 5): 9, dt.date(2027, 1, 12): 11}
    for day, hour in {**shown, dt.date(2027, 2, 16): 12}.items():
        of_week = next(each for each in week_of(branch, doctor, day).days if each.date == day)
        for hours_of in (day_of(branch, day).hours, of_week.hours):
            assert [begin.hour for begin, _end in hours_of[doctor.pk]] == [hour], day


def test_a_plan_for_other_services_replaces_the_week_for_all(make: Any) -> None:
    visit, laser = make.service(), make.service()
    doctor = make.practitioner(visit, laser, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(9, 30)))
    row = hours(doctor, make.branch(), 1, dt.time(14), dt.time(14, 30), valid_from=DAY, valid_until=DAY, replaces=True)
    row.services.add(laser)
    assert (times(visit, DAY), times(laser, DAY)) == ([], ["14:00"])


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        (20, ["09:20", "09:40", "10:00"]),
        (30, ["09:30", "10:00"]),
        (60, ["10:00"]),
        (40, ["09:10", "09:50"]),
        (None, ["09:15", "09:30", "09:45", "10:00"]),
    ],
)
def test_steps_of_the_clock(make: Any, grid: int | None, expected: list[str]) -> None:
    service = make.service(grid_minutes=grid)
    doctor = make.practitioner(service, hours=False)
    hours(doctor, make.branch(), 1, dt.time(9, 10), dt.time(10, 30))
    assert times(service, DAY) == expected
    for text in expected:
        hour, minute = map(int, text.split(":"))
        held = actions.hold(service=service, practitioner=doctor, branch=make.branch(), starts_at=at(DAY, hour, minute),
                            by=None)  # fmt: skip
        actions.release_hold(hold=held, by=None)
    with pytest.raises(Invalid) as refused:
        actions.hold(service=service, practitioner=doctor, branch=make.branch(), starts_at=at(DAY, 9, 25), by=None)
    assert refused.value.code == "off_grid"


def test_a_limit_of_starts_in_a_part_of_the_day(make: Any) -> None:
    service = make.service(starts_per_part=2)
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(13)), (dt.time(17), dt.time(18)))
    assert times(service, DAY) == ["09:00", "09:15", "12:00", "12:15", "17:00", "17:15"]
    assert len(times(service, DAY, for_staff=True)) == 15 + 3
    book(make, service, doctor, 9)
    assert times(service, DAY)[:2] == ["09:30", "09:45"]
    # Asked from the middle of a part on, there are no others than when the whole day is asked for.
    later = free_slots(service=service, since=at(DAY, 9, 40), until=at(DAY, 12), now=NOW)
    assert [f"{slot.starts_at:%H:%M}" for slot in later] == ["09:45"]


def test_devices(make: Any) -> None:
    laser, camera = EquipmentKind(name="لیزر"), EquipmentKind(name="دوربین")
    laser.save()
    camera.save()
    for kind, branch in [(laser, make.branch()), (laser, make.branch()), (camera, make.branch())]:
        Equipment(kind=kind, branch=branch, name="دستگاه").save()
    Equipment(kind=laser, branch=make.branch(), name="خراب", is_active=False).save()
    service = make.service(buffer_after=15)
    service.equipment.add(laser, camera)
    plain = make.service()
    plain.equipment.add(laser)
    doctors = [make.practitioner(service, plain, hours=False) for _each in range(3)]
    for doctor in doctors:
        week(doctor, make.branch(), (dt.time(9), dt.time(10, 15)))
    one, two, three = doctors
    first = book(make, service, one, 9)
    names = set(Occupancy.objects.filter(appointment=first).values_list("resource", flat=True))
    assert len([name for name in names if name.startswith("e:")]) == 2
    # The one camera is used until 09:45; one of two lasers is free.
    assert times(service, DAY, practitioner=two.pk) == ["09:45"]
    assert times(plain, DAY, practitioner=two.pk)[0] == "09:00"
    book(make, plain, two, 9)
    assert times(plain, DAY, practitioner=three.pk)[0] == "09:30"
    with pytest.raises(Conflict) as refused:
        book(make, plain, three, 9)
    assert refused.value.code == "equipment_taken"
    actions.cancel(appointment=first, by=None)
    assert not Occupancy.objects.filter(appointment=first).exists()
    book(make, plain, three, 9)
    with pytest.raises(Conflict):
        actions.restore(appointment=first, by=None)  # both lasers are in use


def test_a_kind_of_which_the_branch_has_none(make: Any) -> None:
    kind = EquipmentKind(name="سونوگرافی")
    kind.save()
    service = make.service()
    service.equipment.add(kind)
    doctor = make.practitioner(service)
    assert times(service, DAY) == []
    with pytest.raises(Conflict):
        book(make, service, doctor, 9)


def test_staff_may_give_the_time_that_is_running(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(11)))
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(DAY, 10, 20))
    now = at(DAY, 10, 20)
    assert times(service, DAY, now=now, for_staff=True) == ["10:15", "10:30"]
    assert times(service, DAY, now=now) == ["10:30"]
    assert next_free(service=service, now=now, for_staff=True).starts_at == at(DAY, 10, 30)
    for hour, minute, ok in [(9, 45, False), (9, 55, True), (10, 25, True)]:
        if ok:
            assert book(make, service, doctor, hour, minute).starts_at == at(DAY, hour, minute)
        else:
            with pytest.raises(Invalid) as refused:
                book(make, service, doctor, hour, minute)
            assert refused.value.code == "past"


def test_a_doctor_has_buffers_of_her_own_and_a_visit_keeps_those_of_its_booking(make: Any) -> None:
    service = make.service(minutes=30, buffer_after=5)
    slow, usual = make.practitioner(service, hours=False), make.practitioner(service, hours=False)
    for doctor in (slow, usual):
        hours(doctor, make.branch(), 1, dt.time(9), dt.time(12))
    offer = slow.offers.get()
    offer.buffer_before, offer.buffer_after = 10, 20
    offer.save()
    first = [book(make, service, doctor, 10) for doctor in (slow, usual)]
    assert [(each.buffer_before, each.buffer_after) for each in first] == [(10, 20), (0, 5)]
    free = {doctor.pk: times(service, DAY, practitioner=doctor.pk) for doctor in (slow, usual)}
    assert free[slow.pk] == ["09:00", "11:00", "11:15", "11:30"]
    assert free[usual.pk] == ["09:00", "09:15", "10:45", "11:00", "11:15", "11:30"]
    with pytest.raises(Conflict):
        book(make, service, slow, 10, 45)
    # Other buffers from now on: what is booked keeps its own, also when a cancellation is taken back.
    offer.buffer_after = 0
    offer.save()
    before = Occupancy.objects.get(appointment=first[0], resource=f"d:{slow.pk}").interval
    actions.cancel(appointment=first[0], by=None)
    actions.restore(appointment=first[0], by=None)
    assert Occupancy.objects.get(appointment=first[0], resource=f"d:{slow.pk}").interval == before
