"""Patients in bulk."""

import datetime as dt
from random import Random

from clinic.patients.models import Patient
from clinic.patients.queries import search_text_of
from clinic.roof.seeding.names import name_lists
from clinic.shared.bulk import write_rows
from clinic.shared.tenancy import ClinicInfo

CHUNK = 5000


def seed_patients(
    clinic: ClinicInfo, rng: Random, count: int, *, known_since: dt.datetime, prefix: str = "p"
) -> list[int]:
    """Write `count` patients; returns their ids. `prefix` sets them apart from those of another seed."""
    ids: list[int] = []
    for start in range(0, count, CHUNK):
        rows = [
            _patient(clinic, rng, number, known_since, prefix) for number in range(start, min(start + CHUNK, count))
        ]
        write_rows(Patient, rows)
        ids += [row.pk for row in rows]
    return ids


def _patient(clinic: ClinicInfo, rng: Random, number: int, known_since: dt.datetime, prefix: str) -> Patient:
    first, last = name_lists(clinic.language)
    sex = rng.choice(["female", "female", "male"])
    iranian = clinic.currency == "IRR"
    patient = Patient(
        first_name=rng.choice(first[sex]),
        last_name=rng.choice(last) if rng.random() < 0.9 else f"{rng.choice(last)} {rng.choice(last)}",
        sex=sex,
        phone=f"+98935{number:07d}" if iranian else f"+4474{number:08d}",
        national_code=national_code(number) if iranian and rng.random() < 0.8 else "",
        birth_date=dt.date(1940, 1, 1) + dt.timedelta(days=rng.randrange(25_000)),
        language=clinic.language,
        referral_source=rng.choice(["", "", "instagram", "google", "friend", "doctor"]),
        source="seed",
        external_id=f"{prefix}{number}",
        created_at=known_since,
    )
    patient.search_text = search_text_of(patient)
    return patient


def national_code(number: int) -> str:
    """A made-up Iranian national code with a right check digit."""
    digits = [int(d) for d in f"{100_000_000 + number * 37 % 899_999_999:09d}"]
    rest = sum(d * (10 - place) for place, d in enumerate(digits)) % 11
    return "".join(map(str, digits)) + str(rest if rest < 2 else 11 - rest)
