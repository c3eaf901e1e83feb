"""The pages of the waitlist: hers, by link and at home, and the desk's."""

import datetime as dt
from typing import Any

import pytest

from clinic.patients.models import PatientAccess
from clinic.patients.queries import own_patient
from messaging.models import Message
from scheduling.models import Appointment, WaitlistEntry
from tests.scheduling.waiting import Waiting, lapse, told


@pytest.fixture
def hall(make: Any) -> Waiting:
    return Waiting(make)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def family(make: Any, count: int = 1) -> tuple[Any, list[Any]]:
    """An account and the patients it acts for."""
    user = make.user("patient")
    patients = [make.patient() for _each in range(count)]
    for place, patient in enumerate(patients):
        PatientAccess(user=user, patient=patient, relation="child" if place else "self").save()
    return user, patients


def test_she_joins_in_two_taps_from_the_times(hall: Waiting, page: Any) -> None:
    user, (patient,) = family(hall.make)
    client = page(user)
    times = client.get(f"/book/{hall.service.pk}/?doctor={hall.doctor.pk}").content.decode()
    address = f"/book/{hall.service.pk}/wait/?doctor={hall.doctor.pk}"
    assert f'href="{address}"' in times
    assert client.get(address).status_code == 200
    answer = client.post(address, {"people": [patient.pk], "notice_minutes": "60"})
    entry = WaitlistEntry.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/w/{entry.link_token}/?new=1")
    assert (entry.patient, entry.service, entry.notice_minutes) == (patient, hall.service, 60)
    again = client.post(address, {"people": [patient.pk]})
    assert again["Location"] == f"/w/{entry.link_token}/?already=1"
    assert f"/w/{entry.link_token}/" in client.get("/my/waitlist/").content.decode()


def test_a_new_account_says_only_her_name(hall: Waiting, page: Any) -> None:
    client = page(hall.make.user("patient"))
    address = f"/book/{hall.service.pk}/wait/"
    assert client.post(address, {"name": ""}).status_code == 422
    client.post(address, {"name": "سارا محمدی"})
    assert WaitlistEntry.objects.get().patient == own_patient(client.user)


def test_a_family_waits_together(hall: Waiting, page: Any) -> None:
    user, (mother, child) = family(hall.make, 2)
    page(user).post(f"/book/{hall.service.pk}/wait/", {"people": [mother.pk, child.pk]})
    entry = WaitlistEntry.objects.get()
    assert (entry.patient, entry.party_size, list(entry.companions.all())) == (mother, 2, [child])
    stranger = hall.make.patient()
    assert page(user).post(f"/book/{hall.service.pk}/wait/", {"people": [stranger.pk]}).status_code == 422


def test_nobody_joins_unknown(hall: Waiting, page: Any) -> None:
    answer = page().get(f"/book/{hall.service.pk}/wait/")
    assert answer["Location"].startswith("/sign-in/?next=")


def test_an_earlier_time_by_the_link_of_the_visit(hall: Waiting, page: Any) -> None:
    visit = hall.booked(hall.at(5))
    client = page()
    assert f"/a/{visit.link_token}/earlier/" in client.get(f"/a/{visit.link_token}/").content.decode()
    client.post(f"/a/{visit.link_token}/earlier/", {"weekdays": ["0", "1"]})
    entry = WaitlistEntry.objects.get()
    assert (entry.instead_of, entry.patient, entry.weekdays) == (visit, visit.patient, [0, 1])


def test_her_page_changes_and_ends_what_she_waits_for(hall: Waiting, page: Any) -> None:
    entry = hall.joins()
    client, address = page(), f"/w/{entry.link_token}/"
    assert client.get(address).status_code == 200
    client.post(address, {"from_time": "09:00", "until_time": "12:00", "weekdays": ["2"]})
    assert (fresh(entry).from_time, fresh(entry).weekdays) == (dt.time(9), [2])
    wrong = client.post(address, {"from_time": "12:00", "until_time": "09:00"})
    assert wrong.status_code == 422
    client.post(f"{address}leave/")
    assert fresh(entry).status == "withdrawn"
    assert client.get(address).status_code == 200
    assert client.get("/w/unknown/").status_code == 404


def test_one_tap_takes_the_time(hall: Waiting, page: Any) -> None:
    entry = hall.joins()
    hall.frees()
    told(hall.time)
    client, address = page(), f"/o/{hall.offer.token}/"
    shown = client.get(address).content.decode()
    assert f'action="{address}accept/"' in shown
    assert fresh(hall.offer).status == "offered"  # looking does nothing
    assert hall.offer.token in Message.objects.get(kind="waitlist_offer").text
    answer = client.post(f"{address}accept/")
    assert answer["Location"] == f"/a/{fresh(entry).booked.link_token}/?new=1"
    assert client.post(f"{address}accept/")["Location"] == answer["Location"]
    assert client.get(address).status_code == 200


def test_who_is_too_late_sees_the_next_free_times(hall: Waiting, page: Any) -> None:
    hall.joins()
    hall.frees()
    lapse(hall.offer)
    client, address = page(), f"/o/{hall.offer.token}/"
    for answer in (client.get(address), client.post(f"{address}accept/")):
        text = answer.content.decode()
        assert 'name="slot"' in text
        assert f'action="/book/{hall.service.pk}/take/"' in text
    assert answer.status_code == 409
    assert not Appointment.objects.filter(status="booked").exists()


def test_not_this_one(hall: Waiting, page: Any) -> None:
    entry = hall.joins()
    hall.frees()
    client, address = page(), f"/o/{hall.offer.token}/"
    assert client.post(f"{address}decline/")["Location"] == address
    assert client.get(address).status_code == 200
    assert fresh(entry).status == "waiting"
    assert client.post(f"{address}accept/").status_code == 409
