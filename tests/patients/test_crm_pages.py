"""Pages of labels, family, doubles and readings."""

from collections.abc import Callable
from typing import Any

import pytest

from clinic.accounts.roles import Role
from clinic.patients import actions, queries
from clinic.patients.models import ContactNote, NotTheSame, Patient, PatientMerge, RelatedPerson, Tag
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.sheets import safe_cell
from tests.make import Make

Page = Callable[..., Any]


@pytest.fixture
def twins(make: Make) -> tuple[Patient, Patient]:
    """Two cards that are surely of one person."""
    one = actions.register(
        first_name="سارا", last_name="کاظمی", phone="09121112233", national_code="0012345679", by=None
    )
    two = actions.register(
        first_name="سارا", last_name="كاظمي", phone="09351112233", national_code="0012345679", by=None
    )
    return one, two


def test_doubles_are_found_scored_and_can_be_told_apart(twins: Any, make: Make, page: Page) -> None:
    mother = actions.register(first_name="سارا", last_name="احمدی", phone="09121110001", by=None)
    child = actions.register(first_name="پرهام", last_name="احمدی", phone="09121110001", by=None)
    near = actions.register(first_name="سارا", last_name="احمدي", phone="09121110001", by=None)
    pairs = queries.duplicate_pairs()
    found = [(pair.older, pair.newer) for pair in pairs]
    assert found[0] == twins
    assert (mother, near) in found
    assert not {child} & {each for pair in found for each in pair}
    client = page(Role.SECRETARY)
    assert "کاظمی" in client.get("/patients/duplicates/").content.decode()
    client.post(f"/patients/{twins[1].pk}/not-same/{twins[0].pk}/")
    assert NotTheSame.objects.count() == 1
    assert twins not in [(pair.older, pair.newer) for pair in queries.duplicate_pairs()]


def test_the_manager_merges_and_separates(twins: Any, page: Page) -> None:
    one, two = twins
    client = page(Role.MANAGER)
    shown = client.get(f"/patients/{one.pk}/merge/{two.pk}/").content.decode()
    assert 'name="phone" value="source"' in shown
    answer = client.post(f"/patients/{one.pk}/merge/{two.pk}/", {"phone": "source", "reason": "same code"})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert one.phone == "+989351112233"
    assert client.get(f"/patients/{two.pk}/").headers["Location"] == f"/patients/{one.pk}/"
    merge = PatientMerge.objects.get()
    assert client.post(f"/patients/merges/{merge.pk}/separate/", {"reason": ""}).status_code == 422
    assert client.post(f"/patients/merges/{merge.pk}/separate/", {"reason": "no"}).status_code == 302
    one.refresh_from_db()
    assert one.phone == "+989121112233"


def test_reception_does_not_merge(twins: Any, page: Page) -> None:
    one, two = twins
    assert page(Role.SECRETARY).post(f"/patients/{one.pk}/merge/{two.pk}/").status_code == 403
    assert PatientMerge.objects.count() == 0


def test_labels_are_put_on_and_taken_off(make: Make, page: Page) -> None:
    patient, client = make.patient(), page(Role.MANAGER)
    client.post("/set-up/labels/", {"name": "ویژه", "tone": "accent", "is_active": "on"})
    tag = Tag.objects.get()
    assert client.post("/set-up/labels/", {"name": "ويژه", "tone": "ok"}).status_code == 422
    desk = page(Role.SECRETARY)
    assert "c-chip--accent" in desk.post(f"/patients/{patient.pk}/tag/", {"tag": tag.pk}).content.decode()
    assert list(queries.tags_of(patient)) == [tag]
    desk.post(f"/patients/{patient.pk}/tag/", {"tag": tag.pk, "off": "1"})
    assert list(queries.tags_of(patient)) == []
    assert desk.post(f"/patients/{patient.pk}/tag/", {"tag": "x'"}).status_code == 404


