"""The search of every page: the same people as the list finds, in the same order, however many fit."""

import re

import phonenumbers
import pytest
from django.db import connection

from clinic.patients import actions
from clinic.patients.models import Patient
from clinic.patients.queries import find_patients, search_patients
from clinic.patients.queries import search as searching
from clinic.shared.text import format_phone
from tenants.provisioning import owner_connection

NAMES = [
    ("سارا", "احمدی"), ("احمد", "سارایی"), ("علی", "کریمی‌پور"), ("Zoë", "O'Brien"), ("زهراسادات", "موسوی"),
    ("سارا", "پارسا"), ("آرش", "سارا"), ("50%", "a_b"), ("axb", "back\\slash"),
]  # fmt: skip
TYPED = [
    "احمدی", "حمد", "سارا احمدی", "احمدي سارا", "سا", "س", "کریمی پور", "كريمي", "zoe", "BRIEN", "brien z",
    "۰۹۱۲۰۰۰", "0912 000 00", "+98 912", "0003", "0499370899", "049937", "%", "_", "50%", "a_b", "\\", "'; DROP", "",
]  # fmt: skip
CROWD = """
INSERT INTO patients_patient (first_name, last_name, phone, national_code, sex, email, address, language, insurer,
  insurance_number, referral_source, note, search_text, source, external_id)
SELECT 'سارا', 'نفر', '', '', 'unknown', '', '', '', '', '', '', '', ' سارا نفر 98935' || lpad(n::text, 7, '0'),
  'x', n::text
FROM generate_series(1, %s) AS n
"""


@pytest.fixture
def people():
    for number, (first, last) in enumerate(NAMES):
        code = "0499370899" if number == 0 else ""
        actions.register(
            first_name=first, last_name=last, phone=f"0912000000{number}", national_code=code, by=None,
            refuse_duplicates=False,
        )  # fmt: skip
    merged = Patient.objects.get(last_name="پارسا")
    merged.merged_into = Patient.objects.get(last_name="احمدی")
    merged.save()


@pytest.mark.parametrize("typed", TYPED)
def test_it_finds_whom_the_list_finds_in_the_same_order(people, typed):
    listed = [(row.pk, row.full_name, row.phone, row.national_code) for row in find_patients(typed, 5)]
    assert [tuple(row) for row in search_patients(typed, 5)] == listed


def test_the_number_of_a_file_is_found(people):
    wanted = Patient.objects.get(last_name="احمدی")
    assert wanted.pk in [row.pk for row in search_patients(str(wanted.pk), 5)]


def test_among_more_than_are_ranked_the_best_still_stand_first(people, monkeypatch):
    monkeypatch.setattr(searching, "MOST", 3)
    searching._statement.cache_clear()
    try:
        with connection.cursor() as cursor:
            cursor.execute(CROWD, [40])
        whole = actions.register(first_name="نفر", last_name="سارا", by=None, refuse_duplicates=False)
        assert search_patients("نفر", 4)[0].pk == whole.pk  # her whole first name; the others' words only begin so
        assert "احمدی" in search_patients("سارا", 4)[0].full_name  # ' سارا احمدی' stands before ' سارا نفر'
        assert len({row.pk for row in search_patients("سارا", 4)}) == 4
    finally:
        searching._statement.cache_clear()


def test_indexes_answer_however_many_fit(committed):
    # Only the owner may ANALYZE; what it counts must be rows of its own, which it takes back.
    with owner_connection() as owner:
        owner.execute("SET LOCAL search_path = c_a, ext")
        owner.execute(CROWD, [6000])
        owner.execute("SELECT gin_clean_pending_list('patient_search')")  # as the server does by itself, later
        owner.execute("ANALYZE patients_patient")
        rare, common = (_plan(owner, typed) for typed in ("احمد", "سارا"))
        owner.rollback()
    assert "Bitmap Index Scan on patient_search" in rare
    assert "Seq Scan" not in rare
    for plan in (rare, common):
        assert "Index Scan using patient_whole" in plan
        assert "Index Scan using patient_national_code" in plan


def _plan(owner, typed):
    statement = searching._statement(1)
    text = re.sub(r"\$(\d+)", lambda found: f"%({statement.names[int(found[1]) - 1]})s", statement.sql)
    found = owner.execute(f"EXPLAIN {text}", searching.values_of([typed], 12), binary=False)
    return "\n".join(row[0] for row in found.fetchall())


@pytest.mark.parametrize(
    "number", ["+989123456789", "+989000000000", "+989991234567", "+982122334455", "+447400123456"]
)
def test_a_mobile_is_written_as_the_library_writes_it(number):
    parsed = phonenumbers.parse(number, "IR")
    home = phonenumbers.region_code_for_number(parsed) == "IR"
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    assert format_phone(number) == phonenumbers.format_number(parsed, form)
