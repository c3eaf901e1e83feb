"""Several services in one booking: found as a chain, held, booked, cancelled and moved together or alone."""

import datetime as dt
from typing import Any

import pytest

from clinic.shared.errors import Conflict, Invalid
from messaging.actions.visits import SAID_OF_ALL
from messaging.models import Message
from scheduling import actions
from scheduling.actions import Part
from scheduling.models import Appointment, Occupancy, Practitioner, Service
from scheduling.queries.chains import Chain, free_chains
from scheduling.statuses import AppointmentStatus as A
from tests.scheduling.test_holds import over, standing
from tests.scheduling.test_hours_rules import DAY, book
from tests.scheduling.test_slots import NOW, at, hours, standing_clock

__all__ = ["standing_clock"]


def chains(*services: Service, **where: Any) -> list[Chain]:
    since = at(DAY, 0)
    return free_chains(services=services, since=since, until=since + dt.timedelta(days=1), now=NOW, **where)


def shown(found: list[Chain]) -> list[str]:
    return [" ".join(f"{slot.starts_at:%H:%M}" for slot in chain.slots) for chain in found]


def parts_of(chain: Chain) -> list[Part]:
    return [
        Part(
            Service.objects.get(pk=slot.service_id),
            Practitioner.objects.get(pk=slot.practitioner_id),
            slot.starts_at,
        )
        for slot in chain.slots
    ]


@pytest.fixture
def salon(make: Any) -> dict[str, Any]:
    """A cleaning of 40 minutes with ten after it, then a visit of 30; one doctor gives both, 09:00–11:00."""
    cleaning, visit = make.service(minutes=40, buffer_after=10), make.service(buffer_before=5)
    doctor = make.practitioner(cleaning, visit, hours=False)
    hours(doctor, make.branch(), 1, dt.time(9), dt.time(11))
    return {"cleaning": cleaning, "visit": visit, "doctor": doctor}


def test_one_doctor_one_after_the_other_with_buffers(make: Any, salon: dict[str, Any]) -> None:
    found = chains(salon["cleaning"], salon["visit"])
    assert shown(found) == ["09:00 09:55", "09:15 10:10", "09:30 10:25"]
    assert (found[0].ends_at, found[0].practitioners) == (at(DAY, 10, 25), (salon["doctor"].pk,))
    assert shown(chains(salon["visit"], salon["cleaning"])) == ["09:00 09:30", "09:15 09:45", "09:30 10:00",
                                                                "09:45 10:15"]  # fmt: skip
    book(make, salon["visit"], salon["doctor"], 10)
    assert shown(chains(salon["cleaning"], salon["visit"])) == []


def test_several_doctors_where_no_one_gives_all(make: Any) -> None:
    first, second = make.service(), make.service()
    one, two = make.practitioner(first, hours=False), make.practitioner(second, hours=False)
    hours(one, make.branch(), 1, dt.time(9), dt.time(10))
    hours(two, make.branch(), 1, dt.time(9), dt.time(11))
    found = chains(first, second)
    assert shown(found) == ["09:00 09:30", "09:15 09:45", "09:30 10:00"]
    assert found[0].practitioners == (one.pk, two.pk)
    book(make, second, two, 9, 30)
    assert shown(chains(first, second))[0] == "09:15 10:00"  # she waits a quarter of an hour
    assert chains(first, second, practitioner=two.pk)[0].practitioners == (one.pk, two.pk)


def test_one_doctor_goes_before_several(make: Any, salon: dict[str, Any]) -> None:
    other = make.practitioner(salon["visit"])
    assert {chain.practitioners for chain in chains(salon["cleaning"], salon["visit"])} == {(salon["doctor"].pk,)}
    book(make, salon["visit"], salon["doctor"], 10)
    found = chains(salon["cleaning"], salon["visit"])
    assert found[0].practitioners == (salon["doctor"].pk, other.pk)
    assert shown(found)[0] == "09:00 09:40"


def test_parts_in_one_room_keep_their_buffers(make: Any) -> None:
    room = make.room()
    first, second = make.service(buffer_after=10, needs_room=True), make.service(needs_room=True)
    first.rooms.add(room)
    second.rooms.add(room)
    for service in (first, second):
        hours(make.practitioner(service, hours=False), make.branch(), 1, dt.time(9), dt.time(11))
    found = chains(first, second)
    assert shown(found)[0] == "09:00 09:40"
    held = actions.hold_several(parts=parts_of(found[0]), branch=make.branch(), by=None)
    assert [each.room for each in held] == [room, room]