def test_family_is_seen_from_both_cards(make: Make, page: Page) -> None:
    mother, child = make.patient(sex="female"), make.patient()
    desk = page(Role.SECRETARY)
    answer = desk.post(
        f"/patients/{child.pk}/relatives/", {"relative": mother.pk, "kin": "mother", "pays": "on", "name": "x"}
    )
    assert answer.status_code == 200
    row = RelatedPerson.objects.get()
    assert (row.pays, row.decides, row.name) == (True, False, "")
    assert [each.kin for each in queries.relatives_of(child)] == ["mother"]
    assert [(each.person, each.kin) for each in queries.relatives_of(mother)] == [(child, "child")]
    row.kin = "guardian"
    row.save()
    assert queries.relatives_of(mother)[0].kin == "ward"
    with pytest.raises(Conflict):
        actions.save_related(patient=child, relative=mother, kin="mother", by=None)
    with pytest.raises(Invalid):
        actions.save_related(patient=child, relative=child, kin="mother", by=None)
    with pytest.raises(Invalid):
        actions.save_related(patient=child, kin="mother", by=None)
    desk.post(f"/patients/{child.pk}/relatives/{row.pk}/remove/")
    assert queries.relatives_of(mother) == []


def test_merging_relatives_makes_nobody_her_own_mother(make: Make) -> None:
    one, two = make.patient(), make.patient()
    actions.save_related(patient=one, relative=two, kin="sibling", by=None)
    merge = actions.merge_patients(source=one, target=two, by=None)
    assert RelatedPerson.objects.get().patient == one
    actions.separate_patients(merge=merge, reason="wrong", by=None)
    assert queries.relatives_of(one)[0].person == two


def test_the_owner_sees_who_read_what_and_takes_it_along(make: Make, page: Page) -> None:
    patient = make.patient(first_name="=cmd", last_name="رستمی")
    desk = page(Role.SECRETARY)
    desk.get(f"/patients/{patient.pk}/")
    owner = page(Role.OWNER)
    shown = owner.get("/access-log/", {"patient": patient.pk}).content.decode()
    assert str(desk.user) in shown
    assert "127.0.0.1" in shown
    file = owner.get("/access-log/", {"patient": patient.pk, "file": "1"})
    assert file["Content-Type"].startswith("text/csv")
    assert "'=cmd" in file.content.decode()
    assert len(file.content.decode().splitlines()) == 2
    other = make.patient()
    assert (
        str(desk.user) not in owner.get("/access-log/", {"patient": other.pk}).content.decode().partition("<table")[2]
    )
    assert desk.get("/access-log/").status_code == 403


def test_the_patient_sees_readers_where_the_clinic_shows_them(make: Make, page: Page) -> None:
    user, patient = make.user("patient"), make.patient()
    actions.link_account(patient=patient, phone=user.phone, relation="self", by=None)
    doctor = make.user("doctor", name="دکتر رضایی")
    actions.log_access(patient=patient, what="record", by=doctor)
    client = page(user)
    assert client.get(f"/my/readers/{patient.pk}/").status_code == 404
    actions.save_patient_rules(shows_readers=True, ask_after_days=0, keep_years=10, by=None)
    assert "رضایی" in client.get(f"/my/readers/{patient.pk}/").content.decode()
    assert client.get(f"/my/readers/{make.patient().pk}/").status_code == 404


def test_calls_are_noted(make: Make) -> None:
    patient = make.patient()
    actions.note_contact(patient=patient, kind="called", text="  سه‌شنبه می‌آید ", by=None)
    assert ContactNote.objects.get().text == "سه‌شنبه می‌آید"
    with pytest.raises(Invalid):
        actions.note_contact(patient=patient, kind="called", text=" ", by=None)


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("typed", "cell"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-2", "'-2"), ("سارا", "سارا"), (None, "")]
)
def test_no_cell_is_a_formula(typed: object, cell: str) -> None:
    assert safe_cell(typed) == cell
