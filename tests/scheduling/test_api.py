"""The booking API as integrators use it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from clinic.patients.actions import add_family_member, own_patient_for
from clinic.patients.models import PatientAccess
from scheduling import actions
from scheduling.models import Appointment
from tests.scheduling.test_holds import soon

API = "/api/v1"


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


@pytest.fixture
def wanted(place: dict[str, Any]) -> dict[str, Any]:
    return {
        "service": place["service"].pk,
        "doctor": place["practitioner"].pk,
        "branch": place["branch"].pk,
        "starts_at": soon().isoformat(),
    }


def test_catalogue_is_public(make: Any, api: Any, place: dict[str, Any]) -> None:
    hidden = make.service(is_online=False)
    make.practitioner(hidden)
    services = api().get(f"{API}/services/").json()
    assert [row["id"] for row in services["results"]] == [place["service"].pk]
    assert hidden.pk in [row["id"] for row in api("secretary").get(f"{API}/services/").json()["results"]]
    doctors = api().get(f"{API}/doctors/?service={place['service'].pk}").json()["results"]
    assert [(row["id"], row["services"]) for row in doctors] == [(place["practitioner"].pk, [place["service"].pk])]


def test_slots(api: Any, place: dict[str, Any]) -> None:
    day = soon().date()
    rows = api().get(f"{API}/slots/?service={place['service'].pk}&from={day}&to={day}").json()
    assert len(rows) == 47  # 08:00 to 19:30 by quarters
    assert set(rows[0]) == {"doctor", "service", "branch", "starts_at", "ends_at"}
    assert rows[0]["starts_at"] == f"{day}T08:00:00+03:30"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "service"), ("service=x", "service"), ("service=999999", "service"),
        ("service=99999999999999999999", "service"),
        ("service=1&from=yesterday", "from"), ("service=1&from=2026-13-01", "from"), ("service=1&to=9999-12-31", "to"),
        ("service=1&to=2026-11-22T99:00:00", "to"), ("service=1&doctor=1;drop", "doctor"),
    ],
)  # fmt: skip
def test_slots_say_what_is_wrong(make: Any, api: Any, query: str, field: str) -> None:
    service = make.service()
    make.practitioner(service)
    response = api().get(f"{API}/slots/?{query.replace('service=1&', f'service={service.pk}&')}")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_from_hold_to_appointment(api: Any, make: Any, wanted: dict[str, Any]) -> None:
    held = api().post(f"{API}/holds/", wanted, format="json")
    assert held.status_code == 201
    assert set(held.json()) == {"id", "expires_at", "secret", "terms"}
    terms = held.json()["terms"]
    assert terms["text"]
    user, sent = make.user(), {"hold": held.json()["id"], "agreed": terms["mark"]}
    other = api(user).post(f"{API}/appointments/", {**sent, "agreed": "other words"}, format="json")
    assert other.status_code == 409
    booked = api(user).post(f"{API}/appointments/", sent, format="json")
    assert booked.status_code == 201, booked.json()
    body = booked.json()
    assert (body["id"], body["status"], body["source"]) == (held.json()["id"], "booked", "site")
    assert PatientAccess.objects.get(user=user).patient_id == body["patient"]


def test_a_time_is_booked_at_once(api: Any, make: Any, wanted: dict[str, Any]) -> None:
    client = api("patient")
    done = client.post(f"{API}/appointments/", wanted)
    assert done.status_code == 201, done.json()
    assert (done.json()["status"], done.json()["source"], done.json()["visit"]) == ("booked", "site", None)
    assert done.json() == client.get(f"{API}/appointments/{done.json()['id']}/").json()
    other = make.user("patient")
    lost = api(other).post(f"{API}/appointments/", wanted)
    assert lost.status_code == 409
    assert len(lost.json()["nearest"]) == 3
    assert not Appointment.objects.filter(booked_by=other).exists()
    for missing, field in (("service", "hold"), ("doctor", "doctor"), ("branch", "branch"), ("starts_at", "starts_at")):
        part = {name: value for name, value in wanted.items() if name != missing}
        refused = client.post(f"{API}/appointments/", part)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


def test_a_lost_race_names_other_times(api: Any, wanted: dict[str, Any]) -> None:
    assert api().post(f"{API}/holds/", wanted, format="json").status_code == 201
    second = api().post(f"{API}/holds/", wanted, format="json")
    assert second.status_code == 409
    assert len(second.json()["nearest"]) == 3
    assert second.json()["errors"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"service": 99999}, "service"), ({"doctor": "x"}, "doctor"), ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"), ({"starts_at": "9999-12-31T23:59:59Z"}, "starts_at"),
        ({"starts_at": None}, "starts_at"), ({"branch": 2**70}, "branch"), ({"service": [1]}, "service"),
        ({"minutes": 1, "price": 0, "starts_at": "2020-01-01T00:00:00Z"}, "starts_at"),
    ],
)  # fmt: skip
def test_bad_holds(api: Any, wanted: dict[str, Any], change: dict[str, Any], field: str) -> None:
    response = api().post(f"{API}/holds/", {**wanted, **change}, format="json")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_price_and_length_are_ours(api: Any, wanted: dict[str, Any], place: dict[str, Any]) -> None:
    held = api().post(f"{API}/holds/", {**wanted, "price": 1, "ends_at": soon(9).isoformat()}, format="json").json()
    row = Appointment.objects.get(pk=held["id"])
    assert row.price == place["service"].price
    assert row.ends_at - row.starts_at == dt.timedelta(minutes=30)


def test_too_many_holds(api: Any, wanted: dict[str, Any], settings: Any) -> None:
    settings.HOLDS_PER_MINUTE = 1
    api().post(f"{API}/holds/", wanted, format="json")
    second = api().post(f"{API}/holds/", {**wanted, "starts_at": soon(3).isoformat()}, format="json")
    assert second.status_code == 429
    assert int(second["Retry-After"]) > 0


def test_a_repeat_under_one_key_books_once(api: Any, make: Any, wanted: dict[str, Any]) -> None:
    client = api(make.user())
    held = client.post(f"{API}/holds/", wanted, format="json").json()
    answers = [
        client.post(f"{API}/appointments/", {"hold": held["id"]}, format="json", headers={"Idempotency-Key": "k1"})
        for _each in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_for_whom_one_may_book(api: Any, make: Any, wanted: dict[str, Any]) -> None:
    user = make.user()
    own_patient_for(user=user, first_name="Mina", last_name="Sharifi", by=user)
    child = add_family_member(user=user, first_name="Nika", last_name="Sharifi", by=user)
    client, stranger = api(user), make.patient()
    held = client.post(f"{API}/holds/", wanted, format="json").json()
    refused = client.post(f"{API}/appointments/", {"hold": held["id"], "patient": stranger.pk}, format="json")
    assert refused.status_code == 404
    booked = client.post(f"{API}/appointments/", {"hold": held["id"], "patient": child.pk}, format="json")
    assert booked.json()["patient"] == child.pk
    assert api().post(f"{API}/appointments/", {"hold": held["id"]}, format="json").status_code == 401


def test_strangers_see_nothing(api: Any, make: Any, place: dict[str, Any]) -> None:
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    other = api(make.user())
    assert other.get(f"{API}/appointments/").json()["count"] == 0
    assert other.get(f"{API}/appointments/{visit.pk}/").status_code == 404
    for step in ("confirm", "cancel", "undo"):
        assert other.post(f"{API}/appointments/{visit.pk}/{step}/").status_code == 404
    assert other.post(f"{API}/appointments/{visit.pk}/no-show/").status_code == 403
    assert api("doctor").post(f"{API}/appointments/{visit.pk}/cancel/").status_code == 404


def test_the_desk_of_one_branch(api: Any, make: Any, place: dict[str, Any]) -> None:
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    elsewhere = make.user("secretary", branch=make.branch(name="Shiraz"))
    assert api(elsewhere).get(f"{API}/appointments/{visit.pk}/").status_code == 404
    desk = api(make.user("secretary", branch=place["branch"]))
    day = visit.starts_at.date()
    assert desk.get(f"{API}/appointments/?day={day}&doctor={place['practitioner'].pk}").json()["count"] == 1
    assert desk.get(f"{API}/appointments/?day={day + dt.timedelta(days=1)}").json()["count"] == 0


def test_the_life_of_an_appointment(api: Any, make: Any, place: dict[str, Any]) -> None:
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    desk, at = api("secretary"), f"{API}/appointments/{visit.pk}"
    assert desk.post(f"{at}/confirm/").json()["confirmed_at"]
    assert desk.post(f"{at}/cancel/", {"reason": "flu"}, format="json").json()["status"] == "cancelled"
    assert desk.post(f"{at}/undo/").json()["status"] == "booked"
    assert desk.post(f"{at}/no-show/").status_code == 409
    moved = desk.post(f"{at}/reschedule/", {"starts_at": soon(5).isoformat()}, format="json").json()
    assert moved["id"] != visit.pk
    assert moved["status"] == "booked"
    assert desk.get(f"{at}/").json()["successor"] == moved["id"]
    back = desk.post(f"{API}/appointments/{moved['id']}/undo/").json()
    assert back["starts_at"] == desk.get(f"{at}/").json()["starts_at"]
    wrong = desk.post(f"{API}/appointments/{back['id']}/reschedule/", {"starts_at": "x"}, format="json")
    assert wrong.status_code == 400


def test_a_patient_cancels_and_takes_it_back(api: Any, make: Any, wanted: dict[str, Any]) -> None:
    client = api(make.user())
    held = client.post(f"{API}/holds/", wanted, format="json").json()
    at = f"{API}/appointments/{held['id']}"
    client.post(f"{API}/appointments/", {"hold": held["id"]}, format="json")
    gone = client.post(f"{at}/cancel/").json()
    assert (gone["status"], gone["cancelled_by_patient"]) == ("cancelled", True)
    assert client.post(f"{at}/undo/").json()["status"] == "booked"


def test_other_methods_are_refused(page: Any) -> None:
    client: Client = page()
    assert client.get(f"{API}/holds/").status_code in {401, 405}
    assert client.delete(f"{API}/slots/").status_code == 405
