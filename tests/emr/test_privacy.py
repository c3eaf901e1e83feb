"""Private notes: who reads which, on every way out of the house; emergencies; second signatures."""

from typing import Any

import pytest
from django.utils import timezone

from clinic.accounts.models import User
from clinic.patients.models import AccessLog, PatientAccess
from clinic.shared.chart import Ask, stretch
from clinic.shared.errors import Conflict, Forbidden, Invalid
from emr import actions, permissions, queries
from emr.models import Cosign, Encounter, GlassBreak
from messaging.models import Message
from tests.emr.make import Doctor

SECRET = "یادداشت محرمانه"
HX = {"HX-Request": "true"}


@pytest.fixture
def peer(doctor: Doctor) -> User:
    """Another doctor of the same specialty, written a little differently."""
    doctor.practitioner.specialty = "متخصص پوست"
    doctor.practitioner.save()
    user = doctor.make.user("doctor")
    doctor.make.practitioner(doctor.service, user=user, specialty="متخصص  پوست")
    return user


@pytest.fixture
def stranger(doctor: Doctor) -> User:
    """A doctor of another specialty."""
    user = doctor.make.user("doctor")
    doctor.make.practitioner(doctor.service, user=user, specialty="متخصص قلب")
    return user


def _closed(doctor: Doctor, level: str, *readers: User) -> Encounter:
    record = doctor.signed()
    return actions.set_privacy(encounter=record, level=level, readers=readers, by=doctor.user)


@pytest.mark.parametrize(
    ("level", "who"),
    [
        ("everybody", {"own", "peer", "stranger", "nurse", "named"}),
        ("discipline", {"own", "peer"}),
        ("named", {"own", "named"}),
    ],
)
def test_each_level_has_its_readers(doctor: Doctor, peer: User, stranger: User, level: str, who: set[str]) -> None:
    named, nurse = doctor.make.user("doctor"), doctor.make.user("nurse")
    record = _closed(doctor, level, named)
    everybody = {"own": doctor.user, "peer": peer, "stranger": stranger, "nurse": nurse, "named": named}
    assert {name for name, user in everybody.items() if permissions.may_read_note(user, record)} == who
    filtered = {
        name
        for name, user in everybody.items()
        if Encounter.objects.filter(permissions.readable_by(user), pk=record.pk)
    }
    assert filtered == who
    for role in ("secretary", "cashier", "manager", "owner"):
        assert not permissions.may_read_note(doctor.make.user(role), record)


def _ways(client: Any, record: Encounter) -> dict[str, str]:
    """Everything that another doctor can ask about a record, as text."""
    patient, visit = record.patient_id, record.visit_id
    addresses = [
        f"/doctor/visit/{visit}/", f"/doctor/patients/{patient}/", f"/doctor/patients/{patient}/?kind=visits",
        f"/doctor/patients/{patient}/?kind=prescriptions", f"/emr/for-patient/{patient}/", f"/patients/{patient}/",
        f"/prescriptions/{record.pk}/print/", f"/doctor/record/{record.pk}/privacy/",
        f"/doctor/record/{record.pk}/phrases/?q=",
        "/doctor/to-sign/", "/doctor/", f"/patients/search/?q={record.patient.last_name}", "/audit/",
    ]  # fmt: skip
    return {address: client.get(address).content.decode() for address in addresses}


def test_a_private_note_leaves_the_house_on_no_way(doctor: Doctor, stranger: User, page: Any, api: Any) -> None:
    record = _closed(doctor, "named")
    actions.add_addendum(encounter=record, text=f"{SECRET} افزوده", by=doctor.user)
    for shown in _ways(page(stranger), record).values():
        assert SECRET not in shown
        assert "سرماخوردگی" not in shown  # its diagnosis
        assert "مایعات بنوشید" not in shown
    client = api(stranger)
    assert client.get(f"/api/v1/encounters/{record.pk}/").status_code == 404
    assert SECRET not in client.get(f"/api/v1/encounters/?patient={record.patient_id}").content.decode()
    for verb, end, body in (
        ("patch", "", {"version": 1, "note": "x"}),
        ("post", "addenda/", {"text": "x"}),
        ("post", "conditions/", {"title": "x"}),
        ("post", "sign/", {}),
    ):
        answer = getattr(client, verb)(f"/api/v1/encounters/{record.pk}/{end}", body, format="json")
        assert answer.status_code in {403, 404}
        assert SECRET not in answer.content.decode()
    for end in ("note/", "settle/", "finish/", "addenda/", "copy-last/", "template/", "privacy/", "cosign/"):
        answer = page(stranger).post(f"/doctor/record/{record.pk}/{end}", {"version": 1, "text": "x"}, headers=HX)
        assert answer.status_code == 403
    fresh = actions.open_encounter(visit=doctor.visit(record.patient), by=stranger)
    with pytest.raises(Conflict):
        actions.copy_last_visit(encounter=fresh, by=stranger)
    # Safety: what she takes is everybody's who treats her.
    assert "استامینوفن" in page(stranger).get(f"/doctor/patients/{record.patient_id}/").content.decode()
    assert SECRET in page(doctor.user).get(f"/doctor/visit/{record.visit_id}/").content.decode()


