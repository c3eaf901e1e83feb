"""The doctor's pages: who comes in, what is drawn, what is refused."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import escape

from clinic.patients.models import AccessLog, PatientAccess
from emr import actions
from emr.models import Encounter
from emr.urls import _pages
from scheduling.models import Visit
from scheduling.statuses import VisitStatus
from tests.emr.make import Doctor

SECRET = "یادداشت محرمانه"
HX = {"HX-Request": "true"}


def _addresses(record: Encounter) -> dict[str, str]:
    """Every address of the record, with ids of this one."""
    v, r, p = record.visit_id, record.pk, record.patient_id
    below = [
        "note/",
        "settle/",
        "copy-last/",
        "follow-up/",
        "finish/",
        "addenda/",
        "diagnoses/",
        "allergies/",
        "lines/",
    ]
    below += [f"diagnoses/1/{to}/" for to in ("remove", "keep", "end")] + ["allergies/1/end/", "lines/1/cancel/"]
    return {
        **{f"/doctor/record/{r}/{end}": "POST" for end in below},
        **{f"/doctor/visit/{v}/{end}": "GET" for end in ("", "bar/", "next/")},
        f"/doctor/visit/{v}/begin/": "POST",
        "/doctor/": "GET",
        "/doctor/icd/?q=J00": "GET",
        "/doctor/drug-options/?q=a": "GET",
        "/doctor/drugs/": "GET",
        f"/doctor/patients/{p}/": "GET",
        f"/emr/for-patient/{p}/": "GET",
        f"/prescriptions/{r}/print/": "GET",
    }


@pytest.mark.parametrize("role", ["secretary", "cashier", "manager", "owner", "patient"])
@pytest.mark.parametrize("headers", [{}, HX])
def test_no_other_role_sees_a_clinical_word(doctor: Doctor, page: Any, role: str, headers: dict[str, str]) -> None:
    record = doctor.signed()
    client = page(role)
    for address, method in _addresses(record).items():
        answer = client.generic(method, address, headers=headers)
        assert answer.status_code in {403, 404}, f"{role} {method} {address}: {answer.status_code}"
        assert SECRET not in answer.content.decode()
    assert client.get(f"/my/prescriptions/{record.pk}/print/").status_code == 404
    assert SECRET not in client.get("/my/prescriptions/").content.decode()


def test_every_address_declares_who_comes_in() -> None:
    def walk(patterns: Any) -> Any:
        for pattern in patterns:
            yield from walk(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]

    assert all(hasattr(pattern.callback, "guard") for pattern in walk(_pages))


def test_a_nurse_reads_and_does_not_write(doctor: Doctor, page: Any) -> None:
    record, nurse = doctor.signed(), page("nurse")
    answer = nurse.get(f"/doctor/visit/{record.visit_id}/")
    assert answer.status_code == 200
    assert SECRET in answer.content.decode()
    assert "data-autosave " not in answer.content.decode()
    fresh = doctor.visit()
    assert nurse.get(f"/doctor/visit/{fresh.pk}/").status_code == 200
    assert not Encounter.objects.filter(visit=fresh).exists()
    assert nurse.post(f"/doctor/record/{record.pk}/addenda/", {"text": "x"}).status_code == 403


def test_opening_a_visit_begins_its_record_and_notes_the_reading(doctor: Doctor, page: Any) -> None:
    visit, client = doctor.visit(), page(doctor.user)
    for _again in range(2):
        assert client.get(f"/doctor/visit/{visit.pk}/").status_code == 200
    assert Encounter.objects.filter(visit=visit).count() == 1
    assert AccessLog.objects.filter(patient=visit.patient, user=doctor.user, what="record").count() == 2


def test_an_old_visit_without_a_record_gets_one_only_when_asked(doctor: Doctor, page: Any) -> None:
    visit, client = doctor.visit(days_ago=3, status=VisitStatus.FINISHED), page(doctor.user)
    client.get(f"/doctor/visit/{visit.pk}/")
    assert not Encounter.objects.filter(visit=visit).exists()
    assert client.post(f"/doctor/visit/{visit.pk}/begin/").status_code == 302
    assert Encounter.objects.filter(visit=visit).exists()


def test_the_note_saves_itself_and_a_stale_one_brings_both_texts(doctor: Doctor, page: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    saved = client.post(f"/doctor/record/{record.pk}/note/", {"version": 1, "page": "a", "note": "تب"})
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    stale = client.post(f"/doctor/record/{record.pk}/note/", {"version": 1, "page": "b", "note": "<b>لرز"})
    assert stale.status_code == 409
    body = stale.json()
    assert (body["yours"]["note"], body["theirs"]["note"]) == ("<b>لرز", "تب")
    assert escape("<b>لرز") in body["html"]
    assert "<b>لرز" not in body["html"].replace("<b>Yours", "")
    settled = client.post(
        f"/doctor/record/{record.pk}/settle/", {"version": body["version"], "note": "تب\n\nلرز"}, headers=HX
    )
    assert settled.status_code == 200
    assert "data-autosave-fresh" in settled.content.decode()
    assert Encounter.objects.get(pk=record.pk).note == "تب\n\nلرز"


def test_a_signed_note_answers_409_and_says_so(doctor: Doctor, page: Any) -> None:
    record, client = doctor.signed(), page(doctor.user)
    refused = client.post(f"/doctor/record/{record.pk}/note/", {"version": record.version, "note": "x"})
    assert refused.status_code == 409
    assert "html" not in refused.json()
    shown = client.get(f"/doctor/visit/{record.visit_id}/").content.decode()
    assert "note-form" not in shown.replace("#note-form", "")
    added = client.post(f"/doctor/record/{record.pk}/addenda/", {"text": "افزوده"}, headers=HX)
    assert "افزوده" in added.content.decode()


def test_finishing_from_the_page_takes_the_last_words_along(doctor: Doctor, page: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    on = timezone.localdate() + dt.timedelta(days=7)
    words = {"version": 1, "page": "p", "note": "پایان", "follow_up_on": on.isoformat(), "follow_up_note": "کنترل"}
    answer = client.post(f"/doctor/record/{record.pk}/finish/", words, headers=HX)
    assert answer.headers["HX-Redirect"] == "/doctor/"
    record.refresh_from_db()
    assert (record.status, record.note, record.follow_up_on) == ("signed", "پایان", on)
    assert Visit.objects.get(pk=record.visit_id).status == VisitStatus.FINISHED


def test_a_wrong_day_stops_the_finish_and_nothing_is_signed(doctor: Doctor, page: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    for day in ("۳۱/۳۱/۳۱", "1390/01/01"):
        answer = client.post(
            f"/doctor/record/{record.pk}/finish/", {"version": 1, "note": "x", "follow_up_on": day}, headers=HX
        )
        assert answer.status_code == 422
    assert Encounter.objects.get(pk=record.pk).is_open


def test_diagnosis_allergy_and_prescription_from_the_page(doctor: Doctor, page: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    base = f"/doctor/record/{record.pk}/"
    assert "J00" in client.post(f"{base}diagnoses/", {"code": "J00", "title": ""}, headers=HX).content.decode()
    assert client.post(f"{base}diagnoses/", {"code": "", "title": ""}, headers=HX).status_code == 422
    allergy = client.post(f"{base}allergies/", {"substance": "Penicillin", "severity": "severe"}, headers=HX)
    assert "Penicillin" in allergy.content.decode()
    warned = client.post(f"{base}lines/", {"name": "Penicillin V", "dose": "روزی ۴"}, headers=HX)
    assert warned.status_code == 422
    assert 'name="override_reason"' in warned.content.decode()
    assert 'value="Penicillin V"' in warned.content.decode()
    reason = {"name": "Penicillin V", "days": "۱۰", "override_reason": "آزمون منفی"}
    assert client.post(f"{base}lines/", reason, headers=HX).status_code == 200
    line = record.prescriptions.get()
    assert (line.days, line.warning_overridden) == (10, "آزمون منفی")
    assert client.post(f"{base}lines/{line.pk}/cancel/", headers=HX).status_code == 200
    assert client.post(f"{base}lines/", {"name": "x", "days": "ده"}, headers=HX).status_code == 422


def test_ids_of_other_patients_are_not_reached_through_a_record(doctor: Doctor, page: Any) -> None:
    mine, other = doctor.record(), doctor.signed()
    allergy = actions.add_allergy(patient=other.patient, substance="latex", by=doctor.user)
    client, base = page(doctor.user), f"/doctor/record/{mine.pk}/"
    for address in (
        f"{base}allergies/{allergy.pk}/end/",
        f"{base}diagnoses/{other.conditions.get().pk}/end/",
        f"{base}lines/{other.prescriptions.get().pk}/cancel/",
        "/doctor/record/999999999999999999999/note/",
    ):
        assert client.post(address, headers=HX).status_code == 404


def test_room_in_and_out(doctor: Doctor, page: Any) -> None:
    doctor.make.room()
    room = doctor.make.room()
    record, client = doctor.record(status=VisitStatus.ARRIVED), page(doctor.user)
    base = f"/doctor/visit/{record.visit_id}/"
    assert client.post(f"{base}call/", headers=HX).status_code == 200
    inside = client.post(f"{base}enter-room/", {"room": room.pk}, headers=HX)
    assert room.name in inside.content.decode()
    assert client.post(f"{base}leave-room/", headers=HX).status_code == 200
    assert Visit.objects.get(pk=record.visit_id).status == VisitStatus.CHECKOUT
    assert client.post(f"{base}call/", headers=HX).status_code == 422


def test_my_day_and_calling_the_next(doctor: Doctor, page: Any) -> None:
    waiting, client = doctor.visit(status=VisitStatus.ARRIVED), page(doctor.user)
    shown = client.get("/doctor/").content.decode()
    assert waiting.patient.full_name in shown
    answer = client.post("/doctor/call-next/", headers=HX)
    assert "toast" in json.loads(answer.headers["HX-Trigger"])
    assert Visit.objects.get(pk=waiting.pk).status == VisitStatus.CALLED
    assert client.get("/doctor/?part=1", headers=HX).content.decode().lstrip().startswith('<div id="my-day"')
    assert client.get("/doctor/?day=nonsense&doctor=x&branch=y").status_code == 200


@pytest.mark.parametrize(("language", "words"), [("fa", ["شمارهٔ نظام", "۱۲۳۴۵۶"]), ("en", ["Licence", "123456"])])
def test_the_prescription_prints_in_both_languages(doctor: Doctor, page: Any, language: str, words: list[str]) -> None:
    record = doctor.signed()
    shown = page(doctor.user).get(f"/prescriptions/{record.pk}/print/?language={language}").content.decode()
    assert f'<html lang="{language}"' in shown
    name = {"fa": "دکتر نگار امینی", "en": "Dr Negar Amini"}[language]
    for word in [name, words[1], record.patient.full_name, "مایعات بنوشید", f"c-a5--{language}"]:
        assert word in shown
    assert SECRET not in shown
    assert "J00" not in shown


def test_a_patient_sees_her_own_signed_prescriptions_only(doctor: Doctor, page: Any) -> None:
    user, patient = doctor.make.user("patient"), doctor.make.patient()
    PatientAccess(user=user, patient=patient).save()
    signed, foreign = doctor.signed(patient), doctor.signed()
    draft = doctor.record(patient)
    actions.save_note(encounter=draft, version=1, advice="هنوز نه", by=doctor.user)
    client = page(user)
    shown = client.get("/my/prescriptions/").content.decode()
    assert "مایعات بنوشید" in shown
    assert SECRET not in shown
    assert "هنوز نه" not in shown
    assert client.get(f"/my/prescriptions/{signed.pk}/print/").status_code == 200
    for record in (foreign, draft):
        assert client.get(f"/my/prescriptions/{record.pk}/print/").status_code == 404


def test_the_drug_list_is_kept_by_doctors_and_managers(doctor: Doctor, page: Any) -> None:
    new = {"name": "سرترالین", "strength": "50 mg", "dosage_form": "قرص", "is_active": "on"}
    assert page(doctor.user).post("/doctor/drugs/0/", new, headers=HX).status_code == 204
    manager = page("manager")
    assert manager.post("/set-up/drugs/0/", new, headers=HX).status_code == 422
    assert "سرترالین" in manager.get("/set-up/drugs/").content.decode()
    assert page("secretary").get("/set-up/drugs/").status_code == 403
    client = page(doctor.user)
    options = client.get("/doctor/drug-options/?q=سرتر", headers=HX).content.decode()
    assert 'role="option"' in options
    assert "J00" in client.get("/doctor/icd/?q=common cold", headers=HX).content.decode()
    for address in ("/doctor/drugs/", "/doctor/drugs/?q=zzz", "/doctor/drugs/0/"):
        assert client.get(address).status_code == 200
        assert client.get(address, headers=HX).status_code == 200


def test_two_texts_are_put_together_line_by_line(doctor: Doctor, page: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    client.post(f"/doctor/record/{record.pk}/note/", {"version": 1, "page": "a", "note": "شرح حال\nاز الف"})
    stale = client.post(f"/doctor/record/{record.pk}/note/", {"version": 1, "page": "b", "note": "شرح حال\nاز ب"})
    assert ">شرح حال\nاز الف\nاز ب</textarea>" in stale.json()["html"]


def test_the_whole_record_and_its_part_of_the_card(doctor: Doctor, page: Any) -> None:
    record = doctor.signed()
    actions.add_addendum(encounter=record, text="جواب رسید", by=doctor.user)
    actions.add_allergy(patient=record.patient, substance="لاتکس", by=doctor.user)
    client = page("nurse")
    whole = client.get(f"/doctor/patients/{record.patient_id}/").content.decode()
    for word in (SECRET, "جواب رسید", "لاتکس", "J00"):
        assert word in whole
    assert "لاتکس" in client.get(f"/emr/for-patient/{record.patient_id}/", headers=HX).content.decode()
    assert AccessLog.objects.filter(patient=record.patient).values_list("what", flat=True).count() == 2
