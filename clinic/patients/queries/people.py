"""Finding patients by whatever part of them is known, and those who may be the same person."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Collate
from django.utils import timezone

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Consent, Patient, PatientAccess
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement
from clinic.shared.phones import region
from clinic.shared.text import format_phone, normalise, search_key

SHORT = 3  # fewer letters than a trigram: only the beginnings of words are asked for
FILE_DIGITS = 9
NUMBER_LIKE = re.compile(r"[\d\s+()\-./]+")


def search_text_of(patient: Patient) -> str:
    """What is searched: the folded name, the phone in both spellings, the national code; each word after a blank.

    What stood on cards that were merged into this one is found, too.
    """
    merged = Patient.objects.filter(merged_into=patient).order_by("pk") if patient.pk else []
    parts = dict.fromkeys(part for card in (patient, *merged) for part in _words_on(card))
    return "".join(f" {part}" for part in parts if part)


def _words_on(patient: Patient) -> list[str]:
    phone = re.sub(r"\D", "", patient.phone)
    at_home = re.sub(r"\D", "", format_phone(patient.phone, region())) if phone else ""
    return [search_key(patient.full_name), phone, at_home, patient.national_code.casefold()]


def words_of(text: str) -> list[str]:
    """The words of a search; a number typed with blanks, dashes or + is one word."""
    plain = normalise(text)
    if plain and NUMBER_LIKE.fullmatch(plain):
        digits = re.sub(r"\D", "", plain)
        return [digits[2:] if digits.startswith("00") else digits] if digits else []
    return search_key(text).split()[:6]


def find_patients(text: str, limit: int | None = 20, among: QuerySet[Patient] | None = None) -> QuerySet[Patient]:
    """Patients whose name, phone or national code holds every word of the text, best first; none for an empty text.

    A number alone is the number of a file, too. Words of one or two letters match beginnings of words only, so that
    the trigram index always answers.
    """
    found = Patient.objects.all() if among is None else among
    words = words_of(text)
    if not words:
        return found.none()
    matches, beginnings = Q(merged_into=None), Q()
    for word in words:
        matches &= Q(search_text__contains=f" {word}" if len(word) < SHORT else word)
        beginnings &= Q(search_text__contains=f" {word}")
    whole = Q(search_text__startswith=f" {' '.join(words)} ") | Q(national_code=words[0])
    if len(words) == 1 and words[0].isascii() and words[0].isdigit() and len(words[0]) <= FILE_DIGITS:
        file_number = Q(pk=int(words[0]), merged_into=None)
        matches, whole = matches | file_number, whole | file_number
    rank = Case(
        When(whole, then=Value(0)), When(beginnings, then=Value(1)), default=Value(2), output_field=IntegerField()
    )
    found = found.filter(matches).annotate(search_rank=rank).order_by("search_rank", *in_alphabet())
    return found if limit is None else found[:limit]


def holders(**known: str) -> list[tuple[Patient, Patient]]:
    """Who stands on a card with these details, and that card: her own, or one that was merged into hers."""
    cards = Patient.objects.filter(**known).select_related("merged_into").order_by("pk")[:20]
    return [(card.merged_into or card, card) for card in cards]


def in_alphabet() -> list[Collate | str]:
    """The order of the Persian (and Latin) alphabet, by last name."""
    return [Collate(_fa_key("last_name"), "C"), Collate(_fa_key("first_name"), "C"), "pk"]


def _fa_key(field: str) -> Func:
    return Func(F(field), function="ext.fa_key", output_field=TextField())


@dataclass(frozen=True)
class Likeness:
    """Somebody who may be the person being registered, and what is the same."""

    patient: Patient
    same_code: bool
    same_phone: bool
    same_birth: bool
    score: int


def possible_duplicates(
    *,
    first_name: str,
    last_name: str,
    phone: str = "",
    national_code: str = "",
    birth_date: date | None = None,
    but: int | None = None,
) -> list[Likeness]:
    """Up to five patients who may be this person, most alike first. Values are normalised ones (phone in E.164).

    An equal national code is enough; an equal phone alone is not, since families share one.
    """
    name = search_key(f"{first_name} {last_name}")
    wanted = Q()
    if name:
        wanted |= Q(search_text__contains=name)
    if phone:
        wanted |= Q(phone=phone)
    if national_code:
        wanted |= Q(national_code=national_code)
    if not wanted:
        return []
    rows = Patient.objects.filter(wanted, merged_into=None).exclude(pk=but or 0).order_by("-pk")[:100]
    alike = (likeness(row, name, phone, national_code, birth_date) for row in rows)
    return sorted((each for each in alike if each.score >= 80), key=lambda each: -each.score)[:5]


def likeness(row: Patient, name: str, phone: str, code: str, born: date | None) -> Likeness:
    """How alike a card is to what is known of somebody; `name` is a search key."""
    same_code = bool(code) and row.national_code == code
    same_phone = bool(phone) and row.phone == phone
    same_birth = born is not None and row.birth_date == born
    other_code = bool(code and row.national_code) and not same_code
    other_birth = bool(born and row.birth_date) and not same_birth
    other_phone = bool(phone and row.phone) and not same_phone
    score = round(60 * SequenceMatcher(None, name, search_key(row.full_name)).ratio()) + 100 * same_code
    score += 40 * same_phone + 40 * same_birth - 100 * other_code - 50 * other_birth
    if not (other_code or other_birth or other_phone or same_phone or same_birth):
        score += 20  # the same name, and nothing speaks against it
    return Likeness(row, same_code, same_phone, same_birth, score)


# The patient that an account is itself, for statements that join it.
OWN_PATIENT = """
    SELECT own.* FROM patients_patientaccess a JOIN patients_patient own ON own.id = a.patient_id
    WHERE a.user_id = %(user)s AND a.relation = 'self' AND a.held_at IS NULL AND own.merged_into_id IS NULL
    ORDER BY a.id LIMIT 1