def test_the_patient_keeps_her_advice_whoever_reads_the_note(doctor: Doctor, page: Any) -> None:
    record = _closed(doctor, "named")
    account = doctor.make.user()
    PatientAccess(user=account, patient=record.patient).save()
    shown = page(account).get("/my/prescriptions/").content.decode()
    assert "مایعات بنوشید" in shown
    assert SECRET not in shown


def test_glass_is_broken_with_a_reason_and_the_owner_hears_at_once(doctor: Doctor, stranger: User, page: Any) -> None:
    record, client = _closed(doctor, "named"), page(stranger)
    owner = doctor.make.user("owner")
    shown = client.get(f"/doctor/visit/{record.visit_id}/").content.decode()
    assert f"/doctor/record/{record.pk}/open/" in shown
    refused = client.post(f"/doctor/record/{record.pk}/open/", {"reason": " . "})
    assert refused.status_code == 422
    assert not GlassBreak.objects.filter(encounter=record).exists()
    opened = client.post(f"/doctor/record/{record.pk}/open/", {"reason": "بیمار بیهوش است"})
    assert opened.status_code == 302
    assert SECRET in client.get(f"/doctor/visit/{record.visit_id}/").content.decode()
    told = Message.objects.get(kind="glass_broken", recipient=owner.phone)
    for word in (record.patient.last_name, SECRET, "بیهوش", "سرماخوردگی"):
        assert word not in told.text
    assert str(stranger) in told.text
    assert AccessLog.objects.filter(user=stranger, patient=record.patient, what="emergency").count() == 1
    watched = page(owner).get("/audit/opened-notes/").content.decode()
    assert "بیهوش" in watched
    assert SECRET not in watched
    with pytest.raises(Conflict):
        actions.break_glass(encounter=record, reason="دوباره لازم است", by=stranger)
    another = _closed(doctor, "named")
    assert SECRET not in client.get(f"/doctor/visit/{another.visit_id}/").content.decode()


def test_the_glass_closes_again(doctor: Doctor, stranger: User, monkeypatch: pytest.MonkeyPatch) -> None:
    record = _closed(doctor, "named")
    actions.break_glass(encounter=record, reason="بیمار بیهوش است", by=stranger)
    assert permissions.may_read_note(stranger, record)
    later = timezone.now() + permissions.GLASS_OPEN
    monkeypatch.setattr(permissions.timezone, "now", lambda: later)
    assert not permissions.may_read_note(stranger, record)


@pytest.mark.parametrize("role", ["secretary", "cashier", "manager", "owner"])
def test_who_reads_no_records_breaks_no_glass(doctor: Doctor, page: Any, role: str) -> None:
    record = _closed(doctor, "named")
    user = doctor.make.user(role)
    assert page(user).post(f"/doctor/record/{record.pk}/open/", {"reason": "می‌خواهم بخوانم"}).status_code == 403
    with pytest.raises(Forbidden):
        actions.break_glass(encounter=record, reason="می‌خواهم بخوانم", by=user)


def test_the_level_is_chosen_on_the_page(doctor: Doctor, stranger: User, page: Any) -> None:
    record, client = doctor.signed(), page(doctor.user)
    form = client.get(f"/doctor/record/{record.pk}/privacy/", headers=HX).content.decode()
    assert f'value="{stranger.pk}"' in form
    values = {"level": "named", "readers": [stranger.pk]}
    assert client.post(f"/doctor/record/{record.pk}/privacy/", values, headers=HX).status_code == 200
    assert permissions.may_read_note(stranger, Encounter.objects.get(pk=record.pk))
    clerk = doctor.make.user("secretary")
    wrong = {"level": "named", "readers": [clerk.pk]}
    assert client.post(f"/doctor/record/{record.pk}/privacy/", wrong, headers=HX).status_code == 422
    client.post(f"/doctor/record/{record.pk}/privacy/", {"level": "everybody"}, headers=HX)
    assert not Encounter.objects.get(pk=record.pk).readers.exists()


def test_who_closes_a_colleagues_note_still_reads_it(doctor: Doctor, stranger: User) -> None:
    record = actions.set_privacy(encounter=doctor.signed(), level="named", by=stranger)
    assert permissions.may_read_note(stranger, record)
    assert permissions.may_read_note(doctor.user, record)


