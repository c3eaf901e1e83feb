"""Who stands at a kiosk: found by two things that she knows, and only for a visit of today in this branch."""

import datetime as dt
import hashlib

from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.accounts.queries import day_bounds
from clinic.patients.models import Patient
from clinic.patients.queries import holders
from clinic.shared.calendar import year_month_day
from clinic.shared.errors import Invalid
from clinic.shared.phones import read_phone
from clinic.shared.tenancy import salt
from clinic.shared.text import normalise
from scheduling.models import Appointment, Display, KioskTry, Mode
from scheduling.queries.floor import branch_day
from scheduling.statuses import AppointmentStatus

A = AppointmentStatus
HERE = [A.BOOKED, A.ARRIVED, A.CHECKED_IN]
PROOF = 4  # digits
MISSES_OF_KIOSK, KIOSK_MINUTES = 12, 10
MISSES_OF_PERSON, PERSON_HOURS = 5, 12


def key_of(who: str) -> str:
    """What was typed first, as the log of tries keeps it."""
    return hashlib.sha256(f"{salt('kiosk')}:{_digits(who)}".encode()).hexdigest()


def found_today(branch: Branch, who: str, proof: str) -> list[Appointment]:
    """Her appointments of today: `who` is a mobile number or national code, `proof` four digits that only she knows.

    That is the year of birth in either calendar, the end of the national code where she gave her number, or the end
    of her number where she gave the code. Nothing found and nothing right look the same.
    """
    known, proof = _people(who), _digits(proof)
    if len(proof) != PROOF:
        return []
    people = [patient.pk for patient, by_phone in known if _proves(patient, proof, by_phone)]
    return list(todays(branch).filter(patient__in=people).order_by("starts_at"))


def todays(branch: Branch) -> QuerySet[Appointment]:
    """Who is expected in person on the branch's own today, or has come already."""
    since, until = day_bounds(branch, branch_day(branch))
    rows = Appointment.objects.filter(branch=branch, starts_at__gte=since, starts_at__lt=until, status__in=HERE)
    return rows.exclude(mode=Mode.ONLINE).select_related("service", "practitioner", "patient", "branch", "visit")


def is_stopped(display: Display, key: str) -> bool:
    """Whether too many wrong tries were made at this kiosk, or for this person."""
    now = timezone.now()
    lately = Q(display=display, at__gt=now - dt.timedelta(minutes=KIOSK_MINUTES))
    misses = KioskTry.objects.filter(found=False)
    if misses.filter(lately).count() >= MISSES_OF_KIOSK:
        return True
    return misses.filter(key=key, at__gt=now - dt.timedelta(hours=PERSON_HOURS)).count() >= MISSES_OF_PERSON


def _people(who: str) -> list[tuple[Patient, bool]]:
    digits = _digits(who)
    if len(digits) < 6:
        return []
    found = [(patient, False) for patient, _card in holders(national_code=digits)]
    try:
        phone = read_phone(who)
    except Invalid:
        return found
    return found + [(patient, True) for patient, _card in holders(phone=phone)]


def _proves(patient: Patient, proof: str, by_phone: bool) -> bool:
    right = {(patient.national_code if by_phone else patient.phone)[-PROOF:]}
    if patient.birth_date is not None:
        right |= {str(year_month_day(patient.birth_date, each)[0]) for each in ("jalali", "gregorian")}
    return proof in right - {""}


def _digits(text: str) -> str:
    return "".join(letter for letter in normalise(text[:40]) if letter.isdecimal())
