"""Background, scores, letters, plans and the clinic's lists for clients: who gets what, and what is refused."""

from typing import Any

from clinic.patients.models import AccessLog, PatientAccess
from emr import actions
from emr.models import BackgroundEntry, CarePlan, Medication, PrescriptionSet
from tests.emr.make import Doctor

API = "/api/v1"


def listed(client: Any, address: str) -> list[dict[str, Any]]:
    """What a list answers."""
    answer = client.get(f"{API}/{address}")
    assert answer.status_code == 200, answer.json()
    return list(answer.json()["results"])


def test_background_and_scores_are_written_read_and_taken_back(doctor: Doctor, api: Any) -> None:
    patient, client = doctor.make.patient(), api(doctor.user)
    fact = {"patient": patient.pk, "kind": "family", "title": "دیابت", "relative": "mother"}
    made = client.post(f"{API}/background/", fact, format="json")
    assert made.status_code == 201
    assert client.post(f"{API}/background/", {**fact, "relative": ""}, format="json").status_code == 400
    assert [row["title"] for row in listed(client, f"background/?patient={patient.pk}")] == ["دیابت"]
    assert client.get(f"{API}/background/").status_code == 400
    assert client.delete(f"{API}/background/{made.json()['id']}/").status_code == 204
    assert listed(client, f"background/?patient={patient.pk}") == []
    assert BackgroundEntry.objects.get().entered_in_error
    answer = client.post(f"{API}/outcome-measures/", {"name": "درد شانه", "better": "lower"}, format="json")
    assert answer.status_code == 201, answer.json()
    measure = answer.json()
    score = {"patient": patient.pk, "measure": measure["id"], "answers": [7]}
    assert client.post(f"{API}/scores/", score, format="json").json()["score"] == "7.00"
    assert client.post(f"{API}/scores/", {**score, "answers": [11]}, format="json").status_code == 400
    [row] = listed(client, f"scores/?patient={patient.pk}")
    assert (row["measure_name"], row["answers"]) == ("درد شانه", [7])
    assert client.delete(f"{API}/scores/{row['id']}/").status_code == 204
    assert AccessLog.objects.filter(patient=patient, what="api scores").exists()
    desk = api(doctor.make.user("secretary"))
    for address in ("background", "scores", "letters", "plans"):
        assert desk.get(f"{API}/{address}/?patient={patient.pk}").status_code in {403, 404}


def test_a_letter_is_begun_written_and_issued(doctor: Doctor, api: Any) -> None:
    patient, client = doctor.make.patient(), api(doctor.user)
    text = {
        "kind": "letter",
        "name": "نامه",
        "language": "fa",
        "title": "برای {to}",
        "text": "{patient}",
        "paper": "a5",
    }
    template = client.post(f"{API}/letter-templates/", text, format="json").json()
    wrong = {**text, "name": "دیگر", "text": "{nobody}"}
    assert client.post(f"{API}/letter-templates/", wrong, format="json").status_code == 400
    new = {"patient": patient.pk, "template": template["id"], "addressee": "همکار"}
    letter = client.post(f"{API}/letters/", new, format="json").json()
    assert (letter["title"], letter["body"]) == ("برای همکار", patient.full_name)
    one = f"{API}/letters/{letter['id']}/"
    words = {"title": "عنوان", "body": "متن", "for_patient": True}
    assert client.put(one, words, format="json").json()["body"] == "متن"
    assert client.post(f"{one}issue/").json()["number"].endswith("/1")
    assert client.put(one, words, format="json").status_code == 409
    own = doctor.make.user("patient")
    PatientAccess(user=own, patient=patient).save()
    mine = api(own)
    assert [row["body"] for row in listed(mine, "letters/")] == ["متن"]
    assert mine.get(one).json()["status"] == "issued"
    assert mine.post(f"{one}end/", {"reason": "x"}, format="json").status_code == 403
    assert listed(api(doctor.make.user("patient")), "letters/") == []
    assert client.post(f"{one}end/", {}, format="json").status_code == 400
    assert client.post(f"{one}end/", {"reason": "اشتباه"}, format="json").status_code == 204
    assert mine.get(one).status_code == 404


