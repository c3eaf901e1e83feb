"""Registering, changing, family access, consents."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from clinic.accounts.models import User
from clinic.patients import actions
from clinic.patients.models import AccessLog, Consent, Patient, PatientAccess
from clinic.patients.permissions import acts_for
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.tenancy import use_clinic

CODE = "0499370899"


def register(**values):
    return actions.register(**{"first_name": "سارا", "last_name": "احمدی", "by": None, **values})


def test_what_is_typed_in_any_spelling_is_stored_in_one():
    patient = register(
        first_name="  علي ",
        last_name="كريمي\u200cپور",
        phone="۰۹۱۲ ۳۴۵-۶۷۸۹",
        national_code="۰۴۹۹۳۷۰۸۹۹",
        note="خط ۱\nخط ۲",
    )
    patient.refresh_from_db()
    assert (patient.first_name, patient.last_name) == ("علی", "کریمی\u200cپور")
    assert patient.phone == "+989123456789"
    assert patient.national_code == CODE
    assert patient.note == "خط 1\nخط 2"
    assert "989123456789" in patient.search_text
    assert "09123456789" in patient.search_text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", ""),
        ("last_name", "ا" * 81),
        ("phone", "0912"),
        ("phone", "زنگ"),
        ("national_code", "1234567890"),
        ("national_code", "12a"),
        ("birth_date", dt.date(2999, 1, 1)),
        ("birth_date", dt.date(1800, 1, 1)),
        ("sex", "x"),
        ("email", "no"),
        ("language", "de"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field_with_words(field, value):
    with pytest.raises(Invalid) as refusal:
        register(**{field: value})
    assert refusal.value.field == field
    assert refusal.value.message.strip()
    assert Patient.objects.count() == 0


def test_a_land_line_is_a_phone_of_a_patient():
    assert register(phone="021 2233 4455").phone == "+982122334455"


def test_the_check_digit_is_for_iranian_clinics_only(clinic):
    abroad = clinic.__class__(**{**clinic.__dict__, "currency": "GBP"})
    with use_clinic(abroad):
        assert register(national_code="qq 12 34 56 c").national_code == "QQ123456C"


def test_change_touches_the_named_fields_and_the_search(make):
    patient = register(phone="09123456789")
    actions.change(patient=patient, last_name="رضایی", by=make.user("secretary"))
    patient.refresh_from_db()
    assert patient.full_name == "سارا رضایی"
    assert patient.phone == "+989123456789"
    assert "رضایی" in patient.search_text
    latest = patient.history.first()
    assert latest.last_name == "رضایی"
    assert latest.history_user_id == User.objects.latest("pk").pk


def test_a_merged_patient_is_not_changed():
    old, kept = register(), register()
    old.merged_into = kept
    old.save()
    with pytest.raises(Conflict):
        actions.change(patient=old, last_name="نو", by=None)


def test_a_possible_duplicate_needs_a_second_press():
    first = register(phone="09123456789")
    with pytest.raises(Conflict) as refusal:
        register(phone="09123456789", refuse_duplicates=True)
    assert refusal.value.code == "duplicates"
    assert refusal.value.details["patients"] == [first.pk]
    register(phone="09123456789")
    assert Patient.objects.count() == 2


def test_two_desks_at_once_see_each_other(committed):
    outcomes = []

    def press():
        with use_clinic(committed):
            try:
                register(phone="09123456789", refuse_duplicates=True)
                outcomes.append("made")
            except Conflict:
                outcomes.append("warned")
            finally:
                connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "warned", "warned", "warned"]


def test_the_first_booking_makes_her_own_patient_once(make):
    user = make.user()
    patient = actions.own_patient_for(user=user, first_name="مینا", last_name="شریفی", by=user)
    again = actions.own_patient_for(user=user, first_name="دیگری", last_name="دیگر", by=user)
    assert again.pk == patient.pk
    assert patient.phone == user.phone
    assert list(acts_for(user)) == [patient]


def test_without_a_name_nothing_is_made(make):
    user = make.user()
    with pytest.raises(Invalid) as refusal, transaction.atomic():
        actions.own_patient_for(user=user, by=user)
    assert refusal.value.field == "first_name"
    assert not PatientAccess.objects.exists()


def test_a_recycled_number_does_not_open_the_old_record(make):
    old = register(phone="09121110000")
    user = make.user(phone="+989121110000")
    new = actions.own_patient_for(user=user, first_name="نو", last_name="رسیده", by=user)
    assert new.pk != old.pk
    assert list(acts_for(user)) == [new]


def test_the_desk_lets_a_number_act_and_takes_it_back(make):
    patient, desk = register(), make.user("secretary")
    access = actions.link_account(patient=patient, phone="۰۹۱۲۱۱۱۰۰۰۱", relation="parent", by=desk)
    assert actions.link_account(patient=patient, phone="09121110001", relation="guardian", by=desk).pk == access.pk
    assert list(acts_for(access.user)) == [patient]
    access.refresh_from_db()
    actions.unlink_account(access=access, by=desk)
    assert not acts_for(access.user).exists()


def test_one_account_is_one_patient_itself(make):
    user = make.user()
    actions.own_patient_for(user=user, first_name="مینا", last_name="شریفی", by=user)
    with pytest.raises(Invalid) as refusal:
        actions.link_account(patient=register(), phone=user.phone, relation="self", by=None)
    assert refusal.value.field == "relation"


def test_family_members_are_limited_and_need_a_relation(make):
    user = make.user()
    child = actions.add_family_member(user=user, first_name="رها", last_name="شریفی", relation="parent", by=user)
    assert child.phone == user.phone
    with pytest.raises(Invalid):
        actions.add_family_member(user=user, first_name="رها", last_name="شریفی", relation="cousin", by=user)
    for number in range(actions.FAMILY_AT_MOST - 1):
        actions.add_family_member(user=user, first_name="رها", last_name=f"شریفی {number}", relation="other", by=user)
    with pytest.raises(Invalid):
        actions.add_family_member(user=user, first_name="یکی", last_name="بیش", relation="other", by=user)


def test_a_consent_keeps_the_very_words_and_its_withdrawal(make):
    patient, desk = register(), make.user("secretary")
    given = actions.give_consent(patient=patient, kind="record", by=desk)
    assert actions.give_consent(patient=patient, kind="record", by=desk).pk == given.pk
    assert "record" in given.text
    assert given.accepted_by == desk
    actions.withdraw_consent(consent=given, by=desk)
    given.refresh_from_db()
    moment = given.withdrawn_at
    assert actions.withdraw_consent(consent=given, by=desk).withdrawn_at == moment
    assert actions.give_consent(patient=patient, kind="record", by=desk).pk != given.pk
    with pytest.raises(Invalid):
        actions.give_consent(patient=patient, kind="soul", by=desk)
    assert Consent.objects.count() == 2


def test_readings_are_written_once(make):
    patient, doctor = register(), make.user("doctor")
    actions.log_access(patient=patient, what="card", by=doctor)
    row = AccessLog.objects.get()
    assert (row.user, row.patient, row.what) == (doctor, patient, "card")
