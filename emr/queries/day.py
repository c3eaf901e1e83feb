"""A doctor's day: who comes, who waits, who is next."""

import datetime as dt
from dataclasses import dataclass, field

from clinic.accounts.models import Branch, User
from clinic.accounts.queries import day_bounds
from emr.models import Encounter
from emr.statuses import EncounterStatus
from scheduling.models import Appointment, Practitioner, Visit
from scheduling.queries.floor import QUEUE_ORDER
from scheduling.statuses import IN_BUILDING, WAITING, AppointmentStatus, VisitStatus

SHOWN = {
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.CHECKED_IN,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NO_SHOW,
}


@dataclass
class Row:
    """One line of the day: an appointment, the visit it became, or a visit without one."""

    at: dt.datetime
    appointment: Appointment | None = None
    visit: Visit | None = None
    record_status: str = ""

    @property
    def status(self) -> str:
        """What the chip says."""
        if self.visit is not None:
            return str(self.visit.status)
        appointment = self.appointment
        if appointment is None:
            return ""
        return "confirmed" if appointment.confirmed_at and appointment.status == "booked" else str(appointment.status)

    @property
    def subject(self) -> Visit | Appointment | None:
        """What carries patient and service."""
        return self.visit or self.appointment

    @property
    def is_waiting(self) -> bool:
        """Whether the patient sits in the waiting room."""
        return self.visit is not None and self.visit.status in WAITING

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done any more."""
        if self.visit is not None:
            return self.visit.status not in IN_BUILDING
        return self.status == AppointmentStatus.NO_SHOW


@dataclass
class Day:
    """A doctor's day; `next` is who would be called, `here` who is in the room now."""

    day: dt.date
    rows: list[Row]
    here: list[Visit] = field(default_factory=list)
    next: Visit | None = None
    unsigned: int = 0

    @property
    def waiting(self) -> list[Visit]:
        """Who waits, in the order of the queue."""
        return [row.visit for row in self.rows if row.is_waiting and row.visit is not None]

    @property
    def done(self) -> int:
        """How many were seen."""
        return sum(1 for row in self.rows if row.visit is not None and row.visit.status == VisitStatus.FINISHED)


def own_practitioner(user: User) -> Practitioner | None:
    """The doctor behind an account, if it is one."""
    return Practitioner.objects.filter(user=user, is_active=True).first()


def my_day(practitioner: Practitioner, day: dt.date, branch: Branch) -> Day:
    """Appointments and visits of one working day, as the branch counts them, in the order of time: four queries."""
    start, end = day_bounds(branch, day)
    related = ("patient", "service", "branch", "room")
    visits = list(Visit.objects.filter(practitioner=practitioner, day=day).select_related(*related))
    by_appointment = {visit.appointment_id: visit for visit in visits if visit.appointment_id}
    diary = Appointment.objects.filter(
        practitioner=practitioner, status__in=SHOWN, starts_at__gte=start, starts_at__lt=end, patient__isnull=False
    ).select_related(*related)
    rows = [Row(each.starts_at, each, by_appointment.pop(each.pk, None)) for each in diary]
    taken = {row.visit.pk for row in rows if row.visit}
    rows += [Row(visit.promised_at or visit.arrived_at, None, visit) for visit in visits if visit.pk not in taken]
    rows.sort(key=lambda row: row.at)
    _add_records(rows)
    return Day(
        day=day,
        rows=rows,
        here=[visit for visit in visits if visit.status == VisitStatus.IN_ROOM],
        next=next_in_line(practitioner, day),
        unsigned=sum(1 for row in rows if row.record_status == EncounterStatus.DRAFT and row.is_over),
    )


def _add_records(rows: list[Row]) -> None:
    wanted = [row.visit.pk for row in rows if row.visit]
    statuses = dict(Encounter.objects.filter(visit__in=wanted).values_list("visit_id", "status"))
    for row in rows:
        if row.visit:
            row.record_status = statuses.get(row.visit.pk, "")


def next_in_line(practitioner: Practitioner, day: dt.date, besides: Visit | None = None) -> Visit | None:
    """Who is called already and not yet inside, else who would be called next."""
    waiting = Visit.objects.filter(practitioner=practitioner, day=day, status__in=WAITING).select_related(
        "patient", "service", "room", "branch"
    )
    if besides is not None:
        waiting = waiting.exclude(pk=besides.pk)
    line = sorted(waiting.order_by(*QUEUE_ORDER), key=lambda visit: visit.status != VisitStatus.CALLED)
    return line[0] if line else None