def test_a_plan_lives_and_the_patient_agrees(doctor: Doctor, api: Any) -> None:
    patient, client = doctor.make.patient(), api(doctor.user)
    plan = client.post(f"{API}/plans/", {"patient": patient.pk, "title": "فیزیوتراپی"}, format="json").json()
    one = f"{API}/plans/{plan['id']}/"
    client.post(f"{one}goals/", {"text": "راه رفتن"}, format="json")
    wish = {"service": doctor.service.pk, "count": 4, "every_days": 7}
    shown = client.post(f"{one}sessions/", wish, format="json").json()
    assert [(each["count"], each["done"]) for each in shown["sessions"]] == [(4, 0)]
    backwards = {"title": "زانو", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    assert client.put(one, backwards, format="json").status_code == 400
    own = doctor.make.user("patient")
    PatientAccess(user=own, patient=patient).save()
    mine = api(own)
    assert listed(mine, "plans/") == []
    assert client.post(f"{one}move/", {"to": "active"}, format="json").json()["status"] == "active"
    doctor.visit(patient, status="finished")
    [row] = listed(mine, f"plans/?patient={patient.pk}")
    assert (row["sessions"][0]["done"], row["agreed"]) == (1, False)
    assert mine.post(f"{one}agree/").json()["agreed"]
    assert client.get(one).json()["agreed"]
    assert mine.post(f"{one}move/", {"to": "stopped", "reason": "x"}, format="json").status_code == 403
    assert client.post(f"{one}move/", {"to": "stopped"}, format="json").status_code == 400
    client.post(f"{one}move/", {"to": "completed"}, format="json")
    assert client.post(f"{one}goals/", {"text": "x"}, format="json").status_code == 409
    assert mine.post(f"{one}agree/").status_code == 404
    assert CarePlan.objects.get().consent


def test_the_lists_are_kept_by_who_keeps_them(doctor: Doctor, api: Any) -> None:
    client, nurse = api(doctor.user), api(doctor.make.user("nurse"))
    drug = client.post(f"{API}/medications/", {"name": "سفالکسین", "atc": "j01db01"}, format="json").json()
    assert drug["atc"] == "J01DB01"
    assert client.post(f"{API}/medications/", {"name": "x", "atc": "1234"}, format="json").status_code == 400
    assert client.post(f"{API}/medications/", {"name": "سفالکسین"}, format="json").status_code == 400
    changed = client.patch(f"{API}/medications/{drug['id']}/", {"strength": "500 mg"}, format="json").json()
    assert (changed["name"], changed["strength"]) == ("سفالکسین", "500 mg")
    assert [row["id"] for row in listed(nurse, "medications/?q=J01DB")] == [drug["id"]]
    assert nurse.patch(f"{API}/medications/{drug['id']}/", {"strength": ""}, format="json").status_code == 403
    pair = {"first": "وارفارین", "second": "آسپرین", "severity": "major", "effect": "خونریزی"}
    assert client.post(f"{API}/interactions/", pair, format="json").status_code == 201
    assert client.post(f"{API}/interactions/", pair, format="json").status_code == 400
    sugar = {"kind": "lab", "name": "قند", "unit": "mg/dL", "low": "70", "high": "99"}
    item = client.post(f"{API}/examinations/", sugar, format="json").json()
    panel = client.post(f"{API}/examinations/", {"kind": "lab", "name": "پنل", "panel": [item["id"]]}, format="json")
    assert panel.json()["panel"] == [item["id"]]
    upside_down = client.patch(f"{API}/examinations/{item['id']}/", {"low": "200"}, format="json")
    assert upside_down.status_code == 400
    assert Medication.objects.get().name == "سفالکسین"


def test_a_set_is_kept_used_and_dropped(doctor: Doctor, api: Any) -> None:
    client, record = api(doctor.user), doctor.record()
    actions.prescribe(encounter=record, name="ستیریزین", dose="شب", by=doctor.user)
    made = client.post(f"{API}/prescription-sets/", {"encounter": record.pk, "name": "آلرژی"}, format="json")
    assert made.status_code == 201
    assert [line["name"] for line in made.json()["lines"]] == ["ستیریزین"]
    one, other = f"{API}/prescription-sets/{made.json()['id']}/", doctor.record()
    used = client.post(f"{one}use/", {"encounter": other.pk}, format="json").json()
    assert [line["name"] for line in used["prescriptions"]] == ["ستیریزین"]
    assert api(doctor.make.user("doctor")).get(one).status_code == 404
    assert client.delete(one).status_code == 204
    assert listed(client, "prescription-sets/") == []
    assert not PrescriptionSet.objects.get().is_active