"""
_OWN = Joined(p=Patient)
_ASK_OWN = Statement(f"SELECT {_OWN.sql} FROM ({OWN_PATIENT}) p")  # noqa: S608 (our own text)


def own_patient(user: User) -> Patient | None:
    """The patient that an account is itself, if there is one yet."""
    row = _ASK_OWN.row(user=user.pk)
    return _OWN.read(row)[0] if row else None


def access_to(patient: Patient) -> QuerySet[PatientAccess]:
    """The accounts that may act for a patient."""
    return PatientAccess.objects.filter(patient=patient).select_related("user").order_by("pk")


def consents_of(patient: Patient) -> QuerySet[Consent]:
    """What a patient agreed to, latest first."""
    return Consent.objects.filter(patient=patient).select_related("accepted_by").order_by("-accepted_at", "-pk")


def has_consent(patient: Patient, kind: str) -> bool:
    """Whether a consent of this kind stands."""
    return Consent.objects.filter(patient=patient, kind=kind, withdrawn_at=None).exists()


# What each reader sees of a patient's details; the API and the pages obey the same table.
PUBLIC_FIELDS = [
    *("id", "first_name", "last_name", "phone", "national_code", "birth_date", "sex"),
    *("email", "address", "language", "insurer", "insurance_number"),
]
DESK_FIELDS = [*PUBLIC_FIELDS, "referral_source", "note", "source", "created_at"]
OWN_CHANGES = frozenset({"phone", "email", "address", "language", "insurer", "insurance_number"})


def fields_for(user: User) -> Iterable[str]:
    """The fields of a patient that this account may read: the desk's notes are for staff."""
    return DESK_FIELDS if user.can(Perm.PATIENTS_VIEW) else PUBLIC_FIELDS


def age_of(patient: Patient) -> int | None:
    """Full years of age today, where the birth date is known."""
    if patient.birth_date is None:
        return None
    today, born = timezone.localdate(), patient.birth_date
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
