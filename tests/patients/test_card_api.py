"""Labels, family, consents, merging and groups through the API: what they do, and who may."""

from typing import Any

import pytest

from clinic.accounts.roles import Role
from clinic.patients import actions, queries
from clinic.patients.models import AccessLog, Patient, PatientTag, RelatedPerson, Segment
from clinic.shared.segments import Term

V1 = "/api/v1"


@pytest.fixture
def sara(make: Any) -> Patient:
    return make.patient(first_name="سارا", last_name="احمدی", sex="female")


def test_labels_are_made_put_on_and_taken_off(api: Any, sara: Patient) -> None:
    manager, desk = api(Role.MANAGER), api(Role.SECRETARY)
    tag = manager.post(f"{V1}/tags/", {"name": "ویژه", "tone": "ok"}, format="json").json()["id"]
    assert manager.post(f"{V1}/tags/", {"name": "ويژه"}, format="json").status_code == 409
    assert desk.post(f"{V1}/tags/", {"name": "x"}, format="json").status_code == 403
    mine = f"{V1}/patients/{sara.pk}/tags/"
    for _again in range(2):
        assert [row["id"] for row in desk.post(mine, {"tag": tag}, format="json").json()] == [tag]
    assert PatientTag.objects.count() == 1
    assert api(Role.CASHIER).post(mine, {"tag": tag}, format="json").status_code == 403
    assert desk.delete(f"{mine}{tag}/").status_code == 204
    assert desk.get(mine).json() == []
    assert manager.patch(f"{V1}/tags/{tag}/", {"is_active": False}, format="json").json()["name"] == "ویژه"
    assert desk.post(mine, {"tag": tag}, format="json").status_code == 400


def test_family_and_consents(api: Any, sara: Patient, make: Any) -> None:
    desk, mother = api(Role.SECRETARY), make.patient()
    family = f"{V1}/patients/{sara.pk}/relatives/"
    made = desk.post(family, {"relative": mother.pk, "kin": "mother", "decides": True}, format="json")
    assert made.status_code == 201
    assert desk.post(family, {"relative": mother.pk, "kin": "mother"}, format="json").status_code == 409
    assert desk.post(family, {"relative": sara.pk, "kin": "other"}, format="json").status_code == 400
    assert [row["kin"] for row in desk.get(family).json()] == ["mother"]
    assert desk.delete(f"{family}{made.json()['id']}/").status_code == 204
    assert not RelatedPerson.objects.exists()
    agreed = f"{V1}/patients/{sara.pk}/consents/"
    row = desk.post(agreed, {"kind": "messages"}, format="json").json()
    assert row["withdrawn_at"] is None
    assert desk.post(f"{agreed}{row['id']}/withdraw/", format="json").json()["withdrawn_at"]
    assert desk.post(agreed, {"kind": "all"}, format="json").status_code == 400
    for role in ("", Role.PATIENT):
        assert api(role).get(agreed).status_code == 403


def test_merging_and_taking_back(api: Any, sara: Patient, make: Any) -> None:
    twin = make.patient(first_name="سارا", last_name="احمدی", national_code="0012345679", phone=sara.phone)
    desk, manager = api(Role.SECRETARY), api(Role.MANAGER)
    assert [(row["older"], row["newer"]) for row in desk.get(f"{V1}/duplicates/").json()] == [(sara.pk, twin.pk)]
    here = f"{V1}/patients/{sara.pk}/merges/"
    assert desk.post(here, {"other": twin.pk}, format="json").status_code == 403
    assert manager.post(here, {"other": sara.pk}, format="json").status_code == 400
    assert manager.post(here, {"other": twin.pk, "take": ["pk"]}, format="json").status_code == 400
    done = manager.post(here, {"other": twin.pk, "take": ["national_code"]}, format="json")
    assert done.status_code == 201
    assert manager.post(here, {"other": twin.pk}, format="json").status_code == 404
    assert Patient.objects.get(pk=sara.pk).national_code == "0012345679"
    merge = done.json()["id"]
    assert [row["id"] for row in manager.get(f"{V1}/merges/").json()] == [merge]
    back = f"{V1}/merges/{merge}/separate/"
    assert manager.post(back, {"reason": ""}, format="json").status_code == 400
    assert manager.post(back, {"reason": "دو نفرند"}, format="json").status_code == 200
    assert manager.post(back, {"reason": "دو نفرند"}, format="json").status_code == 409
    assert Patient.objects.get(pk=twin.pk).merged_into is None
    both = {"one": sara.pk, "other": twin.pk}
    assert desk.post(f"{V1}/duplicates/dismiss/", both, format="json").status_code == 204
    assert desk.get(f"{V1}/duplicates/").json() == []


