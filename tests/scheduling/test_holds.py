"""Holding a time: one wins, ends after five minutes, is limited per address, and proves its holder."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clinic.shared.actor import from_where
from clinic.shared.errors import Conflict, Invalid, NotFound, TooMany
from scheduling import actions
from scheduling.models import Appointment, Occupancy
from scheduling.statuses import AppointmentStatus as A


def soon(days: int = 2, hour: int = 10) -> dt.datetime:
    """A quarter hour in the doctor's hours (08:00–20:00 in Tehran)."""
    return (timezone.now() + dt.timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def over(hold: Appointment) -> None:
    """Let a hold's five minutes pass: the clock is the database's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET hold_expires_at = now() - interval '1 second' WHERE id = %s", [hold.pk]
        )


def standing(hold: Appointment) -> None:
    """Let a hold last an hour more by the database's clock, where the test's own clock stands still."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET hold_expires_at = now() + interval '1 hour' WHERE id = %s", [hold.pk]
        )


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


def test_a_hold_takes_doctor_and_room(make: Any, place: dict[str, Any]) -> None:
    service = place["service"]
    service.needs_room, service.buffer_after = True, 10
    service.save()
    room = make.room()
    held = actions.hold(**place, starts_at=soon(), by=None)
    rows = Occupancy.objects.filter(appointment=held)
    assert {row.resource for row in rows} == {f"d:{held.practitioner_id}", f"r:{room.pk}"}
    assert all(row.interval.upper == held.ends_at + dt.timedelta(minutes=10) for row in rows)
    assert held.price == service.price
    assert held.patient is None
    assert held.status == A.HELD
    assert held.moves.get().to_status == A.HELD


def test_the_second_one_gets_other_times(place: dict[str, Any]) -> None:
    actions.hold(**place, starts_at=soon(), by=None)
    with pytest.raises(Conflict) as refused:
        actions.hold(**place, starts_at=soon() + dt.timedelta(minutes=15), by=None)
    nearest = refused.value.details["nearest"]
    assert len(nearest) == 3
    assert {slot["doctor"] for slot in nearest} == {place["practitioner"].pk}
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (lambda: soon(-1), "past"),
        (lambda: soon(400), "too_far"),
        (lambda: soon(2, 0), "closed"),
        (lambda: soon().replace(minute=7), "off_grid"),
        (lambda: dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC), "too_far"),
    ],
)
def test_times_that_are_not_on_offer(place: dict[str, Any], starts_at: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.hold(**place, starts_at=starts_at(), by=None)
    assert (refused.value.field, refused.value.code) == ("starts_at", code)


def test_shortest_notice(make: Any) -> None:
    service = make.service(min_notice_minutes=10000)
    with pytest.raises(Invalid) as refused:
        actions.hold(
            service=service, practitioner=make.practitioner(service), branch=make.branch(), starts_at=soon(), by=None
        )
    assert refused.value.code == "too_soon"


def test_what_is_not_offered(make: Any, place: dict[str, Any]) -> None:
    hidden = make.service(is_online=False)
    for wrong, field in [
        ({"practitioner": make.practitioner()}, "doctor"),
        ({"service": hidden, "practitioner": make.practitioner(hidden)}, "service"),
        ({"branch": make.branch(name="closed", is_active=False)}, "branch"),
    ]:
        with pytest.raises(Invalid) as refused:
            actions.hold(**{**place, **wrong}, starts_at=soon(), by=None)
        assert refused.value.field == field


def test_a_hold_that_is_over_is_nobodys(make: Any, place: dict[str, Any]) -> None:
    first = actions.hold(**place, starts_at=soon(), secret="a", by=None)
    over(first)
    second = actions.hold(**place, starts_at=soon(), secret="b", by=None)
    first.refresh_from_db()
    assert first.status == A.EXPIRED
    with pytest.raises(Conflict) as refused:
        actions.book(hold=first, patient=make.patient(), secret="a", by=make.user())
    assert refused.value.details["nearest"]
    actions.book(hold=second, patient=make.patient(), secret="b", by=make.user())


def test_the_sweep_ends_what_is_over(place: dict[str, Any]) -> None:
    gone = actions.hold(**place, starts_at=soon(), by=None)
    stays = actions.hold(**place, starts_at=soon(3), by=None)
    over(gone)
    assert actions.expire_holds() == 1
    assert actions.expire_holds() == 0
    assert set(Occupancy.objects.values_list("appointment", flat=True)) == {stays.pk}


def test_an_address_holds_so_many_a_minute(settings: Any, place: dict[str, Any]) -> None:
    settings.HOLDS_PER_MINUTE = 2
    with from_where(ip="192.0.2.1", request_id="r"):
        for days in (1, 2):
            actions.hold(**place, starts_at=soon(days), by=None)
        with pytest.raises(TooMany) as refused:
            actions.hold(**place, starts_at=soon(3), by=None)
    assert 1 <= refused.value.details["retry_after"] <= 61
    with from_where(ip="192.0.2.2", request_id="r"):
        actions.hold(**place, starts_at=soon(3), by=None)
    settings.HOLDS_PER_MINUTE = 0
    with from_where(ip="192.0.2.1", request_id="r"):
        actions.hold(**place, starts_at=soon(4), by=None)


def test_who_may_take_a_hold(make: Any, place: dict[str, Any]) -> None:
    holder, other, desk, patient = make.user(), make.user(), make.user("secretary"), make.patient()
    with from_where(ip="192.0.2.1", request_id="r"):
        hers = actions.hold(**place, starts_at=soon(), by=holder)
        anonymous = actions.hold(**place, starts_at=soon(3), secret="word", by=None)
    with from_where(ip="192.0.2.9", request_id="r"):
        for hold, secret in [(hers, ""), (hers, "word"), (anonymous, ""), (anonymous, "wrong")]:
            with pytest.raises(NotFound):
                actions.book(hold=hold, patient=patient, secret=secret, by=other)
        assert actions.book(hold=anonymous, patient=patient, secret="word", by=other).status == A.BOOKED
        assert actions.book(hold=hers, patient=make.patient(), by=desk).status == A.BOOKED
    with from_where(ip="192.0.2.1", request_id="r"):
        again = actions.hold(**place, starts_at=soon(4), secret="lost", by=None)
        assert actions.book(hold=again, patient=make.patient(), by=other).booked_by == other


def test_letting_go(place: dict[str, Any]) -> None:
    held = actions.hold(**place, starts_at=soon(), by=None)
    actions.release_hold(hold=held, by=None)
    actions.release_hold(hold=held, by=None)
    assert not Occupancy.objects.exists()
    actions.hold(**place, starts_at=soon(), by=None)


def test_another_time_instead(place: dict[str, Any]) -> None:
    first = actions.hold(**place, starts_at=soon(), secret="a", by=None)
    second = actions.hold(**place, starts_at=soon() + dt.timedelta(minutes=15), instead_of=first, secret="a", by=None)
    with pytest.raises(Invalid):
        actions.hold(**place, starts_at=soon(-2), instead_of=second, secret="a", by=None)
    second.refresh_from_db()
    assert second.status == A.HELD
    assert second.occupancies.exists()
