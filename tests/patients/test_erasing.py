"""Erasing leaves no word of a person anywhere, and the books as they were; numbers that change owners."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic.accounts.models import SecurityEvent, User
from clinic.accounts.roles import Role
from clinic.patients import actions
from clinic.patients.models import Consent, Erasure, Patient, PatientAccess
from clinic.patients.permissions import acts_for, is_held
from clinic.shared.errors import Conflict, Invalid
from emr import actions as emr
from emr.models import Intake, IntakeDraft
from finance.models import Invoice, JournalLine
from finance.queries import balance_of
from messaging import actions as messaging
from messaging.models import Message
from scheduling.models import Visit
from tests.emr.make import Doctor
from tests.finance import make as money
from tests.house import canaries
from tests.make import Make

Page = Callable[..., Any]
CANARY = "Kanarienvogel"


def seen(words: set[str]) -> dict[str, int]:
    """In which tables of the clinic any of the words stands, and in how many rows."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [connection.schema_name])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE ANY(%s)', [[f"%{w}%" for w in words]])
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found


@pytest.fixture
def person(make: Make) -> Patient:
    """Somebody of whom something is written in many places."""
    doctor = Doctor(make)
    row = actions.register(
        first_name=CANARY, last_name="Ahmadi", phone="09121112233", national_code="0012345679", note=CANARY,
        email="kanarienvogel@example.com", address=CANARY, insurer=CANARY, by=None,
    )  # fmt: skip
    actions.change(patient=row, last_name="Ahmadi two", by=None)
    record = doctor.record(row)
    emr.save_note(encounter=record, version=1, note=CANARY, advice=CANARY, by=doctor.user)
    emr.prescribe(encounter=record, name=CANARY, dose=CANARY, days=5, by=doctor.user)
    emr.sign(encounter=record, by=doctor.user)
    emr.add_addendum(encounter=record, text=CANARY, by=doctor.user)
    emr.add_allergy(patient=row, substance=CANARY, reaction=CANARY, by=doctor.user)
    money.pay(money.bill(500_000, patient=row), 200_000, reference="r")
    talk = messaging.conversation_with_clinic(patient=row, by=None, branch=make.branch())
    messaging.write_message(conversation=talk, side="patient", text=CANARY, by=None)
    booked = money.appointment(patient=row, note=CANARY)
    messaging.queue_message(kind="booking_confirmed", patient=row, cause="c", appointment=booked, by=None)
    actions.link_account(patient=row, phone="09121112233", relation="self", by=None)
    actions.note_contact(patient=row, kind="called", text=CANARY, by=None)
    actions.save_related(patient=row, name=CANARY, kin="other", by=None)
    twin = actions.register(first_name=CANARY, last_name="Twin", phone="09350001122", by=None)
    actions.merge_patients(source=twin, target=row, by=None)
    row.refresh_from_db()
    return row


WORDS = {CANARY, "9121112233", "0012345679", "9350001122"}


def erase(person: Patient, by: Any = None) -> None:
    """Both steps."""
    asked = actions.ask_erasure(patient=person, reason="she asked for it", last_visit=None, by=by)
    actions.erase_patient(erasure=asked, file_number=str(person.pk), last_visit=None, by=by)


def test_no_word_of_the_person_is_left_and_the_books_stand(person: Patient) -> None:
    assert len(seen(WORDS)) > 15
    before = {row.pk: (row.number, row.total, row.paid) for row in Invoice.objects.all()}
    lines, owed, visits = JournalLine.objects.count(), balance_of(person), Visit.objects.count()
    erase(person)
    assert seen(WORDS) == {}
    person.refresh_from_db()
    assert person.full_name == f"#{person.pk}"
    assert {row.pk: (row.number, row.total, row.paid) for row in Invoice.objects.all()} == before
    assert (JournalLine.objects.count(), balance_of(person), Visit.objects.count()) == (lines, owed, visits)
    money.agreed()
    row = Erasure.objects.get()
    assert row.done_at
    assert row.reason == "she asked for it"


def test_whatever_hangs_on_a_person_can_be_erased(clinic: Any) -> None:
    """The world of the isolation test has a row in every table: no rule of any of them stands in the way."""
    canaries.fill(clinic)
    someone = Patient.objects.order_by("pk").first()
    assert someone
    erase(someone)
    assert not seen({someone.phone[3:]})
    money.agreed()