def test_every_chain_that_is_offered_can_be_booked(make: Any, salon: dict[str, Any]) -> None:
    for chain in chains(salon["cleaning"], salon["visit"]):
        held = actions.hold_several(parts=parts_of(chain), branch=make.branch(), secret="w", by=None)
        booked = actions.book_several(holds=held, patient=make.patient(), secret="w", by=make.user())
        assert [each.status for each in booked] == [A.BOOKED, A.BOOKED]
        assert len({each.bundle for each in booked}) == 1
        actions.cancel_several(appointment=booked[1], by=None)
        assert not Occupancy.objects.exists()


def test_all_or_none(make: Any, salon: dict[str, Any]) -> None:
    chain = chains(salon["cleaning"], salon["visit"])[0]
    book(make, salon["visit"], salon["doctor"], 10)
    before = Appointment.objects.count()
    with pytest.raises(Conflict):
        actions.hold_several(parts=parts_of(chain), branch=make.branch(), by=None)
    with pytest.raises(Conflict):
        actions.book_several_direct(parts=parts_of(chain), branch=make.branch(), patient=make.patient(), by=None)
    with pytest.raises(Invalid):
        actions.hold_several(parts=[], branch=make.branch(), by=None)
    assert Appointment.objects.count() == before


def test_other_times_instead(make: Any, salon: dict[str, Any]) -> None:
    found = chains(salon["cleaning"], salon["visit"])
    first = actions.hold_several(parts=parts_of(found[0]), branch=make.branch(), secret="w", by=None)
    second = actions.hold_several(parts=parts_of(found[1]), branch=make.branch(), secret="w", instead_of=first, by=None)
    assert [each.starts_at for each in second] == [at(DAY, 9, 15), at(DAY, 10, 10)]
    assert {row.appointment_id for row in Occupancy.objects.all()} == {each.pk for each in second}


def test_moving_together_and_alone(make: Any, salon: dict[str, Any]) -> None:
    chain = chains(salon["cleaning"], salon["visit"])[0]
    booked = actions.book_several_direct(
        parts=parts_of(chain), branch=make.branch(), patient=make.patient(), by=make.user("secretary")
    )
    moved = actions.reschedule_several(appointment=booked[1], starts_at=at(DAY, 9, 30), by=None)
    assert [each.starts_at for each in moved] == [at(DAY, 9, 30), at(DAY, 10, 25)]
    assert {each.bundle for each in moved} == {booked[0].bundle}
    with pytest.raises(Invalid):
        actions.reschedule_several(appointment=moved[0], starts_at=at(DAY, 10), by=None)  # beyond the hours
    assert Occupancy.objects.filter(appointment__in=[each.pk for each in moved]).count() == 4
    actions.cancel(appointment=moved[0], by=None)
    left = actions.together_with(moved[1])
    assert [each.pk for each in left] == [moved[1].pk]
    alone = actions.reschedule(appointment=moved[1], starts_at=at(DAY, 9, 5), by=None)
    assert alone.starts_at == at(DAY, 9, 5)


def said() -> list[tuple[str, int]]:
    """What waits to be sent, of which part."""
    waiting = Message.objects.filter(status="queued", kind__in=SAID_OF_ALL).order_by("pk")
    return list(waiting.values_list("kind", "appointment_id"))


def test_she_is_told_once_of_all_of_it(make: Any, salon: dict[str, Any]) -> None:
    chain = chains(salon["cleaning"], salon["visit"])[0]
    clerk = make.user("secretary")
    one, two = actions.book_several_direct(
        parts=parts_of(chain), branch=make.branch(), patient=make.patient(), by=clerk
    )
    assert said() == [("booking_confirmed", one.pk)]
    actions.cancel(appointment=one, by=clerk)  # nothing was sent yet: the other part is told of
    assert set(said()) == {("booking_confirmed", two.pk), ("appointment_cancelled", one.pk)}
    actions.restore(appointment=one, by=clerk)
    assert [kind for kind, _part in said()] == ["booking_confirmed"]
    Message.objects.filter(status="queued").update(status="sent")
    moved = actions.reschedule_several(appointment=two, starts_at=at(DAY, 9, 30), by=clerk)
    assert said() == [("appointment_moved", moved[0].pk)]
    Message.objects.filter(status="queued").update(status="sent")
    actions.cancel_several(appointment=moved[1], by=clerk)
    assert said() == [("appointment_cancelled", moved[0].pk)]
    actions.restore(appointment=moved[0], by=clerk)
    assert said() == [("appointment_cancelled", moved[1].pk)]


