"""What the record's screens read, and in how many queries."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from clinic.shared.chart import Ask
from emr import actions, queries
from scheduling.actions import book_direct
from scheduling.statuses import VisitStatus
from tests.emr.make import Doctor
from tests.statements import statements


def test_a_long_record_costs_no_more_queries_than_a_short_one(doctor: Doctor, page: Any) -> None:
    few, many = doctor.make.patient(), doctor.make.patient()
    doctor.signed(few, days_ago=1)
    for days in range(1, 21):
        doctor.signed(many, days_ago=days)
    glances = [statements(lambda w=who: queries.record_at_a_glance(w, reader=doctor.user)) for who in (few, many)]
    assert glances[0] == glances[1]
    client = page(doctor.user)
    client.get(f"/doctor/patients/{few.pk}/")  # what is asked once a process
    visits = [doctor.visit(few), doctor.visit(many)]
    for visit in visits:
        client.get(f"/doctor/visit/{visit.pk}/")
    short, long = (statements(lambda v=visit: client.get(f"/doctor/visit/{v.pk}/")) for visit in visits)
    assert short == long
    assert statements(lambda: client.get(f"/doctor/patients/{few.pk}/")) == statements(
        lambda: client.get(f"/doctor/patients/{many.pk}/")
    )


def test_the_glance_holds_what_matters(doctor: Doctor) -> None:
    patient = doctor.make.patient()
    past = doctor.signed(patient, days_ago=2)
    actions.add_allergy(patient=patient, substance="پنی‌سیلین", severity="severe", by=doctor.user)
    record = doctor.record(patient)
    actions.prescribe(encounter=record, name="لوزارتان ۲۵", by=doctor.user)
    struck = actions.prescribe(encounter=record, name="دیکلوفناک", by=doctor.user)
    actions.cancel_prescription_line(line=struck, by=doctor.user)
    glance = queries.record_at_a_glance(patient, reader=doctor.user, besides=record)
    assert [each.substance for each in glance.allergies] == ["پنی‌سیلین"]
    assert {each.name for each in glance.medicines} == {"لوزارتان 25", "استامینوفن 500"}
    assert glance.last_visits == [past]


def test_a_course_that_ran_out_is_no_current_medicine(doctor: Doctor) -> None:
    record = doctor.signed()
    line = record.prescriptions.get()
    assert line in queries.current_medicines(record.patient)
    line.created_at = timezone.now() - dt.timedelta(days=7)
    line.save()
    assert line not in queries.current_medicines(record.patient)


def test_a_withdrawn_record_counts_nowhere(doctor: Doctor) -> None:
    record = doctor.signed()
    actions.withdraw_encounter(encounter=record, reason="بیمار دیگری بود", by=doctor.user)
    glance = queries.record_at_a_glance(record.patient, reader=doctor.user)
    assert (glance.last_visits, glance.medicines) == ([], [])
    ask = Ask(doctor.user, record.patient, (record.patient_id,))
    assert [(row.pk, row.status) for row in queries.visits(ask)] == [(record.visit_id, "entered_in_error")]


def test_my_day_in_the_order_of_time_and_who_is_next(doctor: Doctor) -> None:
    now = timezone.now()
    inside = doctor.visit()
    late = doctor.visit(status=VisitStatus.ARRIVED, due_at=now)
    urgent = doctor.visit(status=VisitStatus.ARRIVED, due_at=now, priority=5)
    doctor.visit(days_ago=1, status=VisitStatus.ARRIVED)
    day = queries.my_day(doctor.practitioner, timezone.localdate(), inside.branch)
    assert day.here == [inside]
    assert day.next == urgent
    assert {visit.pk for visit in day.waiting} == {late.pk, urgent.pk}
    late.status = VisitStatus.CALLED
    late.save()
    assert queries.next_in_line(doctor.practitioner, timezone.localdate()) == late


def test_hours_after_midnight_belong_to_the_day_that_is_ending(doctor: Doctor) -> None:
    branch = doctor.visit().branch
    branch.day_starts_hour = 5
    branch.save()
    zone = ZoneInfo(branch.time_zone)
    day = timezone.localdate() + dt.timedelta(days=3)
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    late, early = (
        book_direct(
            service=doctor.service, practitioner=doctor.practitioner, branch=branch, override=True,
            patient=doctor.make.patient(), starts_at=midnight + dt.timedelta(hours=hours), reason="night",
            by=doctor.make.user("owner"),
        )
        for hours in (1, 6)
    )  # fmt: skip
    assert [row.appointment for row in queries.my_day(doctor.practitioner, day, branch).rows] == [late]
    tomorrow = queries.my_day(doctor.practitioner, day + dt.timedelta(days=1), branch)
    assert [row.appointment for row in tomorrow.rows] == [early]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("J45", "J45"),
        ("j459", "J45.9"),
        ("J45.9", "J45.9"),
        ("hyperten", "I10"),
        ("diab type 2", "E11"),
        ("common cold", "J00"),
        ("سرما", "J00"),
        ("فشار خون", "I10"),
        ("كم خوني فقر", "D50"),
    ],
)
def test_icd_codes_are_found_by_code_by_english_and_by_persian(typed: str, code: str) -> None:
    assert code in [each.code for each in queries.find_icd(typed)][:3]


def test_icd_speaks_the_readers_language_and_invents_nothing() -> None:
    with translation.override("fa"):
        assert queries.icd_title("J00") == "سرماخوردگی"
        assert queries.icd_title("J04.1") == "Acute tracheitis"
    assert queries.icd_title("J99.99") == ""
    assert queries.find_icd("") == queries.find_icd("%%%") == queries.find_icd("xyzzy") == []
    assert len(queries.find_icd("a")) <= 12


def test_drugs_are_found_in_both_languages(doctor: Doctor) -> None:
    drug = actions.save_medication(name="آتورواستاتین", name_en="Atorvastatin", atc="c10aa05", by=doctor.user)
    hidden = actions.save_medication(name="آتورواستاتین قدیم", is_active=False, by=doctor.user)
    for typed in ("اتورو", "atorva", "C10AA05", "آتورواستاتین"):
        assert drug in queries.find_drugs(typed)
    assert hidden not in queries.find_drugs("اتورو")
    assert hidden in queries.find_drugs("اتورو", all_of_them=True)
