"""Booking, cancelling, moving, missing; and taking each back."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clinic.patients import actions as patients
from clinic.shared.errors import Conflict, Forbidden, Invalid
from scheduling import actions
from scheduling.models import Appointment, Occupancy
from scheduling.statuses import AppointmentStatus as A
from tests.scheduling.test_holds import soon


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


@pytest.fixture
def booked(make: Any, place: dict[str, Any]) -> Appointment:
    return actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=make.user("secretary"))


def begun(appointment: Appointment) -> Appointment:
    """The same appointment, an hour ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET starts_at = now() - interval '1 hour', ends_at = now() WHERE id = %s",
            [appointment.pk],
        )
    appointment.refresh_from_db()
    return appointment


def test_from_hold_to_booking(make: Any, place: dict[str, Any]) -> None:
    user, patient = make.user(), make.patient()
    held = actions.hold(**place, starts_at=soon(), campaign={"utm_source": "ig"}, by=user)
    done = actions.book(hold=held, patient=patient, note="knee", by=user)
    assert (done.status, done.patient, done.booked_by, done.note) == (A.BOOKED, patient, user, "knee")
    assert (done.price, done.hold_expires_at, done.campaign) == (place["service"].price, None, {"utm_source": "ig"})
    assert [move.to_status for move in done.moves.order_by("pk")] == [A.HELD, A.BOOKED]
    assert Occupancy.objects.filter(appointment=done, resource=f"p:{patient.pk}").exists()
    assert actions.book(hold=held, patient=patient, by=user).pk == done.pk  # the button pressed twice
    assert Appointment.objects.count() == 1


def test_a_patient_is_in_one_place_at_a_time(make: Any, place: dict[str, Any], booked: Appointment) -> None:
    service = place["service"]
    other = make.practitioner(service)
    with pytest.raises(Conflict) as refused:
        actions.book_direct(
            service=service, practitioner=other, branch=place["branch"], patient=booked.patient,
            starts_at=soon() + dt.timedelta(minutes=15), by=None,
        )  # fmt: skip
    assert refused.value.code == "patient_busy"
    assert Appointment.objects.count() == 1


def test_the_desk_is_refused_a_taken_time(make: Any, place: dict[str, Any], booked: Appointment) -> None:
    with pytest.raises(Conflict) as refused:
        actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=make.user("secretary"))
    assert refused.value.code == "taken"
    assert len(refused.value.details["nearest"]) == 3


def test_booking_over_a_conflict(make: Any, place: dict[str, Any], booked: Appointment) -> None:
    wanted = {**place, "patient": make.patient(), "starts_at": soon(), "override": True}
    with pytest.raises(Forbidden):
        actions.book_direct(**wanted, reason="urgent", by=make.user("secretary"))
    manager = make.user("manager")
    with pytest.raises(Invalid) as refused:
        actions.book_direct(**wanted, reason=" ", by=manager)
    assert refused.value.field == "reason"
    over = actions.book_direct(**wanted, reason="urgent", by=manager)
    assert over.override_reason == "urgent"
    assert set(over.occupancies.values_list("is_override", flat=True)) == {True}
    # The override stands in others' way all the same.
    actions.cancel(appointment=booked, by=manager)
    with pytest.raises(Conflict):
        actions.hold(**place, starts_at=soon(), by=None)


def test_confirming_twice_is_once(booked: Appointment) -> None:
    first = actions.confirm(appointment=booked, by=None).confirmed_at
    assert first
    assert actions.confirm(appointment=booked, by=None).confirmed_at == first


def test_cancelling_frees_the_time(make: Any, place: dict[str, Any], booked: Appointment) -> None:
    gone = actions.cancel(appointment=booked, reason="flu", by_patient=True, by=None)
    assert (gone.status, gone.was_late_cancel, gone.cancelled_by_patient) == (A.CANCELLED, False, True)
    assert gone.moves.latest("pk").reason == "flu"
    assert actions.cancel(appointment=booked, by=None).cancelled_by_patient is True
    actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)


def test_late_is_only_the_patient(make: Any, place: dict[str, Any]) -> None:
    place["service"].cancel_until_hours = 72
    place["service"].save()
    for by_patient in (True, False):
        visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
        gone = actions.cancel(appointment=visit, by_patient=by_patient, by=None)
        assert gone.was_late_cancel is by_patient


def test_what_has_begun_is_not_cancelled_by_the_patient(booked: Appointment) -> None:
    with pytest.raises(Conflict):
        actions.cancel(appointment=begun(booked), by_patient=True, by=None)


