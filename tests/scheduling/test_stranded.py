"""What was set up changed under visits that are booked: they are found, said, and stand at the desk."""

import datetime as dt
from typing import Any

import pytest

from scheduling import actions
from scheduling.actions.setup import save_holiday
from scheduling.models import Appointment, PractitionerService, TimeOff
from scheduling.queries.stranded import stranded
from tests.scheduling.test_holds import soon


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


@pytest.fixture
def booked(make: Any, place: dict[str, Any]) -> Appointment:
    return actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)


def leave(place: dict[str, Any], booked: Appointment) -> None:
    TimeOff.objects.create(
        practitioner=place["practitioner"], starts_at=booked.starts_at, ends_at=booked.starts_at + dt.timedelta(hours=1)
    )


def closed_day(place: dict[str, Any], booked: Appointment) -> None:
    save_holiday(date=booked.starts_at.date(), name="Festival", by=None)


def other_hours(place: dict[str, Any], booked: Appointment) -> None:
    for row in place["practitioner"].hours.all():
        row.starts, row.ends = dt.time(8), dt.time(9)
        row.save()


def gone(place: dict[str, Any], booked: Appointment) -> None:
    place["practitioner"].is_active = False
    place["practitioner"].save()


def dropped(place: dict[str, Any], booked: Appointment) -> None:
    offer = PractitionerService.objects.get(practitioner=place["practitioner"], service=place["service"])
    offer.is_active = False
    offer.save()


@pytest.mark.parametrize("change", [leave, closed_day, other_hours, gone, dropped])
def test_whatever_changes_under_it(make: Any, place: dict[str, Any], booked: Appointment, change: Any) -> None:
    over = actions.book_direct(
        **place, patient=make.patient(), starts_at=booked.starts_at + dt.timedelta(hours=12), override=True,
        reason="urgent", by=make.user("owner"),
    )  # fmt: skip
    assert stranded() == []
    change(place, booked)
    assert [each.appointment for each in stranded(branch=place["branch"])] == [booked]
    assert over not in {each.appointment for each in stranded()}
    actions.cancel(appointment=booked, by=None)
    assert stranded() == []


def test_it_is_said_when_it_is_saved_and_stands_at_the_desk(
    make: Any, page: Any, place: dict[str, Any], booked: Appointment
) -> None:
    owner = page("owner")
    holiday = {"date": f"{booked.starts_at:%Y-%m-%d}", "name": "جشن", "branch": ""}
    answer = owner.post("/set-up/holidays/", holiday, follow=True)
    assert "منتظر تصمیم" in answer.content.decode()
    shown = page("secretary").get(f"/desk/decide/?branch={booked.branch_id}").content.decode()
    assert f"/desk/appointments/{booked.pk}/move/" in shown


def test_the_board_has_a_sign_for_the_coming_week(
    make: Any, page: Any, place: dict[str, Any], booked: Appointment
) -> None:
    desk = page("secretary")
    address = f"/desk/decide/sign/?branch={booked.branch_id}"
    assert "banner" not in desk.get(address).content.decode()
    leave(place, booked)
    assert "برای ۱ نوبت هفتهٔ پیش رو کسی نیست" in desk.get(address).content.decode()
