"""What people type, read in one spelling."""

import pytest
from django.utils import translation

from clinic.shared import text
from clinic.shared.text import InputProblem, normalise, normalise_national_code, normalise_phone, search_key


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("０１２３", "0123"),
        ("علي كريمي", "علی کریمی"),
        ("  سارا   محمدی  ", "سارا محمدی"),
        ("می\u200cرود", "می\u200cرود"),
        ("علی \u200c رضا", "علی رضا"),
        ("\u200cسارا\u200c", "سارا"),
        ("می\u200c\u200cرود", "می\u200cرود"),
        ("\u202eabc\u202c\u200f\ufeff", "abc"),
        ("ســارا", "سارا"),
        ("a\x00b\x1b", "ab"),
        ("one\ntwo", "one two"),
        (None, ""),
    ],
)
def test_normalise(typed: str | None, stored: str) -> None:
    assert normalise(typed) == stored


def test_normalise_keeps_lines_where_wished() -> None:
    assert normalise(" one \r\n two\u200e ", lines=True) == "one\ntwo"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("آرش", "ارش"),
        ("رضائی", "رضایی"),
        ("فاطمة", "فاطمه"),
        ("نیک\u200cآیین", "نیکایین"),
        ("مُحَمَّد", "محمد"),
        ("José", "jose"),
        ("۰۹۱۲", "0912"),
    ],
)
def test_search_key_meets(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    "typed",
    [
        "09123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "٠٩١٢٣٤٥٦٧٨٩", "+98 912 345 6789", "0098-912-345-6789", "98 9123456789",
        "9123456789", "\u202a+989123456789\u202c", "(0912) 345.6789",
    ],
)  # fmt: skip
def test_spellings_of_an_iranian_mobile(typed: str) -> None:
    assert normalise_phone(typed) == "+989123456789"


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("07400 123456", "GB", "+447400123456"),
        ("+44 7400 123456", "IR", "+447400123456"),
        ("021 8888 8888", "IR", "+982188888888"),
    ],
)
def test_other_numbers(typed: str, region: str, stored: str) -> None:
    assert normalise_phone(typed, region) == stored


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("", "empty", "Enter a phone number."),
        ("   ", "empty", "Enter a phone number."),
        ("my phone", "letters", "A phone number has digits only. Example: 0912 345 6789"),
        ("0912345678", "short", "This number has 10 digits; one is missing. Example: 0912 345 6789"),
        ("091234567", "short", "This number has 9 digits; 2 are missing. Example: 0912 345 6789"),
        ("091234567890", "long", "This number has 12 digits; one too many. Example: 0912 345 6789"),
        ("0912345678901", "long", "This number has 13 digits; 2 too many. Example: 0912 345 6789"),
        ("12", "short", "This number has 2 digits; 8 are missing. Example: 0912 345 6789"),
        ("00000000000", "unknown", "No phone has this number. Example: 0912 345 6789"),
    ],
)
def test_what_is_wrong_with_a_number(typed: str, code: str, said: str) -> None:
    with pytest.raises(InputProblem) as problem, translation.override("en"):
        normalise_phone(typed)
    with translation.override("en"):
        assert (problem.value.code, str(problem.value)) == (code, said)


@pytest.mark.parametrize(
    ("typed", "region"), [("1", "GB"), ("074001234567890123", "GB"), ("+999123", "IR"), ("+", "IR"), ("0", "US")]
)
def test_no_number_raises_anything_else(typed: str, region: str) -> None:
    with pytest.raises(InputProblem):
        normalise_phone(typed, region)


@pytest.mark.parametrize(
    ("number", "region", "shown"),
    [("+989123456789", "IR", "0912 345 6789"), ("+447400123456", "IR", "+44 7400 123456")],
)
def test_format_phone(number: str, region: str, shown: str) -> None:
    assert text.format_phone(number, region) == shown


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0499370899", "0499370899"),
        ("۰۴۹۹۳۷۰۸۹۹", "0499370899"),
        ("499370899", "0499370899"),
        ("049-937089-9", "0499370899"),
    ],
)
def test_national_codes(typed: str, stored: str) -> None:
    assert normalise_national_code(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("12a4567890", "letters"),
        ("1234567", "length"),
        ("12345678901", "length"),
        ("1234567890", "checksum"),
        ("1111111111", "checksum"),
    ],
)
def test_wrong_national_codes(typed: str, code: str) -> None:
    with pytest.raises(InputProblem) as problem:
        normalise_national_code(typed)
    assert problem.value.code == code
