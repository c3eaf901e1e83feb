"""Imported appointments: the past as it was, without bills and messages; the future as bookings."""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from psycopg.errors import ExclusionViolation
from psycopg.types.range import TimestamptzRange

from clinic.roof.importing import stage
from clinic.roof.importing.context import Context
from clinic.roof.importing.errors import RowProblem
from clinic.roof.importing.people import Refuse, chunks
from clinic.roof.importing.rows import Row
from clinic.roof.importing.setup import Setup
from clinic.shared.bulk import reserve_ids, write_rows
from scheduling.models import Appointment, AppointmentStatusChange, Occupancy, Source, Visit, VisitStatusChange
from scheduling.statuses import AppointmentStatus, VisitStatus

REASON = "import"
OPENS, GRID, SLOTS = (
    dt.time(8),
    15,
    48,
)  # where nobody knows the hour: from eight o'clock, every quarter, for twelve hours
MOST_A_DAY = 30_000  # a visit's number on its day is a small number


@dataclass
class Written:
    """How much an import wrote."""

    appointments: int = 0
    visits: int = 0


@dataclass
class Diary:
    """Writes the rows of an import as appointments and visits."""

    context: Context
    setup: Setup
    refuse: Refuse
    written: Written = field(default_factory=Written)
    _placed: dict[tuple[int, dt.date], int] = field(default_factory=lambda: defaultdict(int))
    _numbers: dict[tuple[int, dt.date], int] = field(default_factory=lambda: defaultdict(int))
    _days: set[dt.date | None] = field(default_factory=set)

    def write(self, tell: Callable[[int], None]) -> Written:
        """Write every appointment of the file."""
        for rows in chunks(stage.appointments()):
            past = []
            self._remember_numbers({row.day for row, _patient in rows})
            for row, patient_id in rows:
                try:
                    appointment = self._appointment(row, patient_id)
                    if appointment.status == AppointmentStatus.BOOKED:
                        self._book(appointment)
                    else:
                        past.append(appointment)
                except RowProblem as problem:
                    self.refuse(row, str(problem))
            self._write_past(past)
            tell(len(rows))
        return self.written

    def _appointment(self, row: Row, patient_id: int) -> Appointment:
        ahead = row.status == AppointmentStatus.BOOKED
        branch = self.setup.branch(row)
        service, practitioner = self.setup.service(row, ahead=ahead), self.setup.practitioner(row, ahead=ahead)
        minutes = self.setup.minutes(row, practitioner, service)
        starts_at = row.starts_at or self._place(branch.pk, row)
        status = row.status or AppointmentStatus.FULFILLED
        if status == AppointmentStatus.FULFILLED:
            self._count(branch.pk, starts_at.astimezone(self.context.zone).date())
        return Appointment(
            status=status,
            branch=branch,
            service=service,
            practitioner=practitioner,
            patient_id=patient_id,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=minutes),
            wall_time=starts_at.astimezone(self.context.zone).replace(tzinfo=dt.UTC),
            time_zone=branch.time_zone,
            price=self.setup.price(practitioner, service) if ahead else 0,
            source=Source.IMPORT,
            note=row.note,
            link_token=secrets.token_urlsafe(24),
            external_id=self.context.prefix + row.external,
        )

    def _place(self, branch_id: int, row: Row) -> dt.datetime:
        """A believable time of a day whose hours nobody wrote down: one quarter after another."""
        assert row.day is not None  # the query asks for rows with a day
        place = self._placed[branch_id, row.day] % SLOTS
        self._placed[branch_id, row.day] += 1
        wall = dt.datetime.combine(row.day, OPENS) + dt.timedelta(minutes=GRID * place)
        return wall.replace(tzinfo=self.context.zone).astimezone(dt.UTC)

    def _count(self, branch_id: int, day: dt.date) -> None:
        if self._numbers[branch_id, day] >= MOST_A_DAY:
            raise RowProblem(f"{day} has {MOST_A_DAY:,} visits already.")

    def _remember_numbers(self, days: set[dt.date | None]) -> None:
        """How many visits these days have already: a number is never used twice on a day."""
        new = days - self._days
        self._days |= new
        told = Visit.objects.filter(day__in=new).values("branch", "day").annotate(last=Max("number"))
        self._numbers.update({(row["branch"], row["day"]): row["last"] for row in told})

    def _write_past(self, rows: list[Appointment]) -> None:
        """No occupancies: the past can be booked by nobody, and files without hours would contradict themselves."""
        for row, pk in zip(rows, reserve_ids(Appointment, len(rows)) if rows else [], strict=True):
            row.pk = pk
        write_rows(Appointment, rows)
        write_rows(AppointmentStatusChange, [_born(AppointmentStatusChange, row, row.ends_at) for row in rows])
        visits = [self._visit(row) for row in rows if row.status == AppointmentStatus.FULFILLED]
        write_rows(Visit, visits)
        write_rows(VisitStatusChange, [_born(VisitStatusChange, visit, visit.finished_at) for visit in visits])
        self.written.appointments += len(rows)
        self.written.visits += len(visits)

    def _visit(self, row: Appointment) -> Visit:
        """When she was called and left nobody wrote down: it stays empty, and no figure is made of it."""
        day = row.starts_at.astimezone(self.context.zone).date()
        self._numbers[row.branch_id, day] += 1
        return Visit(
            status=VisitStatus.FINISHED,
            appointment=row,
            branch_id=row.branch_id,
            patient_id=row.patient_id,
            practitioner_id=row.practitioner_id,
            service_id=row.service_id,
            day=day,
            number=self._numbers[row.branch_id, day],
            promised_at=row.starts_at,
            due_at=row.starts_at,
            arrived_at=row.starts_at,
            finished_at=row.ends_at,
            queue_token=secrets.token_urlsafe(24),
        )

    def _book(self, row: Appointment) -> None:
        """A booking to come takes its time as any other does; the database refuses it where the time is taken."""
        before = dt.timedelta(minutes=row.service.buffer_before)
        after = dt.timedelta(minutes=row.service.buffer_after)
        taken = {
            f"d:{row.practitioner_id}": TimestamptzRange(row.starts_at - before, row.ends_at + after, "[)"),
            f"p:{row.patient_id}": TimestamptzRange(row.starts_at, row.ends_at, "[)"),
        }
        try:
            with transaction.atomic():
                write_rows(Appointment, [row])
                write_rows(Occupancy, [Occupancy(appointment=row, resource=r, interval=i) for r, i in taken.items()])
                write_rows(AppointmentStatusChange, [_born(AppointmentStatusChange, row, self.context.now)])
        except ExclusionViolation as error:  # COPY speaks to the driver itself
            raise RowProblem("The doctor or the patient has another appointment at this time.") from error
        self.written.appointments += 1


def _born(log: type, subject: Appointment | Visit, at: dt.datetime | None):  # type: ignore[no-untyped-def]  # its type lies in a layer that is loaded later
    """The one move of a thing whose earlier life happened elsewhere."""
    return log(subject=subject, from_status="", to_status=subject.status, at=at, reason=REASON)
