"""The clinics that are measured: one with a long history, one that has just opened; the same every time.

Practitioner A works every day 09:00–18:00 with a break 14:30–15:00 and gives visits of 30 minutes; she has 20,000 of
them, 8 a day (every second half hour) for the next seventy days and the rest in the past, so the window of a question
is as full as ever and only the history is long. Ten others share a day of 200 visits.
"""

import datetime as dt
import json
import secrets
import subprocess
import sys
import time
import zoneinfo
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from bench.installation import HOST, ROOT
from clinic.accounts.actions import account_for_phone, grant_role
from clinic.accounts.models import Branch, Token, User
from clinic.accounts.queries import token_hash
from clinic.accounts.roles import Role
from clinic.patients.actions import own_patient_for
from clinic.roof.seeding.diary import Cast, appointment, write_appointments
from clinic.roof.seeding.people import seed_patients
from clinic.shared.tenancy import ClinicInfo, use_clinic
from scheduling.models import Practitioner, PractitionerService, Service, WorkingHours
from scheduling.statuses import AppointmentStatus
from tenants.actions import create_clinic
from tenants.queries import clinic_by_schema

PEOPLE, HISTORY, CLIENTS = 50_000, 20_000, 8
EMPTY_HOST = "empty.localhost"
ZONE = zoneinfo.ZoneInfo("Asia/Tehran")
HALF_HOURS = [dt.time(hour, minute) for hour in range(9, 18) for minute in (0, 30) if (hour, minute) != (14, 30)]
AHEAD = 70  # days with appointments of A
FEWEST = 10  # clinics side by side, however slowly they are made


@dataclass
class World:
    """What the works need to know of one clinic."""

    schema: str
    host: str
    branch: int = 0
    service: int = 0
    doctor: int = 0
    others: list[int] = field(default_factory=list)
    crowded_day: str = ""
    staff: list[str] = field(default_factory=list)  # tokens

    def clinic(self) -> ClinicInfo:
        """As the product knows it."""
        found = clinic_by_schema(self.schema)
        assert found
        return found


def worlds(state: Path) -> tuple[World, World]:
    """The long and the new clinic; made at the first call and after a change of the tables."""
    note, mark = state / "worlds.json", f"{timezone.now():%Y-%m}"
    if note.exists():
        kept = json.loads(note.read_text())
        if kept["mark"] == mark:
            return World(**kept["long"]), World(**kept["new"])
    manage("upgrade")
    tag = secrets.token_hex(3)
    long = new_clinic(f"c_bench_{tag}", f"{tag}.{HOST}", people=PEOPLE, history=HISTORY)
    new = new_clinic(f"c_empty_{tag}", f"{tag}.{EMPTY_HOST}", people=0, history=0)
    note.write_text(json.dumps({"mark": mark, "long": asdict(long), "new": asdict(new)}))
    return long, new


def many_clinics(state: Path, count: int, seconds: float) -> list[World]:
    """Clinics side by side, each with A's next seventy days and a day of 200 visits; as many as can be made in time."""
    note, mark, until = state / "clinics.json", f"{timezone.now():%Y-%m}", time.monotonic() + seconds
    kept: dict[str, Any] = json.loads(note.read_text()) if note.exists() else {"mark": ""}
    made = [World(**each) for each in kept["clinics"]] if kept["mark"] == mark else []
    while len(made) < count and (time.monotonic() < until or len(made) < FEWEST):
        tag = secrets.token_hex(4)
        made.append(new_clinic(f"c_many_{tag}", f"{tag}.{HOST}", people=300, history=AHEAD * 8, clients=1))
        note.write_text(json.dumps({"mark": mark, "clinics": [asdict(each) for each in made]}))
    return made[:count]


