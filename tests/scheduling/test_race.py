"""Many at once for one time: exactly one has it, and nobody waits in a circle."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from clinic.shared.errors import Conflict
from clinic.shared.tenancy import use_clinic
from scheduling import actions
from scheduling.models import Appointment, Equipment, EquipmentKind, HoursKind, Occupancy, WorkingHours
from scheduling.queries.slots import next_free
from tests.scheduling.test_holds import soon

TRIES = 24


@pytest.fixture
def at_once(committed: Any) -> Any:
    """Run a function for each argument, all at the same time, each on a connection of its own."""

    def one(function: Any, argument: Any) -> Any:
        with use_clinic(committed):
            try:
                return function(argument)
            except Conflict as refused:
                return refused
            finally:
                connection.close()

    def run(function: Any, arguments: Any) -> list[Any]:
        with ThreadPoolExecutor(12) as pool:
            return list(pool.map(lambda argument: one(function, argument), arguments))

    return run


def test_one_time_for_many(make: Any, at_once: Any) -> None:
    service = make.service()
    place = {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}
    answers = at_once(lambda _n: actions.hold(**place, starts_at=soon(), by=None), range(TRIES))
    losers = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(losers) == TRIES - 1
    assert all(len(loser.details["nearest"]) == 3 for loser in losers)
    assert (Appointment.objects.count(), Occupancy.objects.count()) == (1, 1)


def test_one_room_for_many_doctors(make: Any, at_once: Any) -> None:
    service = make.service(needs_room=True)
    service.rooms.add(make.room(), make.room())
    doctors = [make.practitioner(service) for _each in range(8)]
    branch = make.branch()
    answers = at_once(
        lambda doctor: actions.hold(service=service, practitioner=doctor, branch=branch, starts_at=soon(), by=None),
        doctors,
    )
    assert len([answer for answer in answers if isinstance(answer, Appointment)]) == 2
    assert Occupancy.objects.filter(resource__startswith="r:").count() == 2


def test_one_patient_with_many_doctors(make: Any, at_once: Any) -> None:
    service = make.service()
    doctors, branch, patient = [make.practitioner(service) for _each in range(8)], make.branch(), make.patient()

    def book(doctor: Any) -> Appointment:
        return actions.book_direct(
            service=service, practitioner=doctor, branch=branch, patient=patient, starts_at=soon(), by=None
        )

    answers = at_once(book, doctors)
    assert len([answer for answer in answers if isinstance(answer, Appointment)]) == 1


def test_two_who_change_places(make: Any, at_once: Any) -> None:
    service = make.service()
    one, two, branch = make.practitioner(service), make.practitioner(service), make.branch()
    visits = [
        actions.book_direct(
            service=service, practitioner=doctor, branch=branch, patient=make.patient(), starts_at=soon(), by=None
        )
        for doctor in (one, two)
    ]
    pairs = list(zip(visits, (two, one), strict=True))
    at_once(lambda pair: actions.reschedule(
        appointment=pair[0], practitioner=pair[1], starts_at=soon(3), by=None), pairs)  # fmt: skip
    moved = Appointment.objects.filter(status="booked")
    assert {visit.practitioner_id for visit in moved} == {one.pk, two.pk}
    assert {visit.starts_at for visit in moved} == {soon(3)}


def test_seats_of_a_group_for_many(make: Any, at_once: Any) -> None:
    service = make.service(capacity=5, needs_room=True)
    service.rooms.add(make.room())
    place = {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}
    answers = at_once(lambda _n: actions.hold(**place, starts_at=soon(), by=None), range(TRIES))
    held = [answer for answer in answers if isinstance(answer, Appointment)]
    assert sorted(each.seat for each in held) == [1, 2, 3, 4, 5]
    assert len({each.session_id for each in held}) == 1
    assert Occupancy.objects.filter(resource__startswith="s:").count() == 5
    assert Occupancy.objects.filter(session__isnull=False).count() == 2


def test_seats_given_back_and_taken_at_once(make: Any, at_once: Any) -> None:
    """Leaving and joining at the same time: seats never twice, and the doctor's time is taken while anybody is in."""
    service = make.service(capacity=3)
    place = {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}
    booked = [actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None) for _each in range(3)]
    patients = [make.patient() for _each in range(6)]

    def act(thing: Any) -> Any:
        if isinstance(thing, Appointment):
            return actions.cancel(appointment=thing, by=None)
        return actions.book_direct(**place, patient=thing, starts_at=soon(), by=None)

    at_once(act, [*booked, *patients])
    live = Appointment.objects.filter(status="booked")
    seats = list(live.values_list("session", "seat"))
    assert len(seats) == len(set(seats)) <= 3
    assert Occupancy.objects.filter(resource__startswith="s:").count() == len(seats)
    assert Occupancy.objects.filter(resource__startswith="d:").count() == (1 if seats else 0)


def test_one_device_for_many_doctors(make: Any, at_once: Any) -> None:
    kind = EquipmentKind(name="لیزر")
    kind.save()
    for _each in range(2):
        Equipment(kind=kind, branch=make.branch(), name="دستگاه").save()
    service = make.service()
    service.equipment.add(kind)
    doctors = [make.practitioner(service) for _each in range(8)]
    branch = make.branch()
    answers = at_once(
        lambda doctor: actions.hold(service=service, practitioner=doctor, branch=branch, starts_at=soon(), by=None),
        doctors,
    )
    assert len([answer for answer in answers if isinstance(answer, Appointment)]) == 2
    assert Occupancy.objects.filter(resource__startswith="e:").count() == 2


def test_numbers_for_many(make: Any, at_once: Any) -> None:
    service = make.service()
    doctor = make.practitioner(service, hours=False)
    for weekday in range(7):
        WorkingHours(practitioner=doctor, branch=make.branch(), weekday=weekday, starts=dt.time(8), ends=dt.time(20),
                     kind=HoursKind.TOKENS, tokens=10).save()  # fmt: skip
    place = {"service": service, "practitioner": doctor, "branch": make.branch()}
    begin = next_free(service=service, since=soon(2)).starts_at
    answers = at_once(lambda _n: actions.hold(**place, starts_at=begin, by=None), range(TRIES))
    held = [answer for answer in answers if isinstance(answer, Appointment)]
    assert sorted(each.seat for each in held) == list(range(1, 11))


def test_several_services_in_opposite_orders(make: Any, at_once: Any) -> None:
    """Two doctors, two rooms, one device: bundles that want them in opposite orders do not wait in a circle."""
    rooms, kind = [make.room(), make.room()], EquipmentKind(name="لیزر")
    kind.save()
    Equipment(kind=kind, branch=make.branch(), name="دستگاه").save()
    services = [make.service(needs_room=True), make.service(needs_room=True)]
    for service, room in zip(services, rooms, strict=True):
        service.rooms.add(room)
        service.equipment.add(kind)
    doctors = [make.practitioner(service) for service in services]
    branch, later = make.branch(), dt.timedelta(minutes=30)
    pairs = list(zip(services, doctors, strict=True))

    def book(order: int) -> Any:
        parts = [
            actions.Part(service, doctor, soon() + later * place)
            for place, (service, doctor) in enumerate(pairs[:: 1 if order % 2 else -1])
        ]
        return actions.hold_several(parts=parts, branch=branch, by=None)

    answers = at_once(book, range(12))
    assert len([answer for answer in answers if isinstance(answer, list)]) == 1
    assert Appointment.objects.filter(status="held").count() == 2
    assert Occupancy.objects.filter(resource__startswith="e:").count() == 2
