"""The whole record: FHIR that validates, a paper that reads, given only to who may have it."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from analytics import actions
from analytics.queries.paper import sections
from analytics.tasks import sweep_records
from clinic.accounts.roles import Role
from clinic.patients import actions as people
from clinic.patients.models import AccessLog, Patient, RecordExport
from clinic.shared.speaking import speaking
from emr import actions as emr
from emr.models import Encounter
from messaging.models import Message
from tests.emr.make import Doctor
from tests.finance import make as money
from tests.make import Make

Page = Callable[..., Any]


@pytest.fixture
def patient(make: Make) -> Patient:
    """Somebody with something of everything."""
    doctor = Doctor(make)
    row = people.register(
        first_name="مینا", last_name="شریفی", phone="09121112233", national_code="0012345679", sex="female",
        birth_date=dt.date(1990, 3, 4), email="m@example.com", address="تهران", language="fa", insurer="تأمین اجتماعی",
        insurance_number="12345", by=None,
    )  # fmt: skip
    doctor.signed(row, days_ago=2)
    doctor.record(row)
    emr.add_allergy(patient=row, substance="پنی‌سیلین", reaction="کهیر", severity="severe", by=doctor.user)
    people.give_consent(patient=row, kind="record", by=None)
    people.save_related(patient=row, name="رضا", phone="09121110000", kin="father", by=None)
    money.pay(money.bill(500_000, patient=row), 200_000)
    money.appointment(patient=row)
    return row


def ready(patient: Patient, by: Any = None) -> RecordExport:
    """Asked for and made."""
    export = actions.ask_record(patient=patient, by=by)
    made = actions.make_record(export_id=export.pk, by=None)
    assert made
    return made


def test_the_bundle_validates_and_has_everything(patient: Patient) -> None:
    text = bytes(ready(patient).bundle or b"").decode()
    bundle = Bundle.model_validate_json(text)
    kinds = [each.resource.get_resource_type() for each in bundle.entry]
    assert {
        "Patient", "Encounter", "Condition", "AllergyIntolerance", "MedicationRequest", "DocumentReference", "Consent",
        "Appointment", "Invoice", "Organization", "Practitioner", "RelatedPerson",
    } <= set(kinds)  # fmt: skip
    assert kinds.count("Patient") == 1
    known = {f"{each.resource.get_resource_type()}/{each.resource.id}" for each in bundle.entry}
    assert set(_references(json.loads(text))) <= known
    notes = [each.resource for each in bundle.entry if each.resource.get_resource_type() == "DocumentReference"]
    assert "یادداشت محرمانه" in notes[0].content[0].attachment.data.decode()


def _references(value: Any) -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "reference":
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_private_notes_and_drafts_are_not_handed_over(patient: Patient) -> None:
    signed = Encounter.objects.get(patient=patient, status="signed")
    signed.privacy = "named"
    signed.save()
    kinds = [each["resource"]["resourceType"] for each in json.loads(bytes(ready(patient).bundle or b""))["entry"]]
    assert "DocumentReference" not in kinds


def test_what_stood_on_a_merged_card_comes_along(patient: Patient, make: Make) -> None:
    survivor = make.patient()
    people.merge_patients(source=patient, target=survivor, by=None)
    text = bytes(ready(survivor).bundle or b"").decode()
    assert "J00" in text
    assert {each for each in _references(json.loads(text)) if each.startswith("Patient/")} == {f"Patient/{survivor.pk}"}


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_paper_speaks_the_patients_language(patient: Patient, language: str) -> None:
    patient.language = language
    patient.save()
    paper = bytes(ready(patient).paper or b"")
    assert paper.startswith(b"%PDF-")
    assert len(paper) > 5000
    with speaking(language):
        titles = {title for title, lines in sections(patient) if lines}
    assert len(titles) == 8
    assert ("Allergies" in titles) == (language == "en")


def test_the_patient_takes_it_and_nobody_else(patient: Patient, make: Make, page: Page) -> None:
    user = make.user("patient", phone=patient.phone)
    people.link_account(patient=patient, phone=user.phone, relation="self", by=None)
    mine = page(user)
    answer = mine.post("/my/record/", {"patient": patient.pk})
    export = RecordExport.objects.get()
    assert answer["Location"] == f"/my/record/{export.token}/"
    assert mine.get(f"/my/record/{export.token}/fhir/").status_code == 404
    sweep_records()
    assert export.token in Message.objects.get(kind="record_ready").text
    got = mine.get(f"/my/record/{export.token}/fhir/")
    assert got["Content-Type"] == "application/fhir+json"
    assert mine.get(f"/my/record/{export.token}/pdf/").content.startswith(b"%PDF-")
    assert AccessLog.objects.filter(patient=patient, what="export", user=user).exists()
    stranger = page(make.user("patient"))
    assert stranger.get(f"/my/record/{export.token}/fhir/").status_code == 404
    assert stranger.post("/my/record/", {"patient": patient.pk}).status_code == 404


def test_a_manager_has_it_made_but_does_not_read_it(patient: Patient, page: Page) -> None:
    manager, doctor, desk = page(Role.MANAGER), page(Role.DOCTOR), page(Role.SECRETARY)
    assert manager.post(f"/records/for-patient/{patient.pk}/").status_code == 200
    sweep_records()
    export = RecordExport.objects.get()
    assert manager.get(f"/records/{export.pk}/fhir/").status_code == 403
    assert desk.post(f"/records/for-patient/{patient.pk}/").status_code == 403
    assert doctor.get(f"/records/{export.pk}/pdf/").status_code == 200
    assert doctor.get(f"/records/{export.pk}/exe/").status_code == 404


def test_after_a_day_it_is_gone(patient: Patient) -> None:
    export = ready(patient)
    assert actions.ask_record(patient=patient, by=None) == export
    export.expires_at = timezone.now() - dt.timedelta(seconds=1)
    export.save()
    sweep_records()
    export.refresh_from_db()
    assert export.bundle is None
    assert export.paper is None
    assert actions.ask_record(patient=patient, by=None) != export
