"""A time that the clinic called off since the doctor is not there: it is nobody else's either."""

import datetime as dt
from typing import Any

import pytest

from clinic.shared.errors import Invalid
from scheduling import actions
from scheduling.models import FreedTime, TimeOff, WaitlistOffer
from scheduling.queries.slots import free_slots
from tests.scheduling.waiting import Waiting

HTMX = {"HX-Request": "true"}


@pytest.fixture
def hall(make: Any) -> Waiting:
    return Waiting(make)


def is_free(hall: Waiting) -> bool:
    begin = hall.at()
    return bool(free_slots(service=hall.service, since=begin, until=begin + dt.timedelta(minutes=15)))


def test_the_time_is_offered_to_nobody_until_the_cancellation_is_taken_back(hall: Waiting) -> None:
    hall.joins()
    gone = actions.cancel(appointment=hall.booked(), reason="a course", keep_time_closed=True, by=hall.desk)
    assert not is_free(hall)
    assert not WaitlistOffer.objects.exists()
    assert not FreedTime.objects.filter(outcome="").exists()
    closed = TimeOff.objects.get()
    assert (closed.practitioner, closed.starts_at, closed.ends_at) == (hall.doctor, gone.starts_at, gone.ends_at)
    assert closed.reason == "a course"
    with pytest.raises(Invalid):
        hall.booked()
    assert actions.restore(appointment=gone, by=hall.desk).status == "booked"
    assert not TimeOff.objects.exists()


def test_what_the_patient_calls_off_is_free(hall: Waiting) -> None:
    actions.cancel(appointment=hall.booked(), by_patient=True, keep_time_closed=True, by=None)
    assert not TimeOff.objects.exists()
    assert is_free(hall)


def test_at_the_desk(hall: Waiting, page: Any) -> None:
    desk, booked = page("secretary"), hall.booked()
    address = f"/desk/appointments/{booked.pk}/cancel/"
    assert "keep_time_closed" in desk.get(address, headers=HTMX).content.decode()
    sent = {"who": "clinic", "reason": "", "keep_time_closed": "on"}
    assert desk.post(address, sent, headers=HTMX).status_code == 204
    assert not is_free(hall)
    assert desk.post(f"/desk/appointments/{booked.pk}/undo/?of=cancelled", headers=HTMX).status_code in {200, 204}
    booked.refresh_from_db()
    assert booked.status == "booked"
    desk.post(address, sent | {"who": "patient"}, headers=HTMX)
    assert is_free(hall)