def manage(*words: str) -> None:
    """A command of the product, in a process of its own."""
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def new_clinic(schema: str, host: str, *, people: int, history: int, clients: int = CLIENTS) -> World:
    """A clinic made by the product's own action, and its history."""
    create_clinic(schema=schema, name=schema, host=host, owner_phone="09120000001")
    world, rng = World(schema, host), Random(7)
    with use_clinic(world.clinic()) as clinic, transaction.atomic():
        branch = Branch.objects.order_by("pk").first()
        assert branch
        service = Service(name="Visit", minutes=30, price=500_000, min_notice_minutes=0, horizon_days=365)
        service.save()
        doctors = [_doctor(service, branch, number) for number in range(11)]
        world.branch, world.service, world.doctor = branch.pk, service.pk, doctors[0].pk
        world.others = [doctor.pk for doctor in doctors[1:]]
        world.staff = [_token(_account(number, Role.SECRETARY)) for number in range(clients)]
        ids = seed_patients(clinic, rng, people, known_since=timezone.now() - dt.timedelta(days=400)) if people else []
        if history:
            cast = Cast(branch, doctors, [service], ids, set())
            day = timezone.now().astimezone(ZONE).date() + dt.timedelta(days=23)
            world.crowded_day = day.isoformat()
            moments = [(doctors[0], at) for at in _of_a(history)]
            moments += [
                (doctor, _at(day, dt.time(8 + k // 2, k % 2 * 30))) for doctor in doctors[1:] for k in range(20)
            ]
            _write(cast, rng, moments)
    return world


def _write(cast: Cast, rng: Random, moments: list[tuple[Practitioner, dt.datetime]]) -> None:
    now, rows = timezone.now(), []
    for number, (doctor, at) in enumerate(moments):
        status = AppointmentStatus.BOOKED if at > now else AppointmentStatus.FULFILLED
        # Each patient of a moment is another one, so nobody is in two places.
        patient = cast.patients[number * 7 % len(cast.patients)]
        rows.append(appointment(cast, rng, (doctor, cast.services[0], at), patient, status))
    for start in range(0, len(rows), 2000):
        write_appointments(rows[start : start + 2000])


def _of_a(count: int) -> Iterator[dt.datetime]:
    today = timezone.now().astimezone(ZONE).date()
    days = [today + dt.timedelta(days=number) for number in range(1, AHEAD + 1)]
    days += [today - dt.timedelta(days=number) for number in range(1, count // 8)]
    moments = (_at(day, clock) for day in days for clock in HALF_HOURS[::2][:8])
    return (moment for _number, moment in zip(range(count), moments, strict=False))


def _at(day: dt.date, clock: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, clock, ZONE).astimezone(dt.UTC)


def _doctor(service: Service, branch: Branch, number: int) -> Practitioner:
    doctor = Practitioner(name=f"Doctor {number}")
    doctor.save()
    PractitionerService(practitioner=doctor, service=service).save()
    blocks = [("09:00", "14:30"), ("15:00", "18:00")] if number == 0 else [("08:00", "18:00")]
    for weekday in range(7):
        for starts, ends in blocks:
            hours: dict[str, Any] = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
            WorkingHours(practitioner=doctor, branch=branch, weekday=weekday, **hours).save()
    return doctor


def _account(number: int, role: Role) -> User:
    user = account_for_phone(phone=f"+98911{number:07d}", full_name=f"Client {number}", by=None)
    grant_role(user=user, role=role, branch=None, by=None)
    return user


def new_patients(world: World, count: int = CLIENTS) -> list[str]:
    """Tokens of people who have just signed in for the first time, so none of them has a visit at any time."""
    with use_clinic(world.clinic()), transaction.atomic():
        phones = [f"+98912{secrets.randbelow(10**7):07d}" for _each in range(count)]
        users = [account_for_phone(phone=phone, full_name="Client", by=None) for phone in phones]
        for user in users:
            own_patient_for(user=user, by=user, first_name="Client", last_name="of the race")
        return [_token(user) for user in users]


def _token(user: User) -> str:
    key = secrets.token_urlsafe(32)
    expires = timezone.now() + dt.timedelta(days=60)
    Token.objects.create(user=user, key_hash=token_hash(key), expires_at=expires, is_verified=True)
    return key