def test_a_supervisor_signs_too(doctor: Doctor, stranger: User, page: Any) -> None:
    record = _closed(doctor, "named")
    client, other = page(doctor.user), page(stranger)
    asked = client.post(f"/doctor/record/{record.pk}/cosign/", {"of": stranger.pk}, headers=HX)
    assert asked.status_code == 200
    request = Cosign.objects.get(encounter=record)
    assert record.patient.full_name in other.get("/doctor/to-sign/").content.decode()
    assert SECRET in other.get(f"/doctor/visit/{record.visit_id}/").content.decode()  # who is asked to sign reads it
    address = f"/doctor/record/{record.pk}/cosign/{request.pk}/"
    assert other.post(address, {"to": "returned"}, headers=HX).status_code == 422
    assert client.post(address, {"to": "signed"}, headers=HX).status_code == 422  # not her own to answer
    assert other.post(address, {"to": "signed"}, headers=HX).status_code == 200
    request.refresh_from_db()
    assert (request.status, bool(request.answered_at)) == ("signed", True)
    assert list(queries.to_cosign(stranger)) == []
    with pytest.raises(Conflict):
        actions.answer_cosign(request=request, to="returned", note="دیر", by=stranger)


def test_a_second_signature_is_asked_of_who_may_sign(doctor: Doctor, stranger: User) -> None:
    draft = doctor.record()
    with pytest.raises(Conflict):
        actions.ask_cosign(encounter=draft, of=stranger, by=doctor.user)
    record = doctor.signed()
    for nobody in (doctor.user, doctor.make.user("nurse"), doctor.make.user("owner")):
        with pytest.raises(Invalid):
            actions.ask_cosign(encounter=record, of=nobody, by=doctor.user)
    once = actions.ask_cosign(encounter=record, of=stranger, by=doctor.user)
    assert actions.ask_cosign(encounter=record, of=stranger, by=doctor.user) == once
    actions.answer_cosign(request=once, to="withdrawn", by=doctor.user)
    assert list(queries.to_cosign(stranger)) == []


def test_the_timeline_of_many_private_notes_costs_no_more_statements(
    doctor: Doctor, stranger: User, allow_queries: Any
) -> None:
    patient = doctor.make.patient()
    for days in range(1, 8):
        record = doctor.signed(patient, days_ago=days)
        actions.set_privacy(encounter=record, level="named" if days % 2 else "discipline", by=doctor.user)
    ask = Ask(stranger, patient, (patient.pk,))
    with allow_queries(3):  # the visits, the specialties, which of them may be read
        shown = list(queries.visits(ask))
    assert not any(SECRET in str(moment.body) for moment in shown)
    mine = stretch(user=doctor.user, patient=patient, patients=[patient.pk], kind="visits")
    assert sum(SECRET in str(moment.body) for _kind, moment in mine.rows) == 7


def test_levels_templates_and_emergencies_by_the_api(doctor: Doctor, stranger: User, api: Any) -> None:
    record, mine, other = doctor.record(), api(doctor.user), api(stranger)
    base = f"/api/v1/encounters/{record.pk}/"
    found = mine.get("/api/v1/note-templates/").json()
    rows = found["results"] if isinstance(found, dict) else found
    template = next(row for row in rows if row["kind"] == "therapy")
    used = mine.post(f"{base}template/", {"template": template["id"]}, format="json").json()
    assert used["template"] == template["version"]
    key = template["content"]["sections"][0]["questions"][0]["key"]
    body = {"version": used["version"], "note": SECRET, "answers": {key: 4}}
    saved = mine.patch(base, body, format="json").json()
    assert saved["answers"] == {key: 4}
    wrong = mine.patch(base, {"version": saved["version"], "answers": {key: 11}}, format="json")
    assert wrong.status_code == 400
    assert list(wrong.json()["errors"]) == [f"a.{key}"]
    stale = mine.patch(base, {"version": 1, "answers": {key: 9}}, format="json")
    assert stale.status_code == 409
    assert (stale.json()["yours"]["answers"], stale.json()["theirs"]["answers"]) == ({key: 9}, {key: 4})
    closed = mine.post(f"{base}privacy/", {"level": "named"}, format="json")
    assert closed.json()["privacy"] == "named"
    assert other.get(base).status_code == 404
    assert other.post(f"{base}open/", {"reason": "x"}, format="json").status_code == 400
    opened = other.post(f"{base}open/", {"reason": "بیمار بیهوش است"}, format="json")
    assert opened.json()["note"] == SECRET
    assert other.get(base).status_code == 200
    assert api("secretary").post(f"{base}open/", {"reason": "بیمار بیهوش است"}, format="json").status_code == 403
