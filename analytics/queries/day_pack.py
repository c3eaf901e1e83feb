"""What a branch needs while the network is down: today and tomorrow with phones, allergies and balances."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

import emr.queries as record
import finance.queries as money
from clinic.accounts.models import Branch
from clinic.shared.calendar import format_date, format_datetime
from clinic.shared.html import MARKS
from clinic.shared.money import format_money
from clinic.shared.speaking import speaking
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import format_phone, to_persian_digits
from scheduling.models import Appointment, Visit
from scheduling.queries.board import Day, day_of
from scheduling.queries.floor import branch_day, own_name
from scheduling.queries.lines import Line

DAYS = 2


@dataclass(frozen=True)
class Content:
    """The text of a pack, and how many visits stand in it."""

    text: str
    lines: int


@dataclass(frozen=True)
class Known:
    """What is known of the patients of these days, by patient."""

    allergies: dict[int, list[str]]
    balances: dict[int, Decimal]


def content_of(branch: Branch, *, now: dt.datetime | None = None) -> Content:
    """The pack's text as JSON: the same days in every language, since nobody knows who will read it."""
    now = now or timezone.now()
    first = branch_day(branch, now)
    told: dict[str, Any] = {}
    count = 0
    for language, _name in settings.LANGUAGES:
        with speaking(language, branch.time_zone):
            days = [day_of(branch, first + dt.timedelta(days=more), now=now) for more in range(DAYS)]
            patients = _patients(days)
            known = _known(set(patients.values()))
            told[language] = {
                "clinic": own_name(current_clinic()),
                "branch": own_name(branch),
                "made": format_datetime(now),
                "days": [_day(day, patients, known, language) for day in days],
            }
            count = sum(len(day["lines"]) for day in told[language]["days"])
    return Content(json.dumps(told, ensure_ascii=False), count)


def _patients(days: list[Day]) -> dict[tuple[int, int], int]:
    """Whose each line is, by its appointment and visit."""
    lines = [line for day in days for line in day.lines]
    booked = Appointment.objects.filter(pk__in=[line.id for line in lines if line.id], patient__isnull=False)
    found = dict(booked.values_list("pk", "patient_id"))
    alone = dict(
        Visit.objects.filter(pk__in=[line.visit for line in lines if not line.id]).values_list("pk", "patient")
    )
    whose = {(line.id, line.visit or 0): found.get(line.id) or alone.get(line.visit or 0) for line in lines}
    return {key: patient for key, patient in whose.items() if patient}


def _known(patients: set[int]) -> Known:
    return Known(record.allergies_of(patients), money.balances_of(patients))


def _day(day: Day, patients: dict[tuple[int, int], int], known: Known, language: str) -> dict[str, Any]:
    lines = [
        _line(line, patients.get((line.id, line.visit or 0)), known, language)
        for line in day.of_look("") if line.look != "no_show"
    ]  # fmt: skip
    return {"title": format_date(day.date, style="long"), "holiday": day.holiday, "lines": lines}


def _line(line: Line, patient: int | None, known: Known, language: str) -> dict[str, Any]:
    own = to_persian_digits if language == "fa" else str
    marks = [str(MARKS[key].label) for key in line.marks if key != "note"]
    return {
        "number": own(str(line.number or "")),
        "time": line.time,
        "name": line.name,
        "phone": own(format_phone(line.phone)) if line.phone else "",
        "call": line.phone,
        "service": line.service,
        "doctor": line.practitioner,
        "room": line.room,
        "status": line.label,
        "note": " · ".join([line.note, *marks] if line.note else marks),
        "allergies": known.allergies.get(patient or 0, []),
        "balance": _balance(known.balances.get(patient or 0, Decimal(0))),
        "owes": known.balances.get(patient or 0, Decimal(0)) > 0,
    }


def _balance(amount: Decimal) -> str:
    if not amount:
        return ""
    words = _("owes %(amount)s") if amount > 0 else _("has %(amount)s credit")
    return words % {"amount": format_money(abs(amount))}
