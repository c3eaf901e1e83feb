"""Calendar feeds: valid, steady names, moves and cancellations, nothing of patients that the doctor did not choose."""

import datetime as dt
import secrets
from typing import Any

import pytest
from django.core.cache import cache
from icalendar import Calendar

from clinic.shared.errors import Forbidden
from scheduling import actions
from scheduling.models import Appointment, CalendarFeed
from tests.scheduling.test_holds import soon

SECRET = "a-secret-of-32-characters-or-more"


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    cache.clear()
    service = make.service()
    doctor = make.practitioner(service, user=make.user("doctor"))
    return {"service": service, "practitioner": doctor, "branch": make.branch()}


@pytest.fixture
def booked(make: Any, place: dict[str, Any]) -> Appointment:
    patient = make.patient(first_name="مینا", last_name="شریفی")
    return actions.book_direct(**place, patient=patient, starts_at=soon(), by=make.user("secretary"))


def read(client: Any, token: str = SECRET, **headers: str) -> Any:
    answer = client.get(f"/cal/{token}.ics", headers=headers)
    if answer.status_code == 200:
        answer.events = list(Calendar.from_ical(answer.content).walk("VEVENT"))
    return answer


def feed_of(place: dict[str, Any], names: str = "busy", token: str = SECRET) -> CalendarFeed:
    doctor = place["practitioner"]
    return actions.open_feed(token=token, practitioner=doctor, names=names, by=doctor.user)


def test_a_doctors_feed_says_busy_and_no_more(page: Any, place: dict[str, Any], booked: Appointment) -> None:
    feed_of(place)
    answer = read(page())
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = answer.events
    for word in ("مینا", "شریفی", booked.patient.phone, booked.link_token):  # type: ignore[union-attr]  # the rows of the test are there
        assert word not in answer.content.decode()
    assert event["STATUS"] == "CONFIRMED"
    assert event["DTSTART"].dt == booked.starts_at
    assert event["DTSTART"].params["TZID"] == "Asia/Tehran"
    calendar = Calendar.from_ical(answer.content)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Tehran"]
    assert calendar["VERSION"] == "2.0"
    assert not [line for line in answer.content.split(b"\r\n") if len(line) > 75]
    assert not calendar.errors


@pytest.mark.parametrize(("names", "shown"), [("initials", "م. ش."), ("full", "مینا شریفی")])
def test_the_doctor_chooses_what_her_calendar_knows(
    page: Any, place: dict[str, Any], booked: Appointment, names: str, shown: str
) -> None:
    feed_of(place, names)
    assert str(read(page()).events[0]["SUMMARY"]).startswith(shown)


def test_a_move_keeps_the_name_and_counts_up(page: Any, place: dict[str, Any], booked: Appointment) -> None:
    feed_of(place)
    before = read(page()).events[0]
    moved = actions.reschedule(appointment=booked, starts_at=soon() + dt.timedelta(hours=2), by=None)
    (after,) = read(page()).events
    assert (after["UID"], after["DTSTART"].dt) == (before["UID"], moved.starts_at)
    assert after["SEQUENCE"] > before["SEQUENCE"]
    again = actions.reschedule(appointment=moved, starts_at=soon(), by=None)
    (back,) = read(page()).events
    assert (back["UID"], back["DTSTART"].dt) == (before["UID"], booked.starts_at)
    assert back["SEQUENCE"] > after["SEQUENCE"]
    actions.cancel(appointment=again, by=None)
    (gone,) = read(page()).events
    assert (gone["UID"], gone["STATUS"]) == (before["UID"], "CANCELLED")
    assert gone["SEQUENCE"] > back["SEQUENCE"]
    actions.restore(appointment=again, by=None)
    (here,) = read(page()).events
    assert here["STATUS"] == "CONFIRMED"
    assert here["SEQUENCE"] > gone["SEQUENCE"]


def test_a_visit_moved_to_another_doctor_is_cancelled_in_the_first_feed(
    make: Any, page: Any, place: dict[str, Any], booked: Appointment
) -> None:
    other = make.practitioner(place["service"], user=make.user("doctor"))
    feed_of(place)
    feed_of({**place, "practitioner": other}, token="another-secret")
    actions.reschedule(appointment=booked, starts_at=booked.starts_at, practitioner=other, by=None)
    assert [event["STATUS"] for event in read(page()).events] == ["CANCELLED"]
    assert [event["STATUS"] for event in read(page(), "another-secret").events] == ["CONFIRMED"]


def test_what_has_not_changed_is_not_sent_again(page: Any, place: dict[str, Any], booked: Appointment) -> None:
    feed_of(place)
    client = page()
    first = read(client)
    same = client.get(f"/cal/{SECRET}.ics", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert read(client).content == first.content  # the same bytes for the same diary
    actions.cancel(appointment=booked, by=None)
    changed = client.get(f"/cal/{SECRET}.ics", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_renewing_and_ending(make: Any, page: Any, place: dict[str, Any], booked: Appointment) -> None:
    feed_of(place)
    fresh = feed_of(place, token="the-new-one")
    assert read(page()).status_code == 404
    assert read(page(), "the-new-one").status_code == 200
    with pytest.raises(Forbidden):
        actions.revoke_feed(feed=fresh, by=make.user("doctor"))
    actions.revoke_feed(feed=fresh, by=make.user("manager"))
    assert read(page(), "the-new-one").status_code == 404
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 0
    assert SECRET not in str(list(CalendarFeed.objects.values_list()))


def test_a_program_that_asks_too_often_waits(page: Any, place: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.views.feeds.PER_HOUR", 2)
    token = secrets.token_urlsafe(24)  # counted by the secret, and other tests read theirs at the same time
    feed_of(place, token=token)
    client = page()
    assert [read(client, token).status_code for _n in range(3)] == [200, 200, 429]


def test_the_page_of_a_patient_and_of_a_doctor(
    make: Any, page: Any, place: dict[str, Any], booked: Appointment
) -> None:
    client = page("patient")
    assert "cal/" not in client.get("/my/calendar/").content.decode()
    made = client.post("/my/calendar/", {"of": "mine"})
    link = made.context["link"]
    assert link in made.content.decode()
    assert link not in client.get("/my/calendar/").content.decode()  # told once
    assert client.get(link.partition("localhost")[2].partition("/")[2].join(["/", ""])).status_code == 200
    client.post("/my/calendar/", {"of": "diary"})  # no doctor: her own again
    assert CalendarFeed.objects.filter(practitioner__isnull=False).count() == 0
    doctor = page(place["practitioner"].user)
    made = doctor.post("/my/calendar/", {"of": "diary", "names": "initials"})
    assert made.context["made"].names == "initials"
    doctor.post("/my/calendar/revoke/", {"of": "diary"})
    assert CalendarFeed.objects.filter(practitioner__isnull=False, revoked_at=None).count() == 0


def test_a_patient_reads_her_own_visits_only(make: Any, page: Any, place: dict[str, Any], booked: Appointment) -> None:
    from clinic.patients.models import PatientAccess

    user = make.user("patient")
    PatientAccess(user=user, patient=booked.patient).save()
    actions.book_direct(
        **place, patient=make.patient(), starts_at=soon() + dt.timedelta(hours=1), by=make.user("secretary")
    )
    actions.open_feed(token=SECRET, by=user)
    (event,) = read(page()).events
    assert f"/a/{booked.link_token}/" in str(event["URL"])
    assert [str(alarm["TRIGGER"].dt) for alarm in event.walk("VALARM")] == ["-1 day, 22:00:00"]