def test_links_that_ask_her_for_more_end(person: Patient, make: Make, page: Page) -> None:
    content = [{"kind": "photo", "label": {"fa": "عکس"}}]
    client, form = page(), emr.save_intake_form(name="f", content=content, by=None)
    intake = emr.send_intake(form=form, patient=person, by=None)
    doctor = make.user("doctor")
    _link, code = emr.open_phone_link(patient=person, branch=make.branch(), by=doctor)
    assert "send-q1" in client.get(f"/in/{intake.token}/").content.decode()
    erase(person)
    intake.refresh_from_db()
    assert intake.status == "withdrawn"
    assert "send-q1" not in client.get(f"/in/{intake.token}/").content.decode()
    assert client.post(f"/in/{intake.token}/photos/q1/").status_code == 404
    assert client.get(f"/phone/{code}/").status_code == 404


def test_others_are_not_touched(person: Patient, make: Make) -> None:
    other = make.patient(first_name="Nightingale")
    Doctor(make).signed(other, number=900, queue_token="q9")
    before = seen({"Nightingale", "محرمانه"})
    erase(person)
    assert seen({"Nightingale", "محرمانه"}) == before


def test_the_database_erases_nobody_who_was_not_confirmed(person: Patient) -> None:
    asked = actions.ask_erasure(patient=person, reason="r", last_visit=None, by=None)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ext.erase_patient(%s)", [asked.pk])
    with pytest.raises(Invalid):
        actions.erase_patient(erasure=asked, file_number="0", last_visit=None, by=None)
    erase(person)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ext.erase_patient(%s)", [asked.pk])


def test_records_are_kept_for_their_years(make: Make) -> None:
    patient, today = make.patient(), timezone.localdate()
    with pytest.raises(Conflict) as refused:
        actions.ask_erasure(patient=patient, reason="r", last_visit=today, by=None)
    assert refused.value.code == "kept"
    actions.ask_erasure(patient=patient, reason="r", last_visit=today - dt.timedelta(days=3700), by=None)
    with pytest.raises(Invalid):
        actions.ask_erasure(patient=make.patient(), reason=" ", last_visit=None, by=None)


def test_the_manager_erases_in_two_steps(make: Make, page: Page) -> None:
    patient = make.patient()
    client = page(Role.MANAGER)
    assert page(Role.SECRETARY).get(f"/patients/{patient.pk}/erase/").status_code == 403
    client.post(f"/patients/{patient.pk}/erase/", {"reason": "asked"})
    client.post(f"/patients/{patient.pk}/erase/", {"withdraw": "1"})
    assert Erasure.objects.get().withdrawn_at
    client.post(f"/patients/{patient.pk}/erase/", {"reason": "asked"})
    assert client.post(f"/patients/{patient.pk}/erase/", {"file_number": "x"}).status_code == 422
    assert client.post(f"/patients/{patient.pk}/erase/", {"file_number": str(patient.pk)}).status_code == 302
    patient.refresh_from_db()
    assert patient.phone == ""


def silent(user: User, days: int) -> None:
    """The account's last sign-in was so many days ago; now it signs in."""
    SecurityEvent.objects.create(kind="sign_in", user=user, at=timezone.now() - dt.timedelta(days=days))
    last = SecurityEvent.objects.filter(user=user, kind="sign_in").order_by("-at").first()
    assert last
    actions.hold_after_silence(user_id=user.pk, last=last.at, by=None)


@pytest.fixture
def holder(make: Make) -> tuple[User, Patient]:
    """An account and the patient that it is."""
    user = make.user("patient")
    patient = make.patient(phone=user.phone, birth_date=dt.date(1990, 5, 6))
    actions.link_account(patient=patient, phone=user.phone, relation="self", by=None)
    return user, patient


def test_a_number_used_lately_is_not_asked(holder: Any) -> None:
    silent(holder[0], 100)
    assert not is_held(holder[0])


