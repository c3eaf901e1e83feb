"""What may be written into a record, and when no more."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.shared.errors import Conflict, Forbidden, Invalid
from emr import actions, queries
from emr.models import Condition, Encounter, EncounterStatusChange, MedicationRequest
from emr.statuses import EncounterStatus
from scheduling.models import Visit
from scheduling.statuses import VisitStatus
from tests.emr.make import Doctor


def test_a_visit_has_one_record_however_often_it_is_opened(doctor: Doctor) -> None:
    visit = doctor.visit()
    first = actions.open_encounter(visit=visit, by=doctor.user)
    again = actions.open_encounter(visit=visit, by=doctor.user)
    assert first == again
    assert [move.to_status for move in EncounterStatusChange.objects.filter(subject=first)] == ["draft"]


def test_a_visit_in_which_nobody_was_seen_gets_no_record(doctor: Doctor) -> None:
    with pytest.raises(Conflict):
        actions.open_encounter(visit=doctor.visit(status=VisitStatus.LEFT), by=doctor.user)


@pytest.mark.parametrize("role", ["secretary", "nurse", "cashier", "manager", "owner", "patient"])
def test_only_doctors_write(doctor: Doctor, role: str) -> None:
    other, record = doctor.make.user(role), doctor.record()
    with pytest.raises(Forbidden):
        actions.open_encounter(visit=doctor.visit(), by=other)
    with pytest.raises(Forbidden):
        actions.save_note(encounter=record, version=1, note="x", by=other)
    with pytest.raises(Forbidden):
        actions.sign(encounter=record, by=other)
    with pytest.raises(Forbidden):
        actions.prescribe(encounter=record, name="x", by=other)
    with pytest.raises(Forbidden):
        actions.add_allergy(patient=record.patient, substance="x", by=other)


def test_a_doctor_of_another_branch_does_not_write_here(doctor: Doctor) -> None:
    elsewhere = doctor.make.branch(name="شعبهٔ دوم")
    stranger = doctor.make.user("doctor", branch=elsewhere)
    with pytest.raises(Forbidden):
        actions.save_note(encounter=doctor.record(), version=1, note="x", by=stranger)


def test_every_save_counts_the_version_and_the_same_words_do_not(doctor: Doctor) -> None:
    record = doctor.record()
    record = actions.save_note(encounter=record, version=1, note="سردرد", by=doctor.user)
    assert (record.version, record.note, record.saved_by) == (2, "سردرد", doctor.user)
    assert actions.save_note(encounter=record, version=1, note="سردرد", by=doctor.user).version == 2
    assert actions.save_note(encounter=record, version=2, advice="استراحت", by=doctor.user).note == "سردرد"


def test_a_stale_save_is_refused_with_both_texts_and_nothing_is_lost(doctor: Doctor) -> None:
    record, colleague = doctor.record(), doctor.make.user("doctor")
    actions.save_note(encounter=record, version=1, note="نوشتهٔ همکار", by=colleague)
    with pytest.raises(Conflict) as refused:
        actions.save_note(encounter=record, version=1, note="نوشتهٔ من", by=doctor.user)
    details = refused.value.details
    assert details["yours"] == {"note": "نوشتهٔ من"}
    assert details["theirs"] == {"note": "نوشتهٔ همکار"}
    assert Encounter.objects.get(pk=record.pk).note == "نوشتهٔ همکار"
    both = {"note": "نوشتهٔ همکار\n\nنوشتهٔ من"}
    settled = actions.settle_note(encounter=record, version=details["version"], texts=both, by=doctor.user)
    assert settled.note == both["note"]
    assert "نوشتهٔ همکار" in {row.note for row in Encounter.history.filter(id=record.pk)}
    with pytest.raises(Conflict):
        actions.settle_note(encounter=record, version=details["version"], texts={"note": "x"}, by=colleague)


def test_the_page_that_wrote_last_is_never_stale(doctor: Doctor) -> None:
    record = doctor.record()
    actions.save_note(encounter=record, version=1, note="الف", page="p1", by=doctor.user)
    saved = actions.save_note(encounter=record, version=1, note="الف ب", page="p1", by=doctor.user)
    assert saved.note == "الف ب"
    with pytest.raises(Conflict):
        actions.save_note(encounter=record, version=1, note="ج", page="p2", by=doctor.user)


def test_what_no_database_can_hold_is_taken_out_and_layout_stays(doctor: Doctor) -> None:
    typed = "تب\x00 و لرز\r\n  - ۳ روز\tشدید\n"
    record = actions.save_note(encounter=doctor.record(), version=1, note=typed, by=doctor.user)
    assert record.note == "تب و لرز\n  - ۳ روز\tشدید"
    with pytest.raises(Invalid):
        actions.save_note(encounter=record, version=2, note="ا" * 20_001, by=doctor.user)


def test_signing_locks_everything_but_additions(doctor: Doctor) -> None:
    record = doctor.signed()
    line, condition = record.prescriptions.get(), record.conditions.get()
    assert record.signed_by == doctor.user
    attempts = [
        lambda: actions.save_note(encounter=record, version=record.version, note="دیگر", by=doctor.user),
        lambda: actions.settle_note(encounter=record, version=record.version, texts={"note": "x"}, by=doctor.user),
        lambda: actions.set_follow_up(encounter=record, on=timezone.localdate(), by=doctor.user),
        lambda: actions.add_condition(patient=record.patient, encounter=record, title="x", by=doctor.user),
        lambda: actions.remove_condition(condition=condition, by=doctor.user),
        lambda: actions.prescribe(encounter=record, name="x", by=doctor.user),
        lambda: actions.cancel_prescription_line(line=line, by=doctor.user),
        lambda: actions.copy_last_visit(encounter=record, by=doctor.user),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict):
            attempt()
    added = actions.add_addendum(encounter=record, text="جواب آزمایش طبیعی بود.", by=doctor.user)
    assert added.by == doctor.user
    assert actions.sign(encounter=record, by=doctor.user).signed_at == record.signed_at
    with pytest.raises(Invalid):
        actions.add_addendum(encounter=record, text="  ", by=doctor.user)


def test_the_database_itself_keeps_what_was_signed(doctor: Doctor) -> None:
    record = doctor.signed()
    with pytest.raises(IntegrityError, match="signed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE emr_encounter SET note = 'x' WHERE id = %s", [record.pk])
    withdrawn = actions.withdraw_encounter(encounter=record, reason="بیمار دیگری بود", by=doctor.user)
    assert withdrawn.status == EncounterStatus.ENTERED_IN_ERROR


def test_an_open_record_gets_no_addendum(doctor: Doctor) -> None:
    with pytest.raises(Conflict):
        actions.add_addendum(encounter=doctor.record(), text="x", by=doctor.user)


def test_finishing_signs_and_ends_the_visit_with_the_last_words(doctor: Doctor) -> None:
    record = doctor.record()
    words = {"version": 1, "note": "آخرین واژه‌ها", "page": "p"}
    done = actions.finish_encounter(encounter=record, by=doctor.user, last_words=words)
    assert (done.status, done.note) == ("signed", "آخرین واژه‌ها")
    assert Visit.objects.get(pk=record.visit_id).status == VisitStatus.FINISHED
    assert actions.finish_encounter(encounter=record, by=doctor.user, last_words=words).version == done.version


def test_who_waits_outside_cannot_be_finished_and_then_nothing_is_signed(doctor: Doctor) -> None:
    record = doctor.record(status=VisitStatus.ARRIVED)
    with pytest.raises(Conflict):
        actions.finish_encounter(encounter=record, by=doctor.user)
    assert Encounter.objects.get(pk=record.pk).is_open


def test_diagnoses_by_code_by_words_and_not_twice(doctor: Doctor) -> None:
    record = doctor.record()
    add = {"patient": record.patient, "encounter": record, "by": doctor.user}
    coded = actions.add_condition(code="j00", **add)
    assert (coded.code, coded.title) == ("J00", "Acute nasopharyngitis [common cold]")
    assert actions.add_condition(code="J00", **add) == coded
    assert actions.add_condition(title="درد مبهم شانه", **add).code == ""
    with pytest.raises(Invalid):
        actions.add_condition(code="Q99.99", **add)
    with pytest.raises(Invalid):
        actions.add_condition(title=" ", **add)
    actions.remove_condition(condition=coded, by=doctor.user)
    assert Condition.objects.get(pk=coded.pk).entered_in_error


def test_problems_are_kept_and_end(doctor: Doctor) -> None:
    record = doctor.signed()
    condition = record.conditions.get()
    actions.keep_problem(condition=condition, by=doctor.user)
    assert [each.code for each in queries.record_at_a_glance(record.patient, reader=doctor.user).problems] == ["J00"]
    actions.end_problem(condition=condition, by=doctor.user)
    assert queries.record_at_a_glance(record.patient, reader=doctor.user).problems == []


def test_an_allergy_warns_until_a_reason_is_given(doctor: Doctor) -> None:
    record = doctor.record()
    drug = actions.save_medication(
        name="آموکسی‌سیلین", name_en="Amoxicillin", strength="500 mg", substance="amoxicillin", by=doctor.user
    )
    actions.add_allergy(patient=record.patient, substance="آموکسی سیلین", reaction="کهیر", by=doctor.user)
    for named in ({"medication": drug}, {"name": "Amoxicillin 500"}, {"name": "کپسول آموکسی‌سیلین"}):
        with pytest.raises(Conflict) as refused:
            actions.prescribe(encounter=record, by=doctor.user, **named)
        assert refused.value.code == "allergy"
        assert refused.value.details["allergies"][0]["reaction"] == "کهیر"
    line = actions.prescribe(encounter=record, medication=drug, override_reason="تست پوستی منفی", by=doctor.user)
    assert line.warning_overridden == "تست پوستی منفی"
    other = actions.prescribe(encounter=record, name="ایبوپروفن", override_reason="بی‌جا", by=doctor.user)
    assert other.warning_overridden == ""


def test_an_ended_allergy_warns_no_more_and_one_substance_is_noted_once(doctor: Doctor) -> None:
    record = doctor.record()
    first = actions.add_allergy(patient=record.patient, substance="Penicillin", by=doctor.user)
    again = actions.add_allergy(patient=record.patient, substance="penicillin ", severity="severe", by=doctor.user)
    assert (again.pk, again.severity) == (first.pk, "severe")
    actions.end_allergy(allergy=again, by=doctor.user)
    assert actions.prescribe(encounter=record, name="Penicillin V", by=doctor.user).pk


def test_lines_of_a_prescription(doctor: Doctor) -> None:
    record = doctor.record()
    drug = actions.save_medication(name="متفورمین", default_dose="روزی دو عدد با غذا", by=doctor.user)
    line = actions.prescribe(encounter=record, medication=drug, days=30, by=doctor.user)
    assert (line.name, line.dose) == ("متفورمین", "روزی دو عدد با غذا")
    actions.cancel_prescription_line(line=line, by=doctor.user)
    assert MedicationRequest.objects.get(pk=line.pk).is_cancelled
    for wrong in ({"name": ""}, {"name": "x", "days": 0}, {"name": "x", "days": 366}):
        with pytest.raises(Invalid):
            actions.prescribe(encounter=record, by=doctor.user, **wrong)


def test_the_wish_for_another_visit(doctor: Doctor) -> None:
    record, today = doctor.record(), timezone.localdate()
    on = today + dt.timedelta(days=14)
    actions.set_follow_up(encounter=record, on=on, service=doctor.service, note="کنترل فشار", by=doctor.user)
    assert queries.follow_up_wish(record.visit) == (on, doctor.service, "کنترل فشار")
    actions.set_follow_up(encounter=record, on=None, by=doctor.user)
    assert queries.follow_up_wish(record.visit) is None
    with pytest.raises(Invalid):
        actions.set_follow_up(encounter=record, on=today - dt.timedelta(days=1), by=doctor.user)


def test_the_last_visit_is_copied_beside_what_is_written_already(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    with pytest.raises(Conflict):
        actions.copy_last_visit(encounter=doctor.record(patient, days_ago=9), by=doctor.user)
    doctor.signed(patient, days_ago=3)
    record = doctor.record(patient)
    words = {"version": 1, "note": "امروز بهتر است", "page": "p"}
    record = actions.copy_last_visit(encounter=record, by=doctor.user, last_words=words)
    assert record.note == "امروز بهتر است\n\nیادداشت محرمانه"
    assert [each.code for each in record.conditions.all()] == ["J00"]


def test_the_drug_list_holds_a_drug_once(doctor: Doctor) -> None:
    drug = actions.save_medication(name="آسپرین", strength="80 mg", by=doctor.user)
    with pytest.raises(Invalid):
        actions.save_medication(name="آسپرین", strength="80 mg", by=doctor.user)
    assert actions.save_medication(medication=drug, is_active=False, by=doctor.make.user("manager")).is_active is False
    with pytest.raises(Forbidden):
        actions.save_medication(name="x", by=doctor.make.user("secretary"))
