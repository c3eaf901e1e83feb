"""Placeholders of letters, and a patient's letters."""

import re
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from clinic.shared.calendar import format_date
from clinic.shared.money import format_number
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import to_persian_digits
from emr.models import AllergyIntolerance, Condition, Letter
from emr.queries.chart import current_medicines, whole_of
from emr.statuses import LetterStatus
from scheduling.models import Practitioner, Visit

PLACEHOLDER = re.compile(r"\{(\w*)\}")
BLANK = "........"

PLACEHOLDERS: dict[str, object] = {
    "patient": _("Name of the patient"),
    "age": _("Age"),
    "birth_date": _("Birth date"),
    "national_code": _("National code"),
    "date": _("Date"),
    "visit_date": _("Day of the visit"),
    "doctor": _("Doctor"),
    "license": _("Licence number"),
    "specialty": _("Specialty"),
    "clinic": _("Clinic"),
    "to": _("To whom"),
    "diagnoses": _("Diagnoses of the visit"),
    "problems": _("Problems"),
    "medicines": _("Current medicines"),
    "allergies": _("Allergies"),
    "advice": _("Recommendations of the visit"),
}


def unknown_placeholders(text: str) -> list[str]:
    """Names in braces that mean nothing."""
    return sorted({name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS})


def fill(
    text: str, *, language: str, patient: Patient, visit: Visit | None, doctor: Practitioner | None, to: str
) -> str:
    """The text with what is known put in, dotted where nothing is; only placeholders used are looked up."""
    known = _sources(language, patient, visit, doctor, to)
    found: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in found:
            found[name] = known[name]() if name in known else match[0]
        return found[name] or BLANK

    return PLACEHOLDER.sub(value, text)


def _sources(
    language: str, patient: Patient, visit: Visit | None, doctor: Practitioner | None, to: str
) -> dict[str, Callable[[], str]]:
    def digits(words: str) -> str:
        return to_persian_digits(words) if language == "fa" else words

    def day(date: object) -> str:
        return format_date(date, language, "long") if date else ""  # type: ignore[arg-type]  # a date where there is one

    name = doctor.name_en if doctor and language == "en" and doctor.name_en else (doctor.name if doctor else "")
    return {
        "patient": lambda: patient.full_name,
        "age": lambda: _age(patient, language),
        "birth_date": lambda: day(patient.birth_date),
        "national_code": lambda: digits(patient.national_code or ""),
        "date": lambda: day(timezone.localdate()),
        "visit_date": lambda: day(visit.arrived_at if visit else None),
        "doctor": lambda: name,
        "license": lambda: digits(doctor.license_number if doctor else ""),
        "specialty": lambda: doctor.specialty if doctor else "",
        "clinic": lambda: current_clinic().name,
        "to": lambda: to,
        "diagnoses": lambda: _joined(_diagnoses(visit), language),
        "problems": lambda: _joined(_problems(patient), language),
        "medicines": lambda: _joined([line.name for line in current_medicines(patient)], language),
        "allergies": lambda: _joined(
            AllergyIntolerance.objects.filter(whole_of(patient), ended_on=None).values_list("substance", flat=True),
            language,
        ),
        "advice": lambda: visit.encounter.advice if visit and hasattr(visit, "encounter") else "",
    }


def _joined(words: object, language: str) -> str:
    return ("، " if language == "fa" else ", ").join(map(str, words))  # type: ignore[call-overload]  # lists and rows of texts


def _age(patient: Patient, language: str) -> str:
    born, today = patient.birth_date, timezone.localdate()
    if born is None:
        return ""
    return format_number(today.year - born.year - ((today.month, today.day) < (born.month, born.day)), language)


def _diagnoses(visit: Visit | None) -> list[str]:
    rows = Condition.objects.filter(encounter__visit=visit, entered_in_error=False) if visit else []
    return [row.title for row in rows]


def _problems(patient: Patient) -> list[str]:
    rows = Condition.objects.filter(whole_of(patient), is_problem=True, entered_in_error=False, ended_on=None)
    return [row.title for row in rows]


def letters_of(patient: Patient) -> QuerySet[Letter]:
    """The patient's letters, newest first, without those dropped."""
    rows = Letter.objects.filter(whole_of(patient)).exclude(status=LetterStatus.DROPPED)
    return rows.select_related("practitioner", "patient").order_by("-pk")


def released_letters(user: User) -> QuerySet[Letter]:
    """The issued letters that the patients of an account may see."""
    mine = acts_for(user)
    rows = Letter.objects.filter(
        Q(patient__in=mine) | Q(patient__merged_into__in=mine), status=LetterStatus.ISSUED, for_patient=True
    )
    return rows.select_related("practitioner", "patient").order_by("-issued_at")
