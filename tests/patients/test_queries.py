"""Finding patients by any part, and possible duplicates."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from clinic.patients import actions
from clinic.patients.models import Patient
from clinic.patients.queries import age_of, find_patients, possible_duplicates, words_of
from tenants.provisioning import owner_connection

CODE = "0499370899"


@pytest.fixture
def people():
    def add(first, last, **values):
        return actions.register(first_name=first, last_name=last, by=None, **values)

    return {
        "sara": add("سارا", "احمدی", phone="09123456789", national_code=CODE),
        "ali": add("علی", "کریمی‌پور", phone="09351112233"),
        "zahra": add("زهراسادات", "موسوی", phone="+447400123456"),
        "emily": add("Zoë", "O'Brien", phone="02122334455"),
    }


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("احمدی", "sara"),
        ("حمد", "sara"),
        ("سارا احمدی", "sara"),
        ("احمدی سارا", "sara"),
        ("۰۹۱۲۳۴", "sara"),
        ("0912 345 67", "sara"),
        ("+98 912 345", "sara"),
        ("0098912345", "sara"),
        ("٦٧٨٩", "sara"),
        ("۰۴۹۹۳۷", "sara"),
        ("049-937089-9", "sara"),
        ("سارا 0912", "sara"),
        ("علي", "ali"),
        ("كريمي", "ali"),
        ("کریمی پور", "ali"),
        ("کریمی\u200cپور", "ali"),
        ("کریمیپور", "ali"),
        ("زهرا", "zahra"),
        ("سادات", "zahra"),
        ("7400123", "zahra"),
        ("zoe", "emily"),
        ("BRIEN", "emily"),
        ("سا", "sara"),
        ("زه", "zahra"),
    ],
)
def test_any_part_in_any_spelling_finds(people, typed, who):
    assert people[who] in find_patients(typed)


@pytest.mark.parametrize("typed", ["", "  ", "+", "هیچ‌کس", "%", "_", "'; DROP TABLE", "۹۹۹۹۹۹۹", "\u200c"])
def test_what_fits_nobody_finds_nobody(people, typed):
    assert list(find_patients(typed)) == []


def test_short_words_match_beginnings_only(people):
    assert people["sara"] not in find_patients("را")
    assert people["sara"] in find_patients("ارا")


def test_the_best_match_stands_first(people):
    exact = actions.register(first_name="احمد", last_name="سارایی", by=None)
    assert list(find_patients("سارا"))[:2] == [people["sara"], exact]
    assert next(iter(find_patients(CODE))) == people["sara"]


def test_merged_patients_are_not_found(people):
    people["ali"].merged_into = people["sara"]
    people["ali"].save()
    assert list(find_patients("کریمی")) == []


def test_the_limit_holds(people):
    for number in range(5):
        actions.register(first_name="سارا", last_name=f"نفر {number}", by=None)
    assert len(find_patients("سارا", 3)) == 3


CROWD = """
INSERT INTO patients_patient (first_name, last_name, phone, national_code, sex, email, address, language, insurer,
  insurance_number, referral_source, note, search_text, source, external_id)
SELECT 'ب', 'پ', '', '', 'unknown', '', '', '', '', '', '', '',
  ' ' || translate(md5(n::text), '0123456789abcdef', 'بپتثجچحخدذرزژشصض') || ' 98935' || lpad(n::text, 7, '0'),
  'x', n::text
FROM generate_series(1, 6000) AS n
"""


def test_the_trigram_index_answers(committed, people):
    with connection.cursor() as cursor:
        cursor.execute(CROWD)
    with owner_connection() as owner:
        owner.execute("SELECT gin_clean_pending_list('c_a.patient_search')  -- as autovacuum does in time")
        owner.execute("ANALYZE c_a.patients_patient")
    for typed in ("احمدی", "0912345", "سا", "سارا احمدی"):
        plan = find_patients(typed).explain()
        assert "Bitmap Index Scan on patient_search" in plan, f"{typed}: {plan}"
        assert people["sara"] in find_patients(typed)


def test_a_number_with_blanks_is_one_word():
    assert words_of("۰۹۱۲ ۳۴۵") == ["0912345"]
    assert words_of("0098 912") == ["98912"]
    assert words_of("Sara  AHMADI") == ["sara", "ahmadi"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"first_name": "نام", "last_name": "دیگر", "national_code": CODE}, True),
        ({"first_name": "سارا", "last_name": "احمدي", "phone": "+989123456789"}, True),
        ({"first_name": "ساره", "last_name": "احمدی", "phone": "+989123456789"}, True),
        ({"first_name": "سارا", "last_name": "احمدی"}, True),
        ({"first_name": "سارا", "last_name": "احمدی", "birth_date": dt.date(1990, 1, 1)}, True),
        ({"first_name": "سارا", "last_name": "احمدی", "birth_date": dt.date(1991, 1, 1)}, False),
        ({"first_name": "سارا", "last_name": "احمدی", "phone": "+989120000000"}, False),
        ({"first_name": "محمد", "last_name": "احمدی", "phone": "+989123456789"}, False),
        ({"first_name": "سارا", "last_name": "احمدی", "national_code": "0013542419"}, False),
        ({"first_name": "", "last_name": ""}, False),
    ],
)
def test_who_may_be_the_same_person(people, typed, found):
    sara = actions.change(patient=people["sara"], birth_date=dt.date(1990, 1, 1), by=None)
    assert [each.patient for each in possible_duplicates(**typed)] == ([sara] if found else [])


def test_age_is_counted_in_full_years():
    today = timezone.localdate()
    assert age_of(Patient(birth_date=None)) is None
    assert age_of(Patient(birth_date=dt.date(today.year - 30, 1, 1))) == 30
    assert age_of(Patient(birth_date=today)) == 0


def test_the_number_of_a_file_finds_its_card_first(make):
    card = make.patient()
    assert find_patients(str(card.pk))[0] == card
