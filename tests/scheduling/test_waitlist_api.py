"""The waitlist over the API: hers and the desk's."""

from typing import Any

from clinic.patients.models import PatientAccess
from scheduling.models import WaitlistEntry
from tests.scheduling.waiting import Waiting


def test_her_own_entries_and_offers(make: Any, api: Any) -> None:
    hall = Waiting(make)
    user, patient = make.user("patient"), make.patient()
    PatientAccess(user=user, patient=patient).save()
    client, stranger = api(user), api("patient")
    sent = {"patient": patient.pk, "service": hall.service.pk, "doctor": hall.doctor.pk}
    assert stranger.post("/api/v1/waitlist/", sent, format="json").status_code == 404
    made = client.post("/api/v1/waitlist/", sent, format="json")
    assert (made.status_code, made.json()["status"]) == (201, "waiting")
    assert client.post("/api/v1/waitlist/", sent, format="json").status_code == 409
    assert stranger.get("/api/v1/waitlist/").json()["results"] == []
    hall.frees()
    offer = client.get("/api/v1/waitlist/offers/").json()["results"][0]
    assert stranger.post(f"/api/v1/waitlist/offers/{offer['id']}/accept/").status_code == 404
    assert client.post(f"/api/v1/waitlist/offers/{offer['id']}/accept/").json()["status"] == "accepted"
    assert client.post(f"/api/v1/waitlist/offers/{offer['id']}/decline/").status_code == 409


def test_the_desk_ends_an_entry(make: Any, api: Any) -> None:
    hall = Waiting(make)
    entry = hall.joins()
    client = api("secretary")
    assert [row["id"] for row in client.get("/api/v1/waitlist/").json()["results"]] == [entry.pk]
    assert client.post(f"/api/v1/waitlist/{entry.pk}/withdraw/").json()["status"] == "withdrawn"
    assert WaitlistEntry.objects.get().status == "withdrawn"
