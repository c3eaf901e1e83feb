"""Patients through the API: who sees and changes what."""

import pytest

from clinic.patients import actions
from clinic.patients.models import AccessLog, Patient

ADDRESS = "/api/v1/patients/"


@pytest.fixture
def sara():
    return actions.register(first_name="سارا", last_name="احمدی", phone="09123456789", note="رمز میز", by=None)


@pytest.fixture
def mother(make):
    user = make.user()
    actions.own_patient_for(user=user, first_name="مینا", last_name="شریفی", by=user)
    return user


def test_strangers_and_roles(api, sara):
    assert api().get(ADDRESS).status_code == 401
    assert api("secretary").get(ADDRESS).json()["count"] == 1
    assert api("").get(ADDRESS).json()["count"] == 0
    assert api("").get(f"{ADDRESS}{sara.pk}/").status_code == 404
    assert api("").patch(f"{ADDRESS}{sara.pk}/", {"address": "x"}, format="json").status_code == 404


def test_search_and_pages(api, sara):
    for number in range(3):
        actions.register(first_name="نفر", last_name=f"شماره {number}", by=None)
    desk = api("secretary")
    assert [row["id"] for row in desk.get(ADDRESS, {"search": "۶۷۸۹"}).json()["results"]] == [sara.pk]
    assert len(desk.get(ADDRESS, {"page_size": 2}).json()["results"]) == 2
    assert desk.get(ADDRESS, {"page": 99}).status_code == 404
    for parameter in ("ordering", "fields", "phone__startswith", "search_text"):
        assert desk.get(ADDRESS, {parameter: "x"}).status_code == 400


def test_the_desks_note_is_for_staff(api, mother, sara):
    own = actions.change(patient=Patient.objects.get(access__user=mother), note="دیر می‌آید", by=None)
    mine = api(mother).get(f"{ADDRESS}{own.pk}/").json()
    assert mine["last_name"] == "شریفی"
    assert not {"note", "referral_source", "source"} & set(mine)
    assert api("doctor").get(f"{ADDRESS}{own.pk}/").json()["note"] == "دیر می‌آید"
    assert "دیر" not in api(mother).get(ADDRESS, {"search": "شریفی"}).content.decode()


def test_reading_by_staff_is_noted(api, mother):
    own = Patient.objects.get(access__user=mother)
    api(mother).get(f"{ADDRESS}{own.pk}/")
    assert not AccessLog.objects.exists()
    api("secretary").get(f"{ADDRESS}{own.pk}/")
    assert AccessLog.objects.get().what == "api"


def test_registering(api, sara):
    desk = api("secretary")
    new = {"first_name": "علی", "last_name": "کریمی", "phone": "۰۹۱۲۳۴۵۶۷۰۰", "birth_date": "1990-04-03"}
    answer = desk.post(ADDRESS, new, format="json")
    assert answer.status_code == 201
    assert answer.json()["phone"] == "+989123456700"
    again = desk.post(ADDRESS, new, format="json")
    assert again.status_code == 409
    assert again.json()["patients"] == [answer.json()["id"]]
    assert desk.post(ADDRESS, new | {"anyway": True}, format="json").status_code == 201
    bad = desk.post(ADDRESS, {"last_name": "x", "phone": "0912", "birth_date": "31/12/1990"}, format="json")
    assert bad.status_code == 400
    assert "birth_date" in bad.json()["errors"]
    bad = desk.post(ADDRESS, {"last_name": "x", "phone": "0912"}, format="json")
    assert bad.json()["errors"]["phone"][0]
    assert api("doctor").post(ADDRESS, new, format="json").status_code == 403


def test_a_patient_adds_her_family_and_sees_only_it(api, mother, sara):
    mine = api(mother)
    answer = mine.post(ADDRESS, {"first_name": "رها", "last_name": "شریفی", "relation": "parent"}, format="json")
    assert answer.status_code == 201
    assert answer.json()["phone"] == mother.phone
    assert mine.get(ADDRESS).json()["count"] == 2
    refused = mine.post(ADDRESS, {"last_name": "شریفی", "note": "x"}, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["note"])
    assert mine.get(ADDRESS, {"search": "احمدی"}).json()["count"] == 0


def test_patients_change_only_how_they_are_reached(api, mother):
    own = Patient.objects.get(access__user=mother)
    mine = api(mother)
    assert mine.patch(f"{ADDRESS}{own.pk}/", {"address": "تهران"}, format="json").status_code == 200
    for field, value in (("last_name", "x"), ("national_code", "0499370899"), ("note", "x"), ("birth_date", None)):
        answer = mine.patch(f"{ADDRESS}{own.pk}/", {field: value}, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert mine.patch(f"{ADDRESS}{own.pk}/", {"id": 1, "address": "x"}, format="json").status_code == 400
    own.refresh_from_db()
    assert (own.last_name, own.address) == ("شریفی", "تهران")


def test_staff_who_only_look_change_nothing(api, sara):
    assert api("doctor").patch(f"{ADDRESS}{sara.pk}/", {"address": "x"}, format="json").status_code == 403
    assert api("secretary").patch(f"{ADDRESS}{sara.pk}/", {"last_name": "رضایی"}, format="json").status_code == 200
    assert api("secretary").delete(f"{ADDRESS}{sara.pk}/").status_code == 405


def test_merged_patients_are_gone(api, sara):
    old = actions.register(first_name="قدیم", last_name="احمدی", by=None)
    old.merged_into = sara
    old.save()
    assert api("secretary").get(f"{ADDRESS}{old.pk}/").status_code == 404
