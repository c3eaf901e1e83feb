"""Booking over a conflict: asked for at the field, seen on the board, in the panel and in the log."""

import datetime as dt
from typing import Any

import pytest

from scheduling import actions
from scheduling.models import Appointment, Occupancy
from tests.scheduling.test_holds import soon


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


@pytest.fixture
def booked(make: Any, place: dict[str, Any]) -> Appointment:
    return actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=make.user("secretary"))


def typed(place: dict[str, Any], patient: Any, at: dt.datetime, **more: str) -> dict[str, Any]:
    wall = at.astimezone(dt.timezone(dt.timedelta(hours=3, minutes=30)))
    return {
        "patient": patient.pk, "service": place["service"].pk, "practitioner": place["practitioner"].pk,
        "day": wall.date().isoformat(), "time": f"{wall:%H:%M}", "source": "phone", **more,
    }  # fmt: skip


def test_the_drawer_asks_why_when_the_time_is_taken(make: Any, page: Any, place: dict[str, Any], booked: Any) -> None:
    manager, patient = page("manager"), make.patient()
    assert 'name="override"' not in manager.get("/desk/book/").content.decode()  # nothing to book over yet
    refused = manager.post("/desk/book/", typed(place, patient, soon()))
    assert refused.status_code == 422
    html = refused.content.decode()
    assert 'name="override"' in html
    assert 'name="reason"' in html
    still = manager.post("/desk/book/", typed(place, patient, soon(), override="on"))
    assert still.context["form"].errors["reason"]
    assert 'name="override"' in still.content.decode()
    done = manager.post("/desk/book/", typed(place, patient, soon(), override="on", reason="درد شدید"), headers=HTMX)
    assert done.status_code == 204
    over = Appointment.objects.get(patient=patient)
    assert (over.override_reason, over.starts_at) == ("درد شدید", soon())


HTMX = {"HX-Request": "true"}


def test_a_secretary_is_not_asked(make: Any, page: Any, place: dict[str, Any], booked: Any) -> None:
    refused = page("secretary").post("/desk/book/", typed(place, make.patient(), soon()))
    assert refused.status_code == 422
    assert 'name="override"' not in refused.content.decode()
    forged = page("secretary").post(
        "/desk/book/", typed(place, make.patient(), soon(), override="on", reason="because")
    )
    assert forged.status_code == 422
    assert Appointment.objects.count() == 1


def test_a_card_dropped_on_a_taken_time_may_be_moved_all_the_same(
    make: Any, page: Any, place: dict[str, Any], booked: Appointment
) -> None:
    other = actions.book_direct(
        **place, patient=make.patient(), starts_at=soon() + dt.timedelta(hours=3), by=make.user("secretary")
    )
    wall = f"{soon().astimezone(dt.timezone(dt.timedelta(hours=3, minutes=30))):%Y-%m-%dT%H:%M}"
    drop = {"start": wall, "resource": place["practitioner"].pk}
    assert "url" not in page("secretary").post(f"/desk/appointments/{other.pk}/move/", drop).json()
    manager = page("manager")
    said = manager.post(f"/desk/appointments/{other.pk}/move/", drop)
    assert said.status_code == 409
    drawer = manager.get(said.json()["url"], headers=HTMX).content.decode()
    assert 'name="reason"' in drawer
    form = {"slot": f"{wall} {place['practitioner'].pk}", "override": "on"}
    assert manager.post(said.json()["url"], form, headers=HTMX).status_code == 422
    assert manager.post(said.json()["url"], {**form, "reason": "asked for"}, headers=HTMX).status_code == 204
    other.refresh_from_db()
    assert other.successor
    assert (other.successor.starts_at, other.successor.override_reason) == (soon(), "asked for")
    assert set(Occupancy.objects.filter(appointment=other.successor).values_list("is_override", flat=True)) == {True}


def test_it_is_seen_on_the_board_in_the_panel_and_in_the_log(
    make: Any, page: Any, place: dict[str, Any], booked: Appointment
) -> None:
    boss = make.user("manager", name="سارا رئیسی")
    over = actions.book_direct(
        **place, patient=make.patient(last_name="رویی"), starts_at=soon(), override=True, reason="اورژانس بود", by=boss
    )
    client = page(boss)
    day = over.starts_at.astimezone(dt.timezone(dt.timedelta(hours=3, minutes=30))).date()
    cards = client.get(f"/desk/cards/?day={day}").json()["events"]
    assert {card["id"]: "override" in card.get("marks", []) for card in cards} == {booked.pk: False, over.pk: True}
    panel = client.get(f"/desk/appointments/{over.pk}/", headers=HTMX).content.decode()
    assert "اورژانس بود" in panel
    assert "سارا رئیسی" in panel
    log = client.get("/desk/overrides/")
    assert [row.pk for row in log.context["rows"]] == [over.pk]
    assert [month.count for month in log.context["months"]] == [1, 0, 0, 0, 0, 0]
    assert "اورژانس بود" in log.content.decode()
    assert page("secretary").get("/desk/overrides/").status_code == 403
