"""What was booked together is seen, moved and called off as a whole: by the patient's link, at the desk, by the API."""

import datetime as dt
from typing import Any

import pytest

from scheduling import actions
from scheduling.models import Appointment
from tests.scheduling.test_hours_rules import DAY
from tests.scheduling.test_several import at, chains, parts_of, salon, standing_clock

__all__ = ["salon", "standing_clock"]
HTMX = {"HX-Request": "true", "X-In-Drawer": "1"}


@pytest.fixture
def booked(make: Any, salon: dict[str, Any]) -> list[Appointment]:
    chain = chains(salon["cleaning"], salon["visit"])[0]
    return actions.book_several_direct(
        parts=parts_of(chain), branch=make.branch(), patient=make.patient(), by=make.user("secretary")
    )


def works_longer(parts: list[Appointment]) -> None:
    for row in parts[0].practitioner.hours.all():
        row.ends = dt.time(13)
        row.save()


def value(chain: Any) -> str:
    return "_".join(slot.value for slot in chain.slots)


def stands(parts: list[Appointment]) -> list[tuple[str, Any]]:
    rows = Appointment.objects.filter(bundle=parts[0].bundle).exclude(status="rescheduled").order_by("starts_at")
    return list(rows.values_list("status", "starts_at"))


def test_her_page_names_all_of_it_and_calls_it_off(page: Any, booked: list[Appointment]) -> None:
    client, link = page(), f"/a/{booked[0].link_token}/"
    shown = client.get(link).content.decode()
    assert f"/a/{booked[1].link_token}/" in shown
    assert 'name="all"' in shown
    client.post(f"{link}cancel/", {"reason": "", "all": "1"})
    assert [status for status, _when in stands(booked)] == ["cancelled"] * 2
    client.post(f"{link}undo/")
    assert [status for status, _when in stands(booked)] == ["booked"] * 2
    client.post(f"{link}cancel/", {"reason": ""})
    assert [status for status, _when in stands(booked)] == ["cancelled", "booked"]


def test_by_her_link_all_of_it_moves(page: Any, booked: list[Appointment], salon: dict[str, Any]) -> None:
    client, link = page(), f"/a/{booked[1].link_token}/move/"
    assert chains(salon["cleaning"], salon["visit"]) == []  # the hours are full: nothing but what she has
    works_longer(booked)
    free = chains(salon["cleaning"], salon["visit"])
    shown = client.get(f"{link}?day={DAY}").content.decode()
    assert value(free[-1]) in shown
    answer = client.post(link, {"slot": value(free[-1])})
    assert answer.status_code == 302, answer.content.decode()
    assert "moved=1" in answer.url
    assert [when for _status, when in stands(booked)] == [slot.starts_at for slot in free[-1].slots]
    assert client.post(link, {"slot": "1-2-x"}).status_code == 422


def test_at_the_desk(page: Any, make: Any, booked: list[Appointment], salon: dict[str, Any]) -> None:
    desk = page("secretary")
    panel = desk.get(f"/desk/appointments/{booked[0].pk}/", headers=HTMX).content.decode()
    assert f"/desk/appointments/{booked[0].pk}/move-all/" in panel
    assert f"/desk/appointments/{booked[1].pk}/" in panel
    works_longer(booked)
    free = chains(salon["cleaning"], salon["visit"])
    move = f"/desk/appointments/{booked[0].pk}/move-all/"
    assert value(free[0]) in desk.get(f"{move}?day={DAY}", headers=HTMX).content.decode()
    assert desk.post(move, {"slot": value(free[0])}, headers=HTMX).status_code == 204
    now = Appointment.objects.filter(bundle=booked[0].bundle, status="booked").order_by("starts_at")
    assert [each.starts_at for each in now] == [slot.starts_at for slot in free[0].slots]
    assert desk.post(f"/desk/appointments/{now[0].pk}/undo/?of=booked&all=1", headers=HTMX).status_code == 204
    assert [when for _status, when in stands(booked)] == [at(DAY, 9), at(DAY, 9, 55)]
    back = now.all()[0]
    answer = desk.post(f"/desk/appointments/{back.pk}/cancel/?all=1", {"who": "clinic"}, headers=HTMX)
    assert answer.status_code == 204
    assert [status for status, _when in stands(booked)] == ["cancelled"] * 2
    assert desk.post(f"/desk/appointments/{back.pk}/undo/?of=cancelled&all=1", headers=HTMX).status_code == 204
    assert [status for status, _when in stands(booked)] == ["booked"] * 2


def test_by_the_api(api: Any, make: Any, booked: list[Appointment]) -> None:
    desk, one = api("secretary"), f"/api/v1/appointments/{booked[0].pk}/"
    works_longer(booked)
    moved = desk.post(f"{one}reschedule/", {"starts_at": at(DAY, 10).isoformat(), "together": True}, format="json")
    assert moved.status_code == 200, moved.content
    assert [when for _status, when in stands(booked)] == [at(DAY, 10), at(DAY, 10, 55)]
    other = f"/api/v1/appointments/{moved.json()['id']}/"
    told = desk.post(f"{other}cancel/", {"together": True, "by_patient": True}, format="json").json()
    assert (told["status"], told["cancelled_by_patient"]) == ("cancelled", True)
    assert [status for status, _when in stands(booked)] == ["cancelled"] * 2
