"""Measurements, results, plans, scores, letters and files in what a patient takes home: all that is hers, no more."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from analytics import actions
from analytics.queries.paper import sections
from clinic.patients.models import Patient
from emr import actions as emr
from emr.models import File, ServiceRequest
from tests.emr.hostile_files import cheek
from tests.emr.make import Doctor
from tests.make import Make


@pytest.fixture
def doctor(make: Make) -> Doctor:
    """A doctor at work."""
    return Doctor(make)


def bundle_of(patient: Patient) -> dict[str, list[dict[str, Any]]]:
    """What the file holds, by kind; validated as a client would."""
    export = actions.ask_record(patient=patient, by=None)
    made = actions.make_record(export_id=export.pk, by=None)
    assert made
    text = bytes(made.bundle or b"").decode()
    Bundle.model_validate_json(text)
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in json.loads(text)["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    references = set(_references(found))
    assert references <= {f"{kind}/{row['id']}" for kind, rows in found.items() for row in rows}
    return found


def _references(value: Any) -> Any:
    if isinstance(value, dict):
        yield from ([value["reference"]] if isinstance(value.get("reference"), str) else [])
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def ordered(doctor: Doctor, patient: Patient, name: str, *values: str) -> ServiceRequest:
    """An order of two examinations, with what came back."""
    items = [
        emr.save_order_item(name=f"{name} {place}", unit="mg/dL", loinc="2345-7", low=Decimal(70), high=Decimal(100),
                            by=doctor.user)
        for place in range(2)
    ]  # fmt: skip
    [order] = emr.place_order(patient=patient, items=items, question=f"{name} secret?", by=doctor.user)
    if values:
        given = dict(zip(order.results.values_list("pk", flat=True), values, strict=True))
        emr.enter_results(order=order, values=given, conclusion=f"{name} report", by=doctor.user)
    return order


def test_pressures_are_one_observation_and_wrong_ones_none(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    values = {"systolic": Decimal(132), "diastolic": Decimal(84), "weight": Decimal("70.5")}
    emr.record_vitals(patient=patient, values=values, visit=doctor.visit(patient), by=doctor.user)
    [wrong] = emr.record_vitals(patient=patient, values={"pulse": Decimal(222)}, by=doctor.user)
    emr.withdraw_vital(vital=wrong, by=doctor.user)
    found = {row["code"]["coding"][0]["code"]: row for row in bundle_of(patient)["Observation"]}
    assert set(found) == {"85354-9", "29463-7"}
    assert [part["valueQuantity"]["value"] for part in found["85354-9"]["component"]] == [132, 84]
    assert found["85354-9"]["component"][0]["valueQuantity"]["code"] == "mm[Hg]"
    assert found["29463-7"]["valueQuantity"]["value"] == 70.5
    assert found["29463-7"]["encounter"]["reference"].startswith("Encounter/")


def test_results_are_hers_once_a_doctor_has_shown_them(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    shown, seen, back = (ordered(doctor, patient, name, "85", "130") for name in ("shown", "seen", "back"))
    ordered(doctor, patient, "asked")
    wrong = ordered(doctor, patient, "wrong")
    emr.move_order(order=wrong, to="entered_in_error", reason="x", by=doctor.user)
    emr.review_order(order=shown, release=True, by=doctor.user)
    emr.review_order(order=seen, release=False, by=doctor.user)
    found = bundle_of(patient)
    asked = {row["id"]: row["status"] for row in found["ServiceRequest"]}
    assert asked == {
        str(shown.pk): "completed", str(seen.pk): "completed", str(back.pk): "completed",
        str(max(int(pk) for pk in asked)): "active",
    }  # fmt: skip
    [report] = found["DiagnosticReport"]
    assert (report["conclusion"], len(report["result"])) == ("shown report", 2)
    assert report["basedOn"] == [{"reference": f"ServiceRequest/{shown.pk}"}]
    assert [row["interpretation"][0]["coding"][0]["code"] for row in found["Observation"]] == ["N", "H"]
    assert found["Observation"][1]["referenceRange"][0]["high"]["value"] == 100
    words = json.dumps(found, ensure_ascii=False)
    assert "shown secret?" in words
    for hidden in ("seen report", "seen secret?", "back report", "asked secret?", "wrong"):
        assert hidden not in words, hidden


def test_plans_with_their_progress_and_only_those_for_her(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    made = [
        emr.save_plan(patient=patient, title=title, for_patient=title != "ours", by=doctor.user)
        for title in ("hers", "ours", "draft")
    ]
    emr.plan_sessions(plan=made[0], service=doctor.service, count=4, every_days=7, by=doctor.user)
    goal = emr.add_goal(plan=made[0], text="walk", due_on=timezone.localdate() + dt.timedelta(days=9), by=doctor.user)
    emr.reach_goal(goal=goal, by=doctor.user)
    doctor.visit(patient, status="finished")
    for plan in made[:2]:
        emr.move_plan(plan=plan, to="active", by=doctor.user)
    emr.consent_to_plan(plan=made[0], by=doctor.user)
    found = bundle_of(patient)
    [plan] = found["CarePlan"]
    assert (plan["title"], plan["status"]) == ("hers", "active")
    detail = plan["activity"][0]["detail"]
    assert (detail["status"], detail["description"][-3:]) == ("in-progress", "1/4")
    assert found["Goal"][0]["lifecycleStatus"] == "completed"
    assert plan["supportingInfo"][0]["reference"] == f"Consent/{found['Consent'][0]['id']}"


def letters(doctor: Doctor, patient: Patient) -> None:
    """One for her, one not for her, one that was recalled, one that is still written."""
    template = emr.save_letter_template(name="t", title="{patient}", text="body", language="en", by=doctor.user)
    for title in ("for her", "for us", "recalled", "draft"):
        letter = emr.write_letter(patient=patient, template=template, by=doctor.user)
        emr.edit_letter(letter=letter, title=title, body=title, for_patient=title != "for us", by=doctor.user)
        if title != "draft":
            emr.issue_letter(letter=letter, by=doctor.user)
        if title == "recalled":
            emr.end_letter(letter=letter, reason="x", by=doctor.user)


def test_of_letters_and_files_only_what_is_released(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    letters(doctor, patient)
    for place, title in enumerate(("released", "kept", "removed", "taken back")):
        upload = SimpleUploadedFile("x", cheek(200 - 10 * place))
        file = emr.add_file(patient=patient, upload=upload, kind="photo", title=title, by=doctor.user)
        if title != "kept":
            emr.release_file(file=file, by=doctor.user)
        if title == "removed":
            emr.remove_file(file=file, by=doctor.user)
        if title == "taken back":
            emr.hold_back_file(file=file, by=doctor.user)
    assert File.objects.count() == 4
    documents = bundle_of(patient)["DocumentReference"]
    assert {row["id"].partition("-")[0] for row in documents} == {"letter", "file"}
    titles = [row.get("description") or row["content"][0]["attachment"]["title"] for row in documents]
    assert sorted(titles) == ["for her", "released"]


def test_background_and_scores_in_their_own_kinds(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    facts: list[dict[str, Any]] = [
        {"kind": "illness", "title": "asthma", "year": 2001},
        {"kind": "surgery", "title": "appendix", "year": 2010, "detail": "open"},
        {"kind": "family", "title": "diabetes", "relative": "mother"},
        {"kind": "vaccine", "title": "tetanus"},
        {"kind": "smoking", "title": "never"},
    ]
    for fact in facts:
        emr.add_background(patient=patient, by=doctor.user, **fact)
    measure = emr.save_outcome_measure(name="Pain", lowest=0, highest=10, by=doctor.user)
    emr.record_score(patient=patient, measure=measure, answers=[7], by=doctor.user)
    found = bundle_of(patient)
    assert found["Condition"][0]["onsetString"] == "2001"
    assert found["Procedure"][0]["performedString"] == "2010"
    assert found["FamilyMemberHistory"][0]["relationship"]["coding"][0]["code"] == "MTH"
    assert found["Immunization"][0]["vaccineCode"]["text"] == "tetanus"
    assert {row["code"]["text"] for row in found["Observation"]} >= {"Pain"}


def test_the_paper_has_the_same_parts(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    order = ordered(doctor, patient, "shown", "85", "130")
    emr.review_order(order=order, release=True, by=doctor.user)
    ordered(doctor, patient, "kept", "85", "130")
    emr.record_vitals(patient=patient, values={"pulse": Decimal(72)}, by=doctor.user)
    letters(doctor, patient)
    plan = emr.save_plan(patient=patient, title="our plan", by=doctor.user)
    emr.plan_sessions(plan=plan, service=doctor.service, count=4, by=doctor.user)
    emr.move_plan(plan=plan, to="active", by=doctor.user)
    emr.add_background(patient=patient, kind="illness", title="asthma", year=2001, by=doctor.user)
    words = "\n".join(line for _title, lines in sections(patient) for line in lines)
    for part in ("shown 1", "72", "for her", "our plan", "asthma"):
        assert part in words, part
    for part in ("kept", "for us", "recalled", "draft"):
        assert part not in words, part


def test_forms_before_the_visit_go_with_their_questions(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    content = [
        {"kind": "section", "label": {"en": "Health"}},
        {"kind": "several", "label": {"en": "Pain"}, "options": [{"en": "Knee"}, {"en": "Hip"}]},
        {"kind": "photo", "label": {"en": "Card"}},
        {"kind": "photo", "label": {"en": "Skin"}},
        {"kind": "date", "label": {"en": "Since"}},
        {"kind": "card", "field": "sex"},
        {"kind": "yes_no", "label": {"en": "Smoking"}},
    ]  # fmt: skip
    form = emr.save_intake_form(name="Before", content=content, by=None)
    intake = emr.send_intake(form=form, patient=patient, by=None)
    card, _skin = (
        emr.add_intake_photo(intake=intake, key=key, upload=SimpleUploadedFile("a.jpg", cheek(120)), by=None)
        for key in ("q3", "q4")
    )
    given = {"q2": ["0", "1"], "q5": "2026-02-03", "q6": "female", "q7": "no"}
    emr.fill_intake(intake=intake, given=given, signed_name="n", by=None)
    emr.send_intake(form=form, patient=patient, by=None)
    emr.release_file(file=card, by=doctor.user)
    found = bundle_of(patient)
    [asked], [answered] = found["Questionnaire"], found["QuestionnaireResponse"]
    assert [each["type"] for each in asked["item"]] == [
        "display", "choice", "attachment", "attachment", "date", "string", "boolean",
    ]  # fmt: skip
    assert answered["questionnaire"].startswith(asked["url"])
    values = {each["linkId"]: each.get("answer", []) for each in answered["item"]}
    assert [each["valueString"] for each in values["q2"]] == ["Knee", "Hip"]
    assert values["q3"] == [{"valueReference": {"reference": f"DocumentReference/file-{card.pk}"}}]
    assert values["q4"] == []
    assert values["q5"] == [{"valueDate": "2026-02-03"}]
    assert values["q7"] == [{"valueBoolean": False}]
