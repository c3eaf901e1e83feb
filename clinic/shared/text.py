"""Reading what people type: digits, letters and marks of three alphabets become one spelling."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import phonenumbers
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

LATIN = "0123456789"
PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
FULL_WIDTH = "０１２３４５６７８９"
ZWNJ = "\u200c"

_TO_LATIN = {ord(mark): LATIN[i] for row in (PERSIAN, ARABIC, FULL_WIDTH) for i, mark in enumerate(row)}
_TO_PERSIAN = {ord(LATIN[i]): mark for i, mark in enumerate(PERSIAN)}
_LETTERS = {ord("ي"): "ی", ord("ى"): "ی", ord("ك"): "ک", ord("ە"): "ه", ord("ھ"): "ه", ord("\u0640"): None}
_SEARCH = {
    **{ord(mark): "ا" for mark in "أإآٱ"},
    ord("ؤ"): "و",
    ord("ئ"): "ی",
    ord("ة"): "ه",
    ord("ۀ"): "ه",
    ord("ء"): None,
    ord(ZWNJ): None,
}
_IRANIAN_MOBILE = re.compile(r"\+989[0-9]{9}")
_JOINER = re.compile(rf"\s*{ZWNJ}\s+|\s+{ZWNJ}\s*|{ZWNJ}{{2,}}")


class InputProblem(ValueError):
    """What is wrong with a typed value; `code` for programs, the text (translated) for people."""

    def __init__(self, code: str, message: Any, **params: Any) -> None:
        self.code, self.message, self.params = code, message, params
        super().__init__(code)

    def __str__(self) -> str:
        # A lazy plural takes its number only when it is filled in.
        text = str(self.message % self.params if self.params else self.message)
        return to_persian_digits(text) if (get_language() or "").startswith("fa") else text


class PhoneError(InputProblem):
    """A phone number that cannot be read."""


class NationalCodeProblem(InputProblem):
    """An Iranian national code that cannot be right."""


def to_latin_digits(text: str) -> str:
    """Persian, Arabic and full-width digits become 0-9; everything else stays."""
    return text.translate(_TO_LATIN)


def to_persian_digits(text: str) -> str:
    """0-9 become ۰-۹; everything else stays."""
    return text.translate(_TO_PERSIAN)


def normalise(text: str | None, *, lines: bool = False) -> str:
    """One spelling for stored text: Latin digits, Persian ی and ک, no invisible marks, single spaces.

    The zero-width non-joiner is kept inside words, where it is spelling. With `lines` line ends are kept.
    """
    if not text:
        return ""
    text = unicodedata.normalize("NFC", text).translate(_TO_LATIN).translate(_LETTERS)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(mark for mark in text if _visible(mark))
    text = _JOINER.sub(lambda found: ZWNJ if not found.group().strip(ZWNJ) else " ", text)
    parts = text.split("\n") if lines else [text]
    return "\n".join(" ".join(part.split()).strip(ZWNJ) for part in parts).strip()


def _visible(mark: str) -> bool:
    """Whether a character may stay: no control, bidirectional or other format marks but ZWNJ and line ends."""
    return mark in f"{ZWNJ}\n\t" or unicodedata.category(mark) not in {"Cf", "Cc", "Cs", "Co", "Cn"}


def search_key(text: str | None) -> str:
    """The form in which names are compared: no accents, vowel marks, hamza, ZWNJ or case."""
    text = normalise(text).translate(_SEARCH).casefold()
    text = unicodedata.normalize("NFKD", text)
    return " ".join("".join(mark for mark in text if not unicodedata.combining(mark)).split())


def normalise_phone(raw: str | None, region: str = "IR") -> str:
    """The number in E.164 ("+989123456789"); any digits, spaces, dashes, +98, 0098 and 98 are understood.

    Raises PhoneError with code `empty`, `letters`, `short`, `long` or `unknown`.
    """
    text = normalise(raw)
    if not text:
        raise PhoneError("empty", _("Enter a phone number."))
    if re.search(r"[^\d\s+().\-/]", text):
        raise PhoneError("letters", _("A phone number has digits only. Example: %(example)s"), example=_example(region))
    digits = re.sub(r"\D", "", text)
    international = text.lstrip("( ").startswith("+")
    if digits.startswith("00"):
        digits, international = digits[2:], True
    elif not international and region == "IR" and digits.startswith("98") and len(digits) == 12:
        international = True
    number = _parse("+" + digits if international else digits, region)
    if number is None and international:
        raise PhoneError("unknown", _("No phone has this number. Example: %(example)s"), example=_example(region))
    if number is None:
        raise _length_problem(digits, region, phonenumbers.ValidationResult.TOO_SHORT)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise _length_problem(digits, region if not international else "", reason, number)
    if not phonenumbers.is_valid_number(number):
        if number.country_code == 98:
            raise _iranian_problem(digits, number)
        raise PhoneError("unknown", _("No phone has this number. Example: %(example)s"), example=_example(region))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(number: str, region: str = "IR") -> str:
    """A stored number as people of the region write it: "0912 345 6789" at home, "+44 7400 123456" abroad."""
    if region == "IR" and _IRANIAN_MOBILE.fullmatch(number):  # what most lists are full of, in a twentieth of the time
        return f"0{number[3:6]} {number[6:9]} {number[9:]}"
    parsed = _parse(number, region)
    if parsed is None:
        return number
    if phonenumbers.region_code_for_number(parsed) != region:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def _parse(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _example(region: str) -> str:
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if region == "IR" or number is None:
        return "0912 345 6789"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _iranian_problem(digits: str, number: phonenumbers.PhoneNumber) -> PhoneError:
    """Iranian numbers have ten digits after the zero: say how many are missing or too many."""
    gap = 10 - len(str(number.national_number))
    if gap == 0:
        return PhoneError("unknown", _("No phone has this number. Example: %(example)s"), example=_example("IR"))
    return _gap_problem(len(digits), gap, "IR")


def _length_problem(
    digits: str, region: str, reason: int, number: phonenumbers.PhoneNumber | None = None
) -> PhoneError:
    if number is not None and number.country_code == 98:
        return _iranian_problem(digits, number)
    if region == "IR":
        return _gap_problem(len(digits), 11 - len(digits), "IR")
    short = reason == phonenumbers.ValidationResult.TOO_SHORT
    if short or reason == phonenumbers.ValidationResult.TOO_LONG:
        text = _("This number has %(digits)s digits, which is too few. Example: %(example)s")
        if not short:
            text = _("This number has %(digits)s digits, which is too many. Example: %(example)s")
        return PhoneError("short" if short else "long", text, digits=len(digits), example=_example(region or "GB"))
    return PhoneError("unknown", _("No phone has this number. Example: %(example)s"), example=_example(region or "GB"))


def _gap_problem(count: int, gap: int, region: str) -> PhoneError:
    missing = ngettext_lazy(
        "This number has %(digits)s digits; one is missing. Example: %(example)s",
        "This number has %(digits)s digits; %(gap)s are missing. Example: %(example)s",
        "gap",
    )
    extra = ngettext_lazy(
        "This number has %(digits)s digits; one too many. Example: %(example)s",
        "This number has %(digits)s digits; %(gap)s too many. Example: %(example)s",
        "gap",
    )
    code, text = ("short", missing) if gap > 0 else ("long", extra)
    return PhoneError(code, text, digits=count, gap=abs(gap), example=_example(region))


def normalise_national_code(raw: str | None) -> str:
    """Ten Latin digits with a right check digit; eight or nine digits are filled with leading zeros.

    Raises NationalCodeProblem with code `empty`, `letters`, `length` or `checksum`.
    """
    text = re.sub(r"[\s\-]", "", normalise(raw))
    if not text:
        raise NationalCodeProblem("empty", _("Enter the national code."))
    if not text.isdigit():
        raise NationalCodeProblem("letters", _("The national code has digits only."))
    if not 8 <= len(text) <= 10:
        raise NationalCodeProblem(
            "length", _("The national code has 10 digits; this has %(digits)s."), digits=len(text)
        )
    text = text.zfill(10)
    if not is_national_code(text):
        raise NationalCodeProblem("checksum", _("These digits do not make a national code; check them once more."))
    return text


def is_national_code(code: str) -> bool:
    """Whether ten digits carry the right check digit of an Iranian national code."""
    if not re.fullmatch(r"[0-9]{10}", code) or len(set(code)) == 1:
        return False
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(code[:9])) % 11
    return int(code[9]) == (rest if rest < 2 else 11 - rest)
