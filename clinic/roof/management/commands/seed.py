"""`manage.py seed`: bulk history for measuring, the same for the same seed."""

import datetime as dt
import time
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.roof.seeding.diary import Cast
from clinic.roof.seeding.history import seed_history
from clinic.roof.seeding.people import seed_patients
from clinic.roof.seeding.staff import ensure_doctors, ensure_services
from clinic.shared.tenancy import ClinicInfo, use_clinic
from scheduling.models import Holiday
from tenants.queries import clinic_by_schema


class Command(BaseCommand):
    help = "Write patients and two years of appointments, visits and bills in bulk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="schema name")
        parser.add_argument("--patients", type=int, required=True)
        parser.add_argument("--appointments", type=int, required=True)
        parser.add_argument("--doctors", type=int, default=3)
        parser.add_argument("--years", type=int, default=2)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_by_schema(options["clinic"])
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']!r} at work.")
        began = time.monotonic()
        with use_clinic(clinic), transaction.atomic():
            written = self._seed(clinic, options)
        seconds = time.monotonic() - began
        self.stdout.write(f"{options['patients']} patients, {written} appointments in {seconds:.1f} s.")

    def _seed(self, clinic: ClinicInfo, options: dict[str, Any]) -> int:
        rng = Random(options["seed"])
        branch = Branch.objects.order_by("pk").first()
        if branch is None:
            raise CommandError("The clinic has no branch.")
        services = ensure_services(clinic)
        doctors = ensure_doctors(clinic, services, branch, options["doctors"])
        last = timezone.now().date() - dt.timedelta(days=1)
        first = last - dt.timedelta(days=365 * options["years"])
        people = seed_patients(
            clinic, rng, options["patients"], known_since=_noon(first), prefix=f"s{options['seed']}-"
        )
        cast = Cast(branch, doctors, services, people, set(Holiday.objects.values_list("date", flat=True)))
        return seed_history(
            cast,
            rng,
            first=first,
            last=last,
            weekend=set(),
            fill=_fill(options, services),
            most=options["appointments"],
            told=lambda count: self.stderr.write(f"{count} appointments"),
        )


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def _fill(options: dict[str, Any], services: list[Any]) -> float:
    """How full the days must be for the wanted number; the last days stay empty where fewer are wanted."""
    minutes = sum(s.minutes + s.buffer_before + s.buffer_after for s in services) / len(services)
    room = options["doctors"] * 365 * options["years"] * 480 / minutes
    share = options["appointments"] / room
    if share > 0.97:
        raise CommandError(f"{options['appointments']} do not fit: add doctors or years (about {int(room * 0.9)} fit).")
    return min(0.97, max(share * 1.1, 0.05))