def test_groups(api: Any, sara: Patient) -> None:
    manager, desk = api(Role.MANAGER), api(Role.SECRETARY)
    rule = [{"kind": "sex", "way": "is", "value": ["female"]}]
    made = manager.post(f"{V1}/segments/", {"name": "خانم‌ها", "rule": rule}, format="json")
    assert made.status_code == 201
    one = f"{V1}/segments/{made.json()['id']}/"
    assert made.json()["count"] == 1
    assert [row["id"] for row in desk.get(f"{one}patients/").json()["results"]] == [sara.pk]
    assert desk.get(f"{one}patients/", {"search": "zzz"}).json()["results"] == []
    assert desk.get(f"{one}patients/", {"search": "احمد"}).json()["count"] == 1
    assert desk.get(f"{one}patients/", {"ordering": "x"}).status_code == 400
    assert desk.patch(one, {"any_of": True}, format="json").status_code == 403
    assert manager.patch(one, {"any_of": True}, format="json").json()["any_of"] is True
    assert {row["kind"] for row in desk.get(f"{V1}/segment-conditions/").json()} >= {"tag", "balance", "last_visit"}
    for wrong in (
        [],
        [{"kind": "sex"}],
        [{"kind": "x", "way": "is"}],
        [{"kind": "age", "way": "below", "value": 3}],
        "x",
    ):
        sent = manager.post(f"{V1}/segments/", {"name": "a", "rule": wrong}, format="json")
        assert sent.status_code == 400, wrong
    actions.save_segment(segment=None, name="بدهکار", terms=[Term("balance", "owes", "0")], by=None)
    assert len(desk.get(f"{V1}/segments/").json()) == 2
    for role in (Role.DOCTOR, Role.NURSE, Role.CASHIER, Role.PATIENT):
        assert api(role).get(f"{V1}/segments/").status_code == 403
    assert manager.delete(one).status_code == 204
    assert manager.get(one).status_code == 404
    assert Segment.objects.count() == 2


def test_old_addresses_lead_to_the_card_that_stands(page: Any, make: Any, sara: Patient) -> None:
    old = make.patient()
    actions.merge_patients(source=old, target=sara, by=None)
    doctor = page(Role.DOCTOR)
    for part in ("", "background/", "medicines/", "vitals/", "orders/", "plans/", "scores/", "letters/"):
        answer = doctor.get(f"/doctor/patients/{old.pk}/{part}?kind=x")
        assert (answer.status_code, answer.headers.get("Location")) == (
            302,
            f"/doctor/patients/{sara.pk}/{part}?kind=x",
        )
    assert doctor.get(f"/files/of/{old.pk}/").headers["Location"] == f"/files/of/{sara.pk}/"
    assert page(Role.SECRETARY).get(f"/patients/{old.pk}/edit/").headers["Location"] == f"/patients/{sara.pk}/edit/"
    assert not AccessLog.objects.filter(patient=old).exists()
    assert doctor.get(f"/doctor/patients/{sara.pk}/").status_code == 200


def test_the_number_of_a_merged_card_finds_the_one_that_stands(make: Any, sara: Patient) -> None:
    from scheduling.queries.kiosk import _people
    from scheduling.queries.who import read_who

    old = make.patient(first_name="سارا", last_name="احمدی پور", national_code="0012345679")
    number = old.phone
    actions.merge_patients(source=old, target=sara, by=None)
    assert read_who(f"سارا احمدی {number}").patient == sara
    assert read_who(f"سارا احمدی پور {number}").patient == sara
    assert read_who(number).patient == sara
    assert [(patient.pk, by_phone) for patient, by_phone in _people(number)] == [(sara.pk, True)]
    assert [patient.pk for patient, _by in _people("0012345679")] == [sara.pk, sara.pk]
    assert queries.holders(phone="+989120000000") == []


def test_orders_and_own_care_leave_a_note_of_the_reading(page: Any, sara: Patient, make: Any) -> None:
    mine = make.user(Role.PATIENT)
    actions.link_account(patient=sara, phone=mine.phone, relation="self", by=None)
    patient = page(mine)
    for _again in range(2):
        assert patient.get("/my/care/").status_code == 200
    assert list(AccessLog.objects.values_list("patient", "what")) == [(sara.pk, "own care")]
    actions.note_readings(patients=[sara, sara, make.patient()], what="orders", by=mine)
    actions.note_readings(patients=[sara], what="orders", by=mine)
    assert AccessLog.objects.filter(what="orders").count() == 2
