"""What was written down wrongly: it never was, or it is somebody else's."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid
from emr import actions as emr
from finance.actions import pay_visit
from messaging.models import Message
from scheduling import actions
from scheduling.models import Appointment, Occupancy, Visit
from tests.scheduling.floor_make import Floor
from tests.scheduling.test_holds import soon

HTMX = {"HX-Request": "true"}


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def booked(floor: Floor, **more: Any) -> Appointment:
    return actions.book_direct(
        service=floor.service, practitioner=floor.doctor, branch=floor.branch, patient=floor.make.patient(),
        starts_at=soon(), by=floor.clerk, **more,
    )  # fmt: skip


def kinds(appointment: Appointment) -> list[str]:
    rows = Message.objects.filter(appointment=appointment).exclude(status="withdrawn").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_a_booking_that_never_was_frees_its_time_and_nobody_hears_of_it(floor: Floor) -> None:
    visit = booked(floor)
    with pytest.raises(Invalid):
        actions.appointment_was_wrong(appointment=visit, reason=" ", by=floor.clerk)
    for _twice in range(2):
        gone = actions.appointment_was_wrong(appointment=visit, reason="double", by=floor.clerk)
    assert gone.status == "entered_in_error"
    assert gone.moves.latest("pk").reason == "double"
    assert not Occupancy.objects.filter(appointment=visit).exists()
    assert kinds(visit) == []
    assert booked(floor).starts_at == visit.starts_at


def test_who_was_told_of_it_is_told_that_it_is_off(floor: Floor) -> None:
    visit = booked(floor)
    Message.objects.filter(appointment=visit).update(status="sent")
    actions.appointment_was_wrong(appointment=visit, reason="double", by=floor.clerk)
    assert kinds(visit) == ["booking_confirmed", "appointment_cancelled"]


@pytest.mark.parametrize("steps", [(), ("call",), ("enter_room",), ("enter_room", "finish_visit")])
def test_a_visit_that_never_was(floor: Floor, steps: tuple[str, ...]) -> None:
    visit = floor.visit(*steps)
    actions.appointment_was_wrong(appointment=visit.appointment, reason="wrong patient", by=floor.clerk)
    visit.refresh_from_db()
    assert (visit.status, visit.appointment.status) == ("entered_in_error", "entered_in_error")
    assert not visit.stays.filter(left_at=None).exists()
    with pytest.raises(Conflict):
        actions.undo_visit(visit=visit, by=floor.clerk)


def test_what_was_paid_or_written_for_stays(floor: Floor) -> None:
    visit = floor.visit("enter_room", "leave_room")
    pay_visit(visit=visit, method="cash", amount=Decimal(1000), by=None)
    with pytest.raises(Conflict):
        actions.visit_was_wrong(visit=visit, reason="wrong patient", by=floor.clerk)
    second = floor.visit("enter_room")
    record = emr.open_encounter(visit=second, by=None)
    emr.save_note(encounter=record, version=record.version, note="knee", by=None)
    with pytest.raises(Conflict) as refused:
        actions.visit_was_wrong(visit=second, reason="wrong patient", by=floor.clerk)
    assert refused.value.code == "written"
    third = floor.visit("enter_room")
    empty = emr.open_encounter(visit=third, by=None)
    actions.visit_was_wrong(visit=third, reason="wrong patient", by=floor.clerk)
    empty.refresh_from_db()
    assert empty.status == "entered_in_error"
    assert Visit.objects.get(pk=visit.pk).status == "checkout"


def test_a_booking_is_given_to_another_patient_and_both_hear_of_it(floor: Floor) -> None:
    old, who = booked(floor, note="bring the X-ray", room=floor.rooms[1].pk), floor.make.patient()
    Message.objects.update(status="sent")
    new = actions.give_to(appointment=old, patient=who, by=floor.clerk)
    old.refresh_from_db()
    assert (old.status, old.cancelled_by_patient, new.status) == ("cancelled", False, "booked")
    assert (new.patient, new.starts_at, new.room, new.note) == (who, old.starts_at, floor.rooms[1], "bring the X-ray")
    assert (kinds(old)[-1], kinds(new)) == ("appointment_cancelled", ["booking_confirmed"])
    with pytest.raises(Invalid):
        actions.give_to(appointment=new, patient=who, by=floor.clerk)
    with pytest.raises(Conflict):
        actions.give_to(appointment=old, patient=who, by=floor.clerk)


def test_what_was_booked_over_stays_booked_over(floor: Floor, make: Any) -> None:
    booked(floor)
    owner = make.user("owner")
    over = actions.book_direct(
        service=floor.service, practitioner=floor.doctor, branch=floor.branch, patient=make.patient(),
        starts_at=soon(), override=True, reason="urgent", by=owner,
    )  # fmt: skip
    new = actions.give_to(appointment=over, patient=make.patient(), by=owner)
    assert new.override_reason == "urgent"


def test_at_the_desk(floor: Floor, page: Any, make: Any) -> None:
    desk, visit = page(floor.clerk), floor.visit()
    panel = desk.get(f"/desk/visits/{visit.pk}/", headers=HTMX).content.decode()
    wrong = f"/desk/appointments/{visit.appointment_id}/wrong/"
    assert wrong in panel
    assert desk.post(wrong, {"reason": ""}, headers=HTMX).status_code == 422
    assert desk.post(wrong, {"reason": "double"}, headers=HTMX).status_code == 204
    alone = actions.walk_in(
        patient=make.patient(), service=floor.service, practitioner=floor.doctor, branch=floor.branch, by=floor.clerk
    )
    if alone.appointment_id is None:
        address = f"/desk/visits/{alone.pk}/wrong/"
        assert desk.post(address, {"reason": "double"}, headers=HTMX).status_code == 204
    ahead = floor.appointment(starts_at=timezone.now() + dt.timedelta(days=1))
    give = f"/desk/appointments/{ahead.pk}/give/"
    assert give in desk.get(f"/desk/appointments/{ahead.pk}/", headers=HTMX).content.decode()
    assert desk.post(give, {"who": ""}, headers=HTMX).status_code == 422
    assert page("doctor").post(wrong, {"reason": "x"}, headers=HTMX).status_code == 403