def test_all_of_it_is_taken_back_at_once(make: Any, salon: dict[str, Any]) -> None:
    chain = chains(salon["cleaning"], salon["visit"])[0]
    booked = actions.book_several_direct(
        parts=parts_of(chain), branch=make.branch(), patient=make.patient(), by=make.user("secretary")
    )
    when = [each.starts_at for each in booked]
    moved = actions.reschedule_several(appointment=booked[0], starts_at=at(DAY, 9, 15), by=None)
    back = actions.undo_several(appointment=moved[1], by=None)
    assert [each.starts_at for each in back] == when
    with pytest.raises(Conflict):
        actions.undo_several(appointment=Appointment.objects.get(pk=booked[0].pk), by_patient=True, by=None)
    actions.cancel_several(appointment=back[0], by_patient=True, by=None)
    again = actions.undo_several(appointment=back[1], by_patient=True, by=None)
    assert [(each.status, each.starts_at) for each in again] == [(A.BOOKED, start) for start in when]
    assert Occupancy.objects.filter(appointment__in=[each.pk for each in again]).count() == 4


def test_by_the_api(make: Any, api: Any, salon: dict[str, Any]) -> None:
    one, two = salon["cleaning"].pk, salon["visit"].pk
    found = api().get(f"/api/v1/slots/?service={one}&service={two}&from={DAY}&to={DAY}").json()
    assert [[part["service"] for part in chain["parts"]] for chain in found] == [[one, two]] * 3
    assert found == api().get(f"/api/v1/slots/?service={one},{two}&from={DAY}&to={DAY}").json()
    single = api().get(f"/api/v1/slots/?service={one}&from={DAY}&to={DAY}").json()
    assert set(single[0]) == {"doctor", "service", "branch", "starts_at", "ends_at"}
    for wrong in (f"service={one},x", f"service={one},999999", "service=", "service=" + ",".join([str(one)] * 9)):
        assert api().get(f"/api/v1/slots/?{wrong}").status_code == 400, wrong
    parts = [{name: part[name] for name in ("service", "doctor", "starts_at")} for part in found[0]["parts"]]
    body = {"branch": make.branch().pk, "parts": parts}
    held = api().post("/api/v1/holds/", body, format="json")
    assert held.status_code == 201, held.content
    assert api().post("/api/v1/holds/", body, format="json").status_code == 409
    for bad in ({"parts": []}, {"parts": "x"}, {"parts": [{}]}, {"branch": 0}):
        assert api().post("/api/v1/holds/", {**body, **bad}, format="json").status_code == 400, bad
    ids = [each["id"] for each in held.json()["holds"]]
    patient = api(make.user("patient"))
    name = {"first_name": "مینا", "last_name": "شریفی", "secret": held.json()["secret"]}
    assert patient.post("/api/v1/appointments/", {"holds": [*ids, 10**9], **name}, format="json").status_code == 404
    assert patient.post("/api/v1/appointments/", name, format="json").status_code == 400
    booked = patient.post("/api/v1/appointments/", {"holds": ids, **name}, format="json")
    assert booked.status_code == 201, booked.content
    assert [each["status"] for each in booked.json()["appointments"]] == ["booked", "booked"]


def test_what_is_booked_together_is_taken_by_one(make: Any, salon: dict[str, Any]) -> None:
    """A pending part counts like a booked one, and lapses like a hold (C4)."""
    salon["visit"].needs_approval = True
    salon["visit"].save()
    chain = chains(salon["cleaning"], salon["visit"])[0]
    held = actions.hold_several(parts=parts_of(chain), branch=make.branch(), secret="w", by=None)
    booked = actions.book_several(holds=held, patient=make.patient(), secret="w", by=make.user())
    assert [each.status for each in booked] == [A.BOOKED, A.PENDING]
    standing(booked[1])
    with pytest.raises(Conflict):
        book(make, salon["visit"], salon["doctor"], 9, 55)
    over(booked[1])
    assert book(make, salon["visit"], salon["doctor"], 9, 55).status == A.BOOKED
    with pytest.raises(Conflict):
        actions.confirm(appointment=booked[1], by=make.user("secretary"))
