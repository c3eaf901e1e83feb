"""Which values are usual at an age."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from clinic.patients.models import Patient
from emr.models import VitalRange

# From this age (years) up: usual from, up to; alarming below, above. Rests of a table in every emergency room.
USUAL: dict[str, list[tuple[int, str, str, str, str]]] = {
    "systolic": [(0, "60", "100", "50", "120"), (1, "80", "110", "70", "125"), (6, "85", "120", "75", "135"),
                 (12, "95", "130", "85", "150"), (18, "90", "139", "80", "179")],
    "diastolic": [(0, "30", "65", "20", "80"), (1, "40", "75", "30", "85"), (6, "50", "80", "40", "90"),
                  (12, "55", "85", "45", "95"), (18, "60", "89", "40", "109")],
    "pulse": [(0, "100", "160", "80", "190"), (1, "90", "140", "70", "170"), (3, "75", "130", "60", "160"),
              (6, "65", "120", "55", "140"), (12, "55", "105", "45", "130"), (18, "50", "100", "40", "130")],
    "breathing": [(0, "30", "60", "20", "70"), (1, "22", "40", "18", "50"), (3, "20", "34", "16", "40"),
                  (6, "18", "30", "14", "36"), (12, "12", "20", "8", "30")],
    "temperature": [(0, "36", "37.7", "35", "39.9")],
    "oxygen": [(0, "94", "100", "90", "101")],
    "bmi": [(18, "18.5", "24.9", "15", "39.9")],
    "glucose": [(0, "70", "140", "54", "250")],
}  # fmt: skip


@dataclass(frozen=True)
class Range:
    """What is usual at an age, and from where on it alarms; None is no limit."""

    low: Decimal | None = None
    high: Decimal | None = None
    alarm_low: Decimal | None = None
    alarm_high: Decimal | None = None

    def judge(self, value: Decimal) -> tuple[str, str]:
        """How a value stands: ("", "") for usual, else "low" or "high" with the tone of the chip."""
        for limit, alarm, side, beyond in (
            (self.low, self.alarm_low, "low", lambda one, other: one < other),
            (self.high, self.alarm_high, "high", lambda one, other: one > other),
        ):
            if alarm is not None and beyond(value, alarm):
                return side, "danger"
            if limit is not None and beyond(value, limit):
                return side, "warn"
        return "", ""


def ranges_at(patient: Patient, day: dt.date | None = None) -> dict[str, Range]:
    """What is usual at the patient's age; nothing where her birth date is unknown and ages differ. One query."""
    born = patient.birth_date
    day = day or timezone.localdate()
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None
    found = {code: _ours(steps, age) for code, steps in USUAL.items()}
    kept: dict[str, list[VitalRange]] = {}
    for row in VitalRange.objects.filter(is_active=True):
        kept.setdefault(row.code, []).append(row)
    for code, rows in kept.items():
        fit = [row for row in rows if _fits(row, patient, age)]
        best = max(fit, key=lambda row: (bool(row.sex), row.age_from), default=None)
        found[code] = Range(best.low, best.high, best.alarm_low, best.alarm_high) if best else Range()
    return found


def _ours(steps: list[tuple[int, str, str, str, str]], age: int | None) -> Range:
    years = 30 if age is None else age  # nothing known: a grown-up
    step = next((each for each in reversed(steps) if years >= each[0]), None)
    return Range(*(Decimal(limit) for limit in step[1:])) if step else Range()


def _fits(row: VitalRange, patient: Patient, age: int | None) -> bool:
    years = 30 if age is None else age
    return row.age_from <= years < row.age_to and (not row.sex or row.sex == patient.sex)
