"""Free times: hours, holidays, leaves, buffers, rooms, moved clocks."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling import actions
from scheduling.models import Holiday, TimeOff, WorkingHours
from scheduling.queries.slots import free_slots, nearest_free, next_free

TEHRAN, LONDON = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/London")
NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=TEHRAN)


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actions ask the clock themselves; here it shows the morning of 22 November 2026."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def at(day: dt.date, hour: int, minute: int = 0, zone: ZoneInfo = TEHRAN) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), zone)


def times(service: Any, day: dt.date, zone: ZoneInfo = TEHRAN, now: dt.datetime = NOW, **where: Any) -> list[str]:
    since, until = at(day, 0, zone=zone), at(day, 0, zone=zone) + dt.timedelta(days=1)
    found = free_slots(service=service, since=since, until=until, now=now, **where)
    return [f"{slot.starts_at:%H:%M}" for slot in found]


def hours(practitioner: Any, branch: Any, weekday: int, starts: dt.time, ends: dt.time, **fields: Any) -> WorkingHours:
    row = WorkingHours(practitioner=practitioner, branch=branch, weekday=weekday, starts=starts, ends=ends, **fields)
    row.save()
    return row


def week(practitioner: Any, branch: Any, *blocks: tuple[dt.time, dt.time]) -> None:
    for weekday in range(7):
        for starts, ends in blocks:
            hours(practitioner, branch, weekday, starts, ends)


def test_the_plan_of_the_measured_work(make: Any) -> None:
    """09:00–18:00 with a break, every second half hour taken for 30 days: 300 starts are left."""
    service = make.service(horizon_days=60)
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(14, 30)), (dt.time(15), dt.time(18)))
    first = dt.date(2026, 12, 1)
    for offset in range(3):
        for hour, minute in [(9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 30), (16, 30)]:
            actions.book_direct(
                service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                starts_at=at(first + dt.timedelta(days=offset), hour, minute), by=None,
            )  # fmt: skip
    found = free_slots(
        service=service, practitioner=doctor.pk, since=at(first, 0), until=at(first + dt.timedelta(days=3), 0), now=NOW
    )
    assert len(found) == 30
    assert [f"{slot.starts_at:%H:%M}" for slot in found[:10]] == [
        *("09:30", "10:30", "11:30", "12:30", "13:30", "15:00", "16:00", "17:00", "17:15", "17:30"),
    ]


def test_validity_of_hours(make: Any) -> None:
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    day = dt.date(2026, 11, 24)
    hours(doctor, make.branch(), 1, dt.time(9), dt.time(10), valid_until=dt.date(2026, 11, 23))
    hours(doctor, make.branch(), 1, dt.time(14), dt.time(15), valid_from=day)
    assert times(service, day) == ["14:00", "14:15", "14:30"]


def test_closed_days_and_a_branch_that_opens_all_the_same(make: Any) -> None:
    service = make.service(horizon_days=200)
    doctor, branch, other = make.practitioner(service, hours=False), make.branch(), make.branch(name="Shiraz")
    week(doctor, branch, (dt.time(9), dt.time(9, 30)))
    week(doctor, other, (dt.time(11), dt.time(11, 30)))
    nowruz = dt.date(2027, 3, 21)
    Holiday(date=nowruz, name="نوروز").save()
    assert times(service, nowruz) == []
    Holiday(date=nowruz, name="نوروز", branch=other, is_open=True).save()
    assert times(service, nowruz) == ["11:00"]


def test_leaves_of_doctor_and_branch(make: Any) -> None:
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(12)))
    day = dt.date(2026, 11, 24)
    TimeOff(practitioner=doctor, starts_at=at(day, 9, 20), ends_at=at(day, 10)).save()
    TimeOff(branch=make.branch(), starts_at=at(day, 11), ends_at=at(day, 23)).save()
    assert times(service, day) == ["10:00", "10:15", "10:30"]


def test_buffers_of_neighbours_add_up(make: Any) -> None:
    service = make.service(buffer_before=5, buffer_after=10)
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(11)))
    day = dt.date(2026, 11, 24)
    actions.book_direct(service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                        starts_at=at(day, 9), by=None)  # fmt: skip
    # 09:00–09:30, ten minutes after it and five before the next one: not before 09:45.
    assert times(service, day) == ["09:45", "10:00", "10:15", "10:30"]


def test_a_room_is_needed(make: Any) -> None:
    laser = make.room()
    service = make.service(needs_room=True)
    service.rooms.add(laser)
    one, two = make.practitioner(service, hours=False), make.practitioner(service, hours=False)
    for doctor in (one, two):
        week(doctor, make.branch(), (dt.time(9), dt.time(10)))
    day = dt.date(2026, 11, 24)
    booked = actions.book_direct(service=service, practitioner=one, branch=make.branch(), patient=make.patient(),
                                 starts_at=at(day, 9), by=None)  # fmt: skip
    assert booked.room == laser
    assert times(service, day, practitioner=two.pk) == ["09:30"]
    TimeOff(room=laser, starts_at=at(day, 9, 30), ends_at=at(day, 10)).save()
    assert times(service, day, practitioner=two.pk) == []


def test_notice_and_horizon(make: Any) -> None:
    service = make.service(min_notice_minutes=120, horizon_days=2)
    make.practitioner(service)
    now = at(dt.date(2026, 11, 22), 8)
    assert times(service, dt.date(2026, 11, 22), now=now)[0] == "10:00"
    assert times(service, dt.date(2026, 11, 24), now=now) == []  # 48 hours end at 08:00, before the first start
    assert times(service, dt.date(2026, 11, 24), now=now, for_staff=True) != []


def test_the_hour_that_is_skipped(make: Any) -> None:
    branch = make.branch(name="Camden", time_zone="Europe/London")
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    week(doctor, branch, (dt.time(0, 30), dt.time(3)))
    spring = dt.date(2027, 3, 28)
    now = at(spring - dt.timedelta(days=2), 0, zone=LONDON)
    assert times(service, spring, LONDON, now) == ["00:30", "00:45", "02:00", "02:15", "02:30"]
    doctor2 = make.practitioner(service, hours=False)
    week(doctor2, branch, (dt.time(1, 30), dt.time(3)))
    assert times(service, spring, LONDON, now, practitioner=doctor2.pk) == ["02:00", "02:15", "02:30"]


def test_the_hour_that_comes_twice_is_promised_once(make: Any) -> None:
    branch = make.branch(name="Camden", time_zone="Europe/London")
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    week(doctor, branch, (dt.time(0, 30), dt.time(2, 30)))
    autumn = dt.date(2027, 10, 31)
    now = at(autumn - dt.timedelta(days=2), 0, zone=LONDON)
    assert times(service, autumn, LONDON, now) == ["00:30", "00:45", "01:00", "01:15", "01:30", "01:45", "02:00"]


def test_across_midnight(make: Any) -> None:
    service = make.service(minutes=60)
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(22), dt.time(23, 59)), (dt.time(0), dt.time(1)))
    day = dt.date(2026, 11, 24)
    assert times(service, day)[-1] == "23:45"
    visit = actions.book_direct(service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                                starts_at=at(day, 23, 30), by=None)  # fmt: skip
    assert visit.ends_at == at(day + dt.timedelta(days=1), 0, 30)
    assert times(service, day + dt.timedelta(days=1))[0] == "22:00"


def test_next_and_nearest(make: Any) -> None:
    service = make.service(horizon_days=60)
    one, two = make.practitioner(service, hours=False), make.practitioner(service, hours=False)
    hours(one, make.branch(), 0, dt.time(9), dt.time(9, 30), valid_from=dt.date(2026, 12, 21))
    far = next_free(service=service, practitioner=one.pk, now=NOW)
    assert far
    assert far.starts_at == at(dt.date(2026, 12, 21), 9)
    week(two, make.branch(), (dt.time(9), dt.time(10)))
    first = next_free(service=service, now=NOW)
    assert first
    assert (first.practitioner_id, first.starts_at) == (two.pk, at(dt.date(2026, 11, 22), 9))
    near = nearest_free(service=service, practitioner=two.pk, starts_at=at(dt.date(2026, 11, 24), 9, 15), now=NOW)
    assert [f"{slot.starts_at:%d %H:%M}" for slot in near] == ["24 09:00", "24 09:15", "24 09:30"]


def test_the_number_of_statements_does_not_grow(make: Any) -> None:
    service = make.service()
    for _each in range(4):
        make.practitioner(service)
    with CaptureQueriesContext(connection) as asked:
        assert free_slots(service=service, since=NOW, until=NOW + dt.timedelta(days=30), now=NOW)
    assert len([query for query in asked if not query["sql"].startswith("SET")]) == 3