def test_a_cancellation_is_taken_back_while_the_time_is_free(make: Any, place: Any, booked: Appointment) -> None:
    actions.cancel(appointment=booked, by_patient=True, by=None)
    back = actions.restore(appointment=booked, by=None)
    assert (back.status, back.cancelled_by_patient) == (A.BOOKED, None)
    actions.cancel(appointment=booked, by=None)
    actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    with pytest.raises(Conflict) as refused:
        actions.restore(appointment=booked, by=None)
    assert refused.value.details["nearest"]


def test_moving_leaves_first(make: Any, place: dict[str, Any], booked: Appointment) -> None:
    place["service"].price = 900000
    place["service"].save()
    overlapping = soon() + dt.timedelta(minutes=15)
    new = actions.reschedule(appointment=booked, starts_at=overlapping, by=None)
    booked.refresh_from_db()
    assert (booked.status, booked.successor) == (A.RESCHEDULED, new)
    assert (new.patient, new.price, new.status) == (booked.patient, booked.price, A.BOOKED)
    assert not booked.occupancies.exists()
    back = actions.move_back(appointment=new, by=None)
    assert back.starts_at == booked.starts_at


def test_moving_to_another_doctor(make: Any, place: dict[str, Any], booked: Appointment) -> None:
    other = make.practitioner(place["service"])
    new = actions.reschedule(appointment=booked, starts_at=booked.starts_at, practitioner=other, by=None)
    assert new.practitioner == other
    with pytest.raises(Conflict):
        actions.reschedule(appointment=booked, starts_at=soon(4), by=None)


def test_a_move_that_fails_changes_nothing(make: Any, place: dict[str, Any], booked: Appointment) -> None:
    actions.book_direct(**place, patient=make.patient(), starts_at=soon(3), by=None)
    with pytest.raises(Conflict):
        actions.reschedule(appointment=booked, starts_at=soon(3), by=None)
    booked.refresh_from_db()
    assert booked.status == A.BOOKED
    assert booked.occupancies.count() == 2


def test_too_late_to_move(place: dict[str, Any], booked: Appointment) -> None:
    place["service"].cancel_until_hours = 72
    place["service"].save()
    with pytest.raises(Conflict) as refused:
        actions.reschedule(appointment=booked, starts_at=soon(5), by_patient=True, by=None)
    assert refused.value.code == "late"


def test_no_show_only_after_the_beginning(booked: Appointment) -> None:
    with pytest.raises(Conflict):
        actions.no_show(appointment=booked, by=None)
    missed = actions.no_show(appointment=begun(booked), by=None)
    assert missed.status == A.NO_SHOW
    assert not missed.occupancies.exists()
    assert actions.restore(appointment=missed, by=None).status == A.BOOKED


def test_a_patient_takes_back_only_her_own(booked: Appointment) -> None:
    actions.cancel(appointment=booked, by_patient=False, by=None)
    with pytest.raises(Conflict):
        actions.undo_own(appointment=booked, by=None)


def test_wall_time_is_kept(booked: Appointment) -> None:
    local = booked.starts_at.astimezone(timezone.get_fixed_timezone(210))
    assert booked.wall_time
    assert booked.wall_time.replace(tzinfo=None) == local.replace(tzinfo=None)


def test_cards_that_become_one_cannot_be_in_two_places(make: Any) -> None:
    service = make.service(minutes=30)
    doctors = [make.practitioner(service) for _each in range(3)]
    one, two = make.patient(phone=""), make.patient(phone="")
    place = {"service": service, "branch": make.branch(), "by": make.user("secretary")}
    when = [soon() + dt.timedelta(hours=hour) for hour in (0, 1)]
    for patient, doctor, start in ((one, doctors[0], when[0]), (one, doctors[0], when[1]), (two, doctors[1], when[1])):
        actions.book_direct(patient=patient, practitioner=doctor, starts_at=start, **place)
    merge = patients.merge_patients(source=one, target=two, by=None)
    for start in when[:2]:
        with pytest.raises(Conflict) as refused:
            actions.book_direct(patient=two, practitioner=doctors[2], starts_at=start, **place)
        assert refused.value.code == "patient_busy"
    patients.separate_patients(merge=merge, reason="two people", by=None)
    actions.book_direct(patient=two, practitioner=doctors[2], starts_at=when[0], **place)
    for start in when[:2]:
        with pytest.raises(Conflict):
            actions.book_direct(patient=one, practitioner=doctors[2], starts_at=start, **place)
