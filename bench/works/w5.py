"""W5: the record of a patient with fifty visits, opened by her doctor and noted in the access log."""

import datetime as dt
from random import Random

from bench.data import ZONE, World
from bench.load import request
from bench.sessions import cookie_of
from bench.stage import Stage, spread

VISITS, FEW = 50, 5


def measure(stage: Stage) -> None:
    """The page, and how many statements it takes for five visits and for fifty."""
    report, world = stage.report, stage.long
    cookie, few, many = _patients(world)
    asked = [request("GET", f"/doctor/patients/{many}/", world.host, headers={"Cookie": cookie})]
    before = _opened(world, many)

    def jobs():  # type: ignore[no-untyped-def]  # the same request for ever
        while True:
            yield asked

    one = stage.one(jobs(), expected={200}, count=150)
    noted = _opened(world, many) - before
    report.detail("W5.chart50", one, clients=1)
    ratio = one.ratio
    report.add("W5.chart50", one.p50, "ms", ratio=ratio, to="H.hello", n=len(one.times), spread=spread(one),
               goal="<= 14 x hello", met=ratio <= 14)  # fmt: skip
    report.add("W5.noted", noted, "", goal=">= 1 row of the access log", met=noted >= 1)
    counts = [_statements(world, cookie, patient) for patient in (few, many)]
    report.add("W5.statements", counts[1], "", goal=f"as many as for {FEW} visits", met=counts[0] == counts[1])


def _patients(world: World) -> tuple[str, int, int]:
    """A doctor's session, and two patients with few and with many visits of hers."""
    from django.db import transaction

    from bench.data import _account
    from clinic.accounts.models import Branch
    from clinic.accounts.roles import Role
    from clinic.patients.models import Patient
    from clinic.roof.seeding.diary import Cast, appointment, finished_visits, write_appointments, write_visits
    from clinic.roof.seeding.records import write_records
    from clinic.shared.tenancy import use_clinic
    from scheduling.models import Practitioner, Service
    from scheduling.statuses import AppointmentStatus

    with use_clinic(world.clinic()), transaction.atomic():
        account = _account(900, Role.DOCTOR)
        doctor = Practitioner.objects.get(pk=world.others[0])
        if doctor.user_id != account.pk:
            doctor.user = account
            doctor.save()
        branch, service = Branch.objects.get(pk=world.branch), Service.objects.get(pk=world.service)
        few, many = Patient.objects.order_by("pk").values_list("pk", flat=True)[101:103]  # without other visits
        cast, rng = Cast(branch, [doctor], [service], [few, many], set()), Random(3)
        if not doctor.visits.exists():
            night = dt.datetime.now(ZONE).replace(hour=3, minute=0, second=0, microsecond=0)
            moments = [(many, number) for number in range(VISITS)] + [(few, VISITS + number) for number in range(FEW)]
            rows = [
                appointment(
                    cast, rng, (doctor, service, night - dt.timedelta(days=3 + 5 * number)), patient,
                    AppointmentStatus.FULFILLED,
                )
                for patient, number in moments
            ]  # fmt: skip
            write_appointments(rows)
            visits = finished_visits(cast, rng, rows, {})
            write_visits(visits)
            write_records(rng, visits, persian=True)
        return cookie_of(account), few, many


def _opened(world: World, patient: int) -> int:
    from clinic.patients.models import AccessLog
    from clinic.shared.tenancy import use_clinic

    with use_clinic(world.clinic()):
        return int(AccessLog.objects.filter(patient=patient).count())


def _statements(world: World, cookie: str, patient: int) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST=world.host, HTTP_COOKIE=cookie)
    for _warm in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/doctor/patients/{patient}/")
    return sum(not query["sql"].startswith("SET ") for query in asked.captured_queries)
