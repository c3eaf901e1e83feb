"""Moved clocks, midnight, Nowruz, Friday, leap days: free times, numbers in line and reminders."""

import datetime as dt
from typing import Any

import pytest

from clinic.shared.calendar import make_date
from clinic.shared.tenancy import use_clinic
from messaging.actions import queue_reminders
from messaging.models import Message
from messaging.timing import after_quiet_hours
from scheduling import actions
from scheduling.actions.hours import set_week
from scheduling.models import Holiday, HoursKind
from scheduling.queries.slots import free_slots
from tests.conftest import HOST_B, clinic_info
from tests.messaging.make import appointment
from tests.scheduling.test_slots import LONDON, TEHRAN, at, hours, times, week

UTC = dt.UTC
GAP, FOLD = dt.date(2027, 3, 28), dt.date(2027, 10, 31)
NOWRUZ = dt.date(2027, 3, 21)
ESFAND_30, FEBRUARY_29 = dt.date(2030, 3, 20), dt.date(2028, 2, 29)
KABISEH = make_date(1408, 12, 30, "jalali")


def day_before(day: dt.date, zone: Any) -> dt.datetime:
    return at(day - dt.timedelta(days=1), 12, zone=zone)


def line_of(service: Any, day: dt.date, zone: Any = LONDON, **more: Any) -> list[Any]:
    since, until = at(day, 0, zone=zone), at(day + dt.timedelta(days=1), 0, zone=zone)
    return free_slots(service=service, since=since, until=until, now=day_before(day, zone), **more)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the time that actions see."""

    def show(moment: dt.datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        for module in ("scheduling.actions.claims", "messaging.actions.reminders", "messaging.actions.queue"):
            monkeypatch.setattr(f"{module}.database_now", lambda: moment)

    return show


def london_line(make: Any, starts: dt.time, ends: dt.time, tokens: int) -> tuple[Any, Any, Any]:
    branch = make.branch(name="Camden", time_zone="Europe/London")
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    for weekday in range(7):
        hours(doctor, branch, weekday, starts, ends, kind=HoursKind.TOKENS, tokens=tokens)
    return branch, service, doctor


def test_numbers_over_the_hour_that_is_skipped(make: Any, clock: Any) -> None:
    branch, service, doctor = london_line(make, dt.time(0, 30), dt.time(3), 6)
    clock(day_before(GAP, LONDON))
    slot = line_of(service, GAP)[0]
    assert (slot.starts_at, slot.ends_at, slot.left) == (at(GAP, 0, 30, LONDON), at(GAP, 3, 0, LONDON), 6)
    place = {"service": service, "practitioner": doctor, "branch": branch}
    given = [
        actions.book_direct(**place, patient=make.patient(), starts_at=slot.starts_at, by=None) for _each in range(6)
    ]
    walls = [f"{each.starts_at.astimezone(LONDON):%H:%M}" for each in given]
    assert walls == ["00:30", "00:45", "02:00", "02:15", "02:30", "02:45"]  # an hour and a half of real time
    assert [each.wall_time.hour for each in given] == [0, 0, 2, 2, 2, 2]
    assert line_of(service, GAP) == []


def test_numbers_over_the_hour_that_comes_twice(make: Any, clock: Any) -> None:
    branch, service, doctor = london_line(make, dt.time(0, 30), dt.time(2, 30), 6)
    clock(day_before(FOLD, LONDON))
    slot = line_of(service, FOLD)[0]
    assert slot.end - slot.begin == 3 * 3600
    place = {"service": service, "practitioner": doctor, "branch": branch}
    given = [
        actions.book_direct(**place, patient=make.patient(), starts_at=slot.starts_at, by=None) for _each in range(6)
    ]
    begin = given[0].starts_at
    assert [each.starts_at - begin for each in given] == [dt.timedelta(minutes=30 * place) for place in range(6)]


def test_a_block_that_begins_in_the_skipped_hour_begins_with_the_skip(make: Any) -> None:
    _branch, service, _doctor = london_line(make, dt.time(1, 30), dt.time(3), 4)
    slot = line_of(service, GAP)[0]
    assert (slot.starts_at, slot.ends_at) == (at(GAP, 2, 0, LONDON), at(GAP, 3, 0, LONDON))


def test_steps_of_forty_minutes_over_the_moved_clock(make: Any) -> None:
    branch = make.branch(name="Camden", time_zone="Europe/London")
    service = make.service(grid_minutes=40)
    doctor = make.practitioner(service, hours=False)
    week(doctor, branch, (dt.time(0), dt.time(4)))
    found = [f"{slot.starts_at:%H:%M}" for slot in line_of(service, GAP)]
    assert found == ["00:00", "00:40", "02:20", "03:00"]


def test_a_group_at_midnight(make: Any, clock: Any) -> None:
    service = make.service(capacity=3, minutes=60)
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(22), dt.time(23, 59)), (dt.time(0), dt.time(1)))
    day = dt.date(2027, 1, 5)
    clock(day_before(day, TEHRAN))
    booked = actions.book_direct(service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                                 starts_at=at(day, 23, 30), by=None)  # fmt: skip
    assert booked.ends_at == at(day + dt.timedelta(days=1), 0, 30)
    found = line_of(service, day, TEHRAN)
    assert [(f"{slot.starts_at:%H:%M}", slot.left) for slot in found][-2:] == [("22:30", 3), ("23:30", 2)]
    after = line_of(service, day + dt.timedelta(days=1), TEHRAN)
    assert f"{after[0].starts_at:%H:%M}" == "22:00"  # 00:30 would end after the hours


def test_two_lines_that_meet_at_midnight_are_two(make: Any, clock: Any) -> None:
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    for starts, ends in [(dt.time(22), dt.time(23, 59)), (dt.time(0), dt.time(2))]:
        for weekday in range(7):
            hours(doctor, make.branch(), weekday, starts, ends, kind=HoursKind.TOKENS, tokens=4)
    day = dt.date(2027, 1, 5)
    found = line_of(service, day, TEHRAN)
    assert [f"{slot.starts_at:%d %H:%M}" for slot in found] == ["05 00:00", "05 22:00"]
    assert found[1].ends_at == at(day + dt.timedelta(days=1), 0)
    clock(at(day, 23, 50))
    last = actions.book_direct(service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                               starts_at=at(day, 23, 50), by=None)  # fmt: skip
    clock(at(day + dt.timedelta(days=1), 0, 1))
    first = actions.book_direct(service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                                starts_at=at(day + dt.timedelta(days=1), 0, 1), by=None)  # fmt: skip
    assert (last.seat, first.seat) == (4, 1)
    assert last.session != first.session


def test_friday(make: Any) -> None:
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    friday = dt.date(2027, 1, 8)
    assert friday.weekday() == 4
    blocks = [(weekday, dt.time(9), dt.time(10)) for weekday in range(7) if weekday != 4]
    set_week(practitioner=doctor, branch=make.branch(), blocks=blocks, by=None)
    assert line_of(service, friday, TEHRAN) == []
    assert len(line_of(service, friday + dt.timedelta(days=1), TEHRAN)) == 3
    hours(doctor, make.branch(), 4, dt.time(17), dt.time(18), kind=HoursKind.TOKENS, tokens=5)
    assert [slot.left for slot in line_of(service, friday, TEHRAN)] == [5]


def test_nowruz(make: Any) -> None:
    """Official days off, and a plan that lies over the turn of the year."""
    service = make.service(horizon_days=60)
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(10)))
    actions.fill_official_holidays(year=2027, by=None)
    assert line_of(service, NOWRUZ - dt.timedelta(days=2), TEHRAN) != []
    for offset in range(4):
        assert line_of(service, NOWRUZ + dt.timedelta(days=offset), TEHRAN) == []
    first, last = NOWRUZ - dt.timedelta(days=5), NOWRUZ + dt.timedelta(days=10)
    set_week(practitioner=doctor, branch=make.branch(), blocks=[(d, dt.time(17), dt.time(18)) for d in range(7)],
             valid_from=first, valid_until=last, by=None)  # fmt: skip
    begins = {day: f"{line_of(service, day, TEHRAN)[0].starts_at:%H:%M}"
              for day in (first - dt.timedelta(days=1), first, NOWRUZ + dt.timedelta(days=5), last,
                          last + dt.timedelta(days=5))}  # fmt: skip
    assert list(begins.values()) == ["09:00", "17:00", "17:00", "17:00", "09:00"]
    new_year = Holiday.objects.get(date=NOWRUZ)
    new_year.is_open = True
    new_year.save()
    assert f"{line_of(service, NOWRUZ, TEHRAN)[0].starts_at:%H:%M}" == "17:00"


@pytest.mark.parametrize("day", [ESFAND_30, FEBRUARY_29])
def test_leap_days(make: Any, clock: Any, day: dt.date) -> None:
    assert KABISEH == ESFAND_30
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    week(doctor, make.branch(), (dt.time(9), dt.time(10)))
    assert len(times(service, day, now=day_before(day, TEHRAN))) == 3
    assert len(times(service, day + dt.timedelta(days=1), now=day_before(day, TEHRAN))) == 3
    set_week(practitioner=doctor, branch=make.branch(), blocks=[(day.weekday(), dt.time(20), dt.time(21))],
             valid_from=day, valid_until=day, by=None)  # fmt: skip
    hours(doctor, make.branch(), day.weekday(), dt.time(7), dt.time(8), kind=HoursKind.TOKENS, tokens=3,
          valid_from=day, valid_until=day, replaces=True)  # fmt: skip
    clock(day_before(day, TEHRAN))
    found = line_of(service, day, TEHRAN)
    assert [f"{slot.starts_at:%H:%M}" for slot in found] == ["07:00", "20:00", "20:15", "20:30"]
    booked = actions.book_direct(service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(),
                                 starts_at=at(day, 7), by=None)  # fmt: skip
    assert (booked.seat, booked.wall_time.date()) == (1, day)


def test_official_holidays_of_both_countries(make: Any) -> None:
    assert actions.fill_official_holidays(year=2027, by=None) > 10
    assert Holiday.objects.filter(date=NOWRUZ, is_official=True).exists()
    with use_clinic(clinic_info(HOST_B)):
        assert actions.fill_official_holidays(year=2027, by=None) >= 6
        assert Holiday.objects.filter(date=dt.date(2027, 3, 26)).exists()  # Good Friday
        assert Holiday.objects.filter(date=dt.date(2027, 12, 27)).exists()  # Christmas Day lies on a Saturday


@pytest.mark.parametrize(
    ("day", "zone", "name"),
    [
        (GAP, LONDON, "Europe/London"),
        (FOLD, LONDON, "Europe/London"),
        (NOWRUZ, TEHRAN, "Asia/Tehran"),
        (ESFAND_30, TEHRAN, "Asia/Tehran"),
        (FEBRUARY_29, LONDON, "Europe/London"),
    ],
)
def test_reminders_of_the_whole_day_and_no_other(make: Any, clock: Any, day: dt.date, zone: Any, name: str) -> None:
    branch = make.branch(name="Camden", time_zone=name)
    following = at(day + dt.timedelta(days=1), 0, zone=zone)
    inside = [at(day, 0, 5, zone), at(day, 12, 0, zone), following.astimezone(UTC) - dt.timedelta(minutes=5)]
    outside = [at(day, 0, zone=zone).astimezone(UTC) - dt.timedelta(minutes=5), following]
    rows = [appointment(make, each.astimezone(UTC), branch=branch, time_zone=name) for each in [*inside, *outside]]
    clock(at(day - dt.timedelta(days=1), 10, 30, zone))
    assert queue_reminders() == 3
    assert set(Message.objects.values_list("appointment", flat=True)) == {row.pk for row in rows[:3]}
    for message in Message.objects.all():
        local = message.send_after.astimezone(zone)
        assert local.date() == day - dt.timedelta(days=1)
        assert dt.time(8) <= local.time() < dt.time(21)
    clock(at(day, 10, 30, zone))
    assert queue_reminders() == 1  # the one of the following midnight
    if day == ESFAND_30:
        assert "۳۰ اسفند" in Message.objects.get(appointment=rows[1]).text


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (
            dt.datetime(2027, 3, 27, 22, 30, tzinfo=UTC),
            dt.datetime(2027, 3, 28, 7, 0, tzinfo=UTC),
        ),  # eight in summer time
        (dt.datetime(2027, 3, 28, 1, 0, tzinfo=UTC), dt.datetime(2027, 3, 28, 7, 0, tzinfo=UTC)),  # the skipped hour
        (dt.datetime(2027, 10, 30, 21, 30, tzinfo=UTC), dt.datetime(2027, 10, 31, 8, 0, tzinfo=UTC)),
        (dt.datetime(2027, 10, 31, 0, 30, tzinfo=UTC), dt.datetime(2027, 10, 31, 8, 0, tzinfo=UTC)),  # 01:30, first
        (dt.datetime(2027, 10, 31, 1, 30, tzinfo=UTC), dt.datetime(2027, 10, 31, 8, 0, tzinfo=UTC)),  # 01:30, second
        (dt.datetime(2028, 2, 28, 23, 59, tzinfo=UTC), dt.datetime(2028, 2, 29, 8, 0, tzinfo=UTC)),
        (dt.datetime(2028, 2, 29, 23, 59, tzinfo=UTC), dt.datetime(2028, 3, 1, 8, 0, tzinfo=UTC)),
        (dt.datetime(2027, 12, 31, 23, 0, tzinfo=UTC), dt.datetime(2028, 1, 1, 8, 0, tzinfo=UTC)),
    ],
)
@pytest.mark.no_database
def test_quiet_hours_over_moved_clocks_and_midnights(moment: dt.datetime, expected: dt.datetime) -> None:
    assert after_quiet_hours(moment, "Europe/London").astimezone(UTC) == expected
