"""The pages of the waitlist: hers, by link and at home, and the desk's."""

import datetime as dt
from typing import Any

import pytest

from clinic.patients.models import PatientAccess
from clinic.patients.queries import own_patient
from messaging.models import Message
from scheduling import actions
from scheduling.models import Appointment, WaitlistEntry
from scheduling.queries.policy import booking_rules
from scheduling.queries.waitlist import count_of, month_of
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


def test_the_desk_puts_a_patient_on_the_list_in_one_form(hall: Waiting, page: Any) -> None:
    client, patient = page("secretary"), hall.make.patient()
    sent = {"patient": patient.pk, "service": hall.service.pk, "notice_minutes": 60, "priority": 1}
    assert client.get("/desk/waitlist/new/").status_code == 200
    assert client.post("/desk/waitlist/new/", sent).status_code == 204
    entry = WaitlistEntry.objects.get()
    assert (entry.patient, entry.priority, entry.branch) == (patient, 1, hall.branch)
    assert f"/desk/waitlist/{entry.pk}/" in client.get("/desk/waitlist/").content.decode()
    assert client.post("/desk/waitlist/new/", sent).status_code == 422
    changed = {"notice_minutes": 30, "priority": 0, "note": "n"}
    assert client.post(f"/desk/waitlist/{entry.pk}/", changed).status_code == 204
    assert (fresh(entry).priority, fresh(entry).note) == (0, "n")
    assert client.post(f"/desk/waitlist/{entry.pk}/end/").status_code == 204
    assert fresh(entry).status == "withdrawn"


def test_who_fits_an_empty_place(hall: Waiting, page: Any) -> None:
    fits, other = hall.joins(), hall.joins(from_time=dt.time(18))
    client = page("secretary")
    place = f"/desk/waitlist/fits/?branch={hall.branch.pk}&resource={hall.doctor.pk}&start={hall.at():%Y-%m-%dT%H:%M}"
    shown = client.get(place).content.decode()
    assert f'value="{fits.pk}"' in shown
    assert f'value="{other.pk}"' not in shown
    assert client.post(place, {"entry": other.pk, "do": "offer"}).status_code == 409
    assert client.post(place, {"entry": fits.pk, "do": "offer"}).status_code == 204
    assert (hall.offer.entry, hall.offer.hold.starts_at) == (fits, hall.at())
    assert client.post(f"/desk/waitlist/times/{hall.time.pk}/stop/").status_code == 204
    assert fresh(hall.offer).status in {"lost", "withdrawn"}
    assert client.post(place, {"entry": fits.pk, "do": "book"}).status_code == 204
    assert fresh(fits).booked.starts_at == hall.at()
    assert client.get("/desk/waitlist/fits/").status_code == 404


def test_refilled_seats_are_counted_and_shown(hall: Waiting, page: Any) -> None:
    hall.joins()
    hall.frees()
    hall.frees(hall.at(3))
    actions.accept_offer(offer=hall.offer.time.offers.get(), by=None)
    count = count_of(hall.branch, *month_of(hall.branch))
    assert (count.freed, count.refilled) == (2, 1)
    shown = page("secretary").get(f"/desk/waitlist/?branch={hall.branch.pk}&tab=refilled").content.decode()
    assert "filled-" in shown
    assert "tab=refilled" in page("owner").get("/mastermind/").content.decode()


def test_the_rules_are_set_up(hall: Waiting, page: Any) -> None:
    client = page("owner")
    sent = {
        "waitlist_on": "on", "waitlist_mode": "several", "waitlist_at_once": "4", "waitlist_minutes": "۴۵",
        "waitlist_stop_minutes": "60", "waitlist_days": "30",
    }  # fmt: skip
    assert client.post("/set-up/waitlist/", sent).status_code == 302
    assert (booking_rules().waitlist_mode, booking_rules().waitlist_minutes) == ("several", 45)
    assert client.post("/set-up/waitlist/", {**sent, "waitlist_minutes": "1"}).status_code == 422
