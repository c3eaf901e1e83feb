"""Records and prescriptions for clients: who gets what, and what is refused."""

from typing import Any

import pytest

from clinic.patients.models import AccessLog, PatientAccess
from emr import actions
from emr.models import Encounter, MedicationRequest
from scheduling.models import Visit
from scheduling.statuses import VisitStatus
from tests.emr.make import Doctor

API = "/api/v1"
SECRET = "یادداشت محرمانه"


def test_a_doctor_lives_a_visit_through_the_api(doctor: Doctor, api: Any) -> None:
    client, visit = api(doctor.user), doctor.visit()
    opened = client.post(f"{API}/encounters/", {"visit": visit.pk}, format="json")
    assert opened.status_code == 201
    one = f"{API}/encounters/{opened.json()['id']}/"
    assert client.post(f"{API}/encounters/", {"visit": visit.pk}, format="json").json()["id"] == opened.json()["id"]
    saved = client.patch(one, {"version": 1, "note": "تب", "advice": "استراحت"}, format="json")
    assert saved.json()["version"] == 2
    assert client.post(f"{one}conditions/", {"code": "J00"}, format="json").status_code == 201
    line = {"encounter": opened.json()["id"], "name": "استامینوفن", "days": 3}
    assert client.post(f"{API}/prescriptions/", line, format="json").status_code == 201
    wish = client.post(f"{one}follow-up/", {"on": "2099-01-01", "service": doctor.service.pk}, format="json")
    assert wish.json()["follow_up_on"] == "2099-01-01"
    assert client.post(f"{one}finish/").json()["status"] == "signed"
    assert Visit.objects.get(pk=visit.pk).status == VisitStatus.FINISHED
    assert client.post(f"{one}addenda/", {"text": "افزوده"}, format="json").json()["addenda"][0]["text"] == "افزوده"
    listed = client.get(f"{API}/encounters/?patient={visit.patient_id}").json()["results"]
    assert [row["note"] for row in listed] == ["تب"]
    assert AccessLog.objects.filter(patient=visit.patient_id, what="api encounters").exists()


def test_a_stale_patch_gets_409_with_both_texts(doctor: Doctor, api: Any) -> None:
    record, client = doctor.record(), api(doctor.user)
    address = f"{API}/encounters/{record.pk}/"
    client.patch(address, {"version": 1, "note": "یکی"}, format="json")
    refused = client.patch(address, {"version": 1, "note": "دیگری"}, format="json")
    assert refused.status_code == 409
    assert (refused.json()["yours"], refused.json()["theirs"]) == ({"note": "دیگری"}, {"note": "یکی"})
    assert refused.json()["version"] == 2


def test_signing_locks_through_the_api_too(doctor: Doctor, api: Any) -> None:
    record, client = doctor.signed(), api(doctor.user)
    address, line = f"{API}/encounters/{record.pk}/", record.prescriptions.get()
    version = Encounter.objects.get(pk=record.pk).version
    assert client.patch(address, {"version": version, "note": "دیگر"}, format="json").status_code == 409
    assert client.post(f"{address}conditions/", {"title": "x"}, format="json").status_code == 409
    assert client.post(f"{address}follow-up/", {"on": "2099-01-01"}, format="json").status_code == 409
    new = {"encounter": record.pk, "name": "x"}
    assert client.post(f"{API}/prescriptions/", new, format="json").status_code == 409
    assert client.post(f"{API}/prescriptions/{line.pk}/cancel/").status_code == 409
    assert Encounter.objects.get(pk=record.pk).note == SECRET


def test_an_allergy_gets_409_until_a_reason_is_sent(doctor: Doctor, api: Any) -> None:
    record, client = doctor.record(), api(doctor.user)
    actions.add_allergy(patient=record.patient, substance="Penicillin", by=doctor.user)
    line = {"encounter": record.pk, "name": "Penicillin V"}
    refused = client.post(f"{API}/prescriptions/", line, format="json")
    assert refused.status_code == 409
    assert refused.json()["allergies"][0]["substance"] == "Penicillin"
    line["override_reason"] = "آزمون پوستی منفی"
    assert client.post(f"{API}/prescriptions/", line, format="json").status_code == 201


def test_a_patient_gets_her_own_signed_ones_without_the_notes(doctor: Doctor, api: Any) -> None:
    user, patient = doctor.make.user("patient"), doctor.make.patient()
    PatientAccess(user=user, patient=patient).save()
    signed, draft, foreign = doctor.signed(patient), doctor.record(patient), doctor.signed()
    struck = MedicationRequest(encounter=signed, patient=patient, name="خط‌خورده", is_cancelled=True)
    struck.save()
    client = api(user)
    rows = client.get(f"{API}/encounters/").json()["results"]
    assert [row["id"] for row in rows] == [signed.pk]
    hidden = {"note", "complaint", "conditions", "addenda", "version", "saved_at"}
    assert not hidden & set(rows[0])
    assert rows[0]["advice"] == "مایعات بنوشید"
    assert [line["name"] for line in rows[0]["prescriptions"]] == ["استامینوفن 500"]
    assert [row["name"] for row in client.get(f"{API}/prescriptions/").json()["results"]] == ["استامینوفن 500"]
    for record in (draft, foreign):
        assert client.get(f"{API}/encounters/{record.pk}/").status_code == 404
    assert client.get(f"{API}/prescriptions/{foreign.prescriptions.get().pk}/").status_code == 404
    for kind in ("encounters", "prescriptions"):
        assert client.get(f"{API}/{kind}/?patient={foreign.patient_id}").status_code == 404
    assert SECRET not in client.get(f"{API}/encounters/{signed.pk}/").content.decode()


@pytest.mark.parametrize("role", ["secretary", "cashier", "manager", "owner", "nurse", "patient"])
def test_no_other_role_writes_and_only_the_nurse_reads(doctor: Doctor, api: Any, role: str) -> None:
    record, open_one = doctor.signed(), doctor.record()
    client, line = api(role), record.prescriptions.get()
    writes = [
        ("post", "encounters/"),
        ("patch", f"encounters/{open_one.pk}/"),
        *[("post", f"encounters/{open_one.pk}/{end}/") for end in ("sign", "finish", "addenda", "conditions")],
        ("post", f"encounters/{open_one.pk}/follow-up/"),
        ("post", "prescriptions/"),
        ("post", f"prescriptions/{line.pk}/cancel/"),
    ]
    for method, address in writes:
        answer = getattr(client, method)(f"{API}/{address}", {"version": 1, "visit": 1}, format="json")
        assert answer.status_code == 403, address
    reads = [f"encounters/{record.pk}/", f"prescriptions/{line.pk}/", f"encounters/?patient={record.patient_id}"]
    for address in reads:
        answer = client.get(f"{API}/{address}")
        assert answer.status_code == (200 if role == "nurse" else 404), address
        assert (SECRET in answer.content.decode()) == (role == "nurse" and "encounters" in address)


def test_bad_input_is_told_in_words(doctor: Doctor, api: Any) -> None:
    client = api(doctor.user)
    for address in ("encounters/", "encounters/?patient=x", "prescriptions/"):
        assert client.get(f"{API}/{address}").status_code == 400
    assert client.get(f"{API}/encounters/?patient=999999999").status_code == 404
    for body in ({}, {"visit": 0}, {"visit": 10**30}, {"visit": "x"}):
        assert client.post(f"{API}/encounters/", body, format="json").status_code == 400
    assert client.post(f"{API}/encounters/", {"visit": 999999}, format="json").status_code == 404
    assert api().get(f"{API}/encounters/").status_code == 401