def test_after_a_long_silence_a_birth_date_shows_who_it_is(holder: Any, page: Page) -> None:
    user, patient = holder
    silent(user, 200)
    assert not acts_for(user).exists()
    client = page(user)
    assert client.get("/my/")["Location"] == "/my/who/"
    wrong = {"birth_date_0": "1", "birth_date_1": "1", "birth_date_2": "1370"}
    assert client.post("/my/who/", wrong).status_code == 422
    assert actions.prove_same_person(user=user, birth_date=dt.date(1990, 5, 6), by=user)
    assert list(acts_for(user)) == [patient]
    assert client.get("/my/").status_code == 200


def test_five_wrong_birth_dates_are_enough(holder: Any) -> None:
    user, _patient = holder
    silent(user, 200)
    for _ in range(5):
        assert not actions.prove_same_person(user=user, birth_date=dt.date(1991, 1, 1), by=user)
    with pytest.raises(Conflict):
        actions.prove_same_person(user=user, birth_date=dt.date(1990, 5, 6), by=user)


def test_a_new_owner_of_the_number_starts_anew_and_the_record_stays(holder: Any, page: Page) -> None:
    user, patient = holder
    messaging.queue_message(
        kind="booking_confirmed", patient=patient, cause="c", appointment=money.appointment(patient=patient), by=None
    )
    silent(user, 200)
    with pytest.raises(Conflict):
        actions.own_patient_for(user=user, first_name="New", last_name="Owner", by=user)
    assert page(user).post("/my/who/", {"new": "1"})["Location"] == "/my/"
    assert not PatientAccess.objects.filter(user=user).exists()
    patient.refresh_from_db()
    assert (patient.phone, patient.appointments.count()) == ("", 1)
    assert patient.history.filter(phone=user.phone).exists()
    assert Message.objects.get().status == "withdrawn"
    mine = actions.own_patient_for(user=user, first_name="New", last_name="Owner", by=user)
    assert mine != patient
    assert list(acts_for(user)) == [mine]


def test_the_desk_takes_a_number_off(holder: Any, page: Page) -> None:
    user, patient = holder
    assert page(Role.SECRETARY).post(f"/patients/{patient.pk}/phone-gone/").status_code == 302
    patient.refresh_from_db()
    assert patient.phone == ""
    assert not acts_for(user).exists()


def test_messages_and_calls_stand_in_one_list(make: Make, page: Page) -> None:
    patient = make.patient()
    messaging.queue_message(
        kind="booking_confirmed", patient=patient, cause="c", appointment=money.appointment(patient=patient), by=None
    )
    desk = page(Role.SECRETARY)
    shown = desk.post(f"/messages/for-patient/{patient.pk}/", {"kind": "called", "text": "می‌آید"}).content.decode()
    assert "می‌آید" in shown
    assert f"message-{Message.objects.get().pk}" in shown
    assert desk.post(f"/messages/for-patient/{patient.pk}/", {"kind": "called", "text": ""}).status_code == 422


def test_what_was_filled_in_and_signed_before_a_visit_is_gone(make: Make) -> None:
    someone = make.patient(first_name="Nightingale")
    questions = [{"kind": "text", "label": {"en": "What hurts?"}}]
    form = emr.save_intake_form(name="f", content=questions, services=[make.service()], by=None)
    waits = emr.send_intake(form=form, patient=someone, by=None)
    emr.save_intake_draft(intake=waits, given={"q1": "my left knee"}, version=0, by=None)
    done = emr.send_intake(form=form, patient=someone, by=None)
    emr.fill_intake(intake=done, given={"q1": "my left knee"}, signed_name="Florence", by=None)
    consent = actions.give_consent(patient=someone, kind="treatment", by=None)
    for row in (consent, Intake.objects.get(pk=done.pk)):
        row.signature, row.signed_name, row.device = [[[1, 1], [2, 2]]], "Florence", "a phone"
        row.save()
    erase(someone)
    assert not seen({"my left knee", "Florence", "a phone"})
    for row in (Intake.objects.get(pk=done.pk), Consent.objects.get(pk=consent.pk)):
        assert (row.signature, row.signed_name, row.device) == ([], "", "")
    assert Intake.objects.get(pk=done.pk).answers == {}
    assert IntakeDraft.objects.filter(intake=waits).first() is None or not waits.draft.answers
