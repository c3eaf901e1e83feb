"""Problems with their time, the background, favourites among diagnoses."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from clinic.patients.models import AccessLog
from clinic.shared.errors import Invalid
from emr import actions
from emr.models import BackgroundEntry, Condition, FavouriteDiagnosis
from tests.emr.make import Doctor

HX = {"HX-Request": "true"}


def test_a_problem_has_its_time_and_may_be_wrong(doctor: Doctor, page: Any) -> None:
    patient, client = doctor.make.patient(), page(doctor.user)
    base = f"/doctor/patients/{patient.pk}/"
    new = {"code": "I10", "onset_on": "2019-03-01", "note": "دارو منظم"}
    assert client.post(f"{base}problems/new/", new, headers=HX).status_code == 204
    row = Condition.objects.get()
    assert (row.is_problem, row.onset_on, row.note) == (True, dt.date(2019, 3, 1), "دارو منظم")
    assert "دارو منظم" in client.get(f"{base}background/").content.decode()
    one = f"{base}problems/{row.pk}/"
    wrong_times = {"onset_on": "2020-01-01", "ended_on": "2019-01-01"}
    assert client.post(one, wrong_times, headers=HX).status_code == 422
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    assert client.post(one, {"onset_on": tomorrow}, headers=HX).status_code == 422
    assert client.post(one, {"onset_on": "2019-03-01", "ended_on": "2020-01-01"}, headers=HX).status_code == 204
    assert client.post(one, {"wrong": "on"}, headers=HX).status_code == 422
    assert client.post(one, {"wrong": "on", "why": "بیمار دیگر"}, headers=HX).status_code == 204
    row.refresh_from_db()
    assert (row.entered_in_error, row.wrong_why) == (True, "بیمار دیگر")
    assert row.title not in client.get(f"{base}background/").content.decode()
    stranger = doctor.make.patient()
    assert client.post(f"/doctor/patients/{stranger.pk}/problems/{row.pk}/", {}, headers=HX).status_code == 404


def test_the_background_is_structured_and_said_once(doctor: Doctor, page: Any) -> None:
    patient, client = doctor.make.patient(), page(doctor.user)
    base = f"/doctor/patients/{patient.pk}/background/"
    family = {"kind": "family", "title": "دیابت", "relative": "mother", "year": "۱۳۸۰"}
    for _again in range(2):
        assert client.post(f"{base}new/", family, headers=HX).status_code == 204
    entry = BackgroundEntry.objects.get()
    assert (entry.year, entry.relative) == (2001, "mother")
    assert client.post(f"{base}new/", {"kind": "family", "title": "x"}, headers=HX).status_code == 422
    assert client.post(f"{base}new/", {"kind": "surgery", "title": "x", "year": "3000"}, headers=HX).status_code == 422
    for title in ("روزی ده نخ", "ترک کرده"):
        actions.add_background(patient=patient, kind="smoking", title=title, by=doctor.user)
    assert BackgroundEntry.objects.get(kind="smoking").title == "ترک کرده"
    shown = client.get(base).content.decode()
    assert "ترک کرده" in shown
    assert client.post(f"{base}{entry.pk}/remove/", headers=HX).status_code == 204
    assert "دیابت" not in client.get(base).content.decode()
    with pytest.raises(Invalid):
        actions.add_background(patient=patient, kind="nothing", title="x", by=doctor.user)
    assert AccessLog.objects.filter(patient=patient, what="background").exists()


@pytest.mark.parametrize("role", ["secretary", "cashier", "manager", "owner", "patient"])
def test_nobody_else_reads_it(doctor: Doctor, page: Any, role: str) -> None:
    patient, client = doctor.make.patient(), page(role)
    for end in ("background/", "medicines/", "background/new/", "problems/new/"):
        assert client.get(f"/doctor/patients/{patient.pk}/{end}").status_code == 403


def test_a_favourite_diagnosis_is_one_press(doctor: Doctor, page: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    row = actions.add_condition(patient=record.patient, encounter=record, code="J00", by=doctor.user)
    starred = client.post(f"/doctor/record/{record.pk}/diagnoses/{row.pk}/star/", headers=HX).content.decode()
    assert 'aria-pressed="true"' in starred
    assert FavouriteDiagnosis.objects.get().code == "J00"
    fresh = doctor.record()
    assert 'name="code" value="J00"' in client.get(f"/doctor/visit/{fresh.visit_id}/").content.decode()
    client.post(f"/doctor/record/{record.pk}/diagnoses/{row.pk}/star/", headers=HX)
    assert not FavouriteDiagnosis.objects.exists()


def test_the_lists_are_kept_by_doctors_and_managers(doctor: Doctor, page: Any) -> None:
    client = page("manager")
    assert client.get("/set-up/record/").status_code == 302
    assert client.get("/set-up/record/nothing/").status_code == 404
    new = {"first": "warfarin", "second": "aspirin", "severity": "major", "effect": "bleeding", "is_active": "on"}
    assert client.post("/set-up/record/interactions/0/", new, headers=HX).status_code == 204
    assert client.post("/set-up/record/interactions/0/", new, headers=HX).status_code == 422
    assert "warfarin" in page(doctor.user).get("/set-up/record/interactions/?q=WARF").content.decode()
    assert "warfarin" not in client.get("/set-up/record/interactions/?q=zzz&part=1", headers=HX).content.decode()
    assert page("nurse").get("/set-up/record/interactions/").status_code == 403
