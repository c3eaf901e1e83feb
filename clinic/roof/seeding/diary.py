"""Two years of a diary: who came to whom, who did not, who cancelled."""

import datetime as dt
import secrets
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from psycopg.types.range import TimestamptzRange

from clinic.accounts.models import Branch
from clinic.shared.bulk import reserve_ids, write_rows
from scheduling.models import (
    Appointment,
    AppointmentStatusChange,
    Occupancy,
    Practitioner,
    Service,
    Visit,
    VisitStatusChange,
)
from scheduling.statuses import AppointmentStatus, VisitStatus

GRID = 15
SOURCES = ["site", "site", "site", "phone", "phone", "desk", "referral", "campaign"]


@dataclass
class Cast:
    """Who and what a diary is made of."""

    branch: Branch
    practitioners: list[Practitioner]
    services: list[Service]
    patients: list[int]
    holidays: set[dt.date]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.branch.time_zone)


def open_days(cast: Cast, first: dt.date, last: dt.date, weekend: set[int]) -> Iterator[dt.date]:
    """The days of a span on which the branch works."""
    day = first
    while day <= last:
        if day.weekday() not in weekend and day not in cast.holidays:
            yield day
        day += dt.timedelta(days=1)


def day_times(cast: Cast, rng: Random, day: dt.date, fill: float, blocks: list[tuple[int, int]]) -> Iterator[tuple]:
    """(practitioner, service, starts_at) of one day: appointments one after another, with gaps."""
    for practitioner in cast.practitioners:
        for begin, end in blocks:
            minute = begin
            while minute < end:
                service = rng.choice(cast.services)
                length = service.buffer_before + service.minutes + service.buffer_after
                length += -length % GRID
                if minute + length > end:
                    break
                if rng.random() < fill:
                    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute + service.buffer_before)
                    yield practitioner, service, wall.replace(tzinfo=cast.zone).astimezone(dt.UTC)
                minute += length


def past_status(rng: Random) -> str:
    """How a past appointment ended."""
    roll = rng.random()
    if roll < 0.80:
        return AppointmentStatus.FULFILLED
    return AppointmentStatus.CANCELLED if roll < 0.89 else AppointmentStatus.NO_SHOW


def appointment(cast: Cast, rng: Random, slot: tuple, patient_id: int, status: str) -> Appointment:
    """One appointment, unsaved, booked some days before."""
    practitioner, service, starts_at = slot
    booked_at = starts_at - dt.timedelta(hours=rng.randrange(3, 24 * 21))
    return Appointment(
        status=status,
        branch=cast.branch,
        service=service,
        practitioner=practitioner,
        patient_id=patient_id,
        starts_at=starts_at,
        ends_at=starts_at + service.duration,
        wall_time=starts_at.astimezone(cast.zone).replace(tzinfo=dt.UTC),
        time_zone=cast.branch.time_zone,
        price=service.price,
        source=rng.choice(SOURCES),
        link_token=secrets.token_urlsafe(24),
        cancelled_by_patient=rng.random() < 0.8 if status == AppointmentStatus.CANCELLED else None,
        created_at=booked_at,
    )


def write_appointments(rows: list[Appointment]) -> None:
    """Write appointments with what they occupy and the moves that brought them here."""
    for row, pk in zip(rows, reserve_ids(Appointment, len(rows)), strict=True):
        row.pk = pk
    write_rows(Appointment, rows)
    holding = {
        AppointmentStatus.BOOKED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.CHECKED_IN,
        AppointmentStatus.FULFILLED,
    }
    write_rows(Occupancy, [o for row in rows if row.status in holding for o in _occupancies(row)])
    write_rows(AppointmentStatusChange, [m for row in rows for m in _moves(row)])


def _occupancies(row: Appointment) -> Iterator[Occupancy]:
    before, after = dt.timedelta(minutes=row.service.buffer_before), dt.timedelta(minutes=row.service.buffer_after)
    yield Occupancy(
        appointment=row,
        resource=f"d:{row.practitioner_id}",
        interval=TimestamptzRange(row.starts_at - before, row.ends_at + after, "[)"),
    )
    yield Occupancy(
        appointment=row, resource=f"p:{row.patient_id}", interval=TimestamptzRange(row.starts_at, row.ends_at, "[)")
    )


def _moves(row: Appointment) -> Iterator[AppointmentStatusChange]:
    def moved(before: str, after: str, at: dt.datetime) -> AppointmentStatusChange:
        return AppointmentStatusChange(subject=row, from_status=before, to_status=after, at=at, reason="")

    yield moved("", AppointmentStatus.BOOKED, row.created_at)
    if row.status == AppointmentStatus.BOOKED:
        return
    if row.status in {AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW}:
        yield moved(AppointmentStatus.BOOKED, row.status, row.starts_at - dt.timedelta(hours=5))
        return
    yield moved(AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, row.starts_at - dt.timedelta(minutes=7))
    if row.status == AppointmentStatus.FULFILLED:
        yield moved(AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED, row.ends_at)


def finished_visits(cast: Cast, rng: Random, rows: list[Appointment], first_numbers: dict[dt.date, int]) -> list[Visit]:
    """The visits of fulfilled appointments, with believable waiting and room times."""
    visits = []
    for row in sorted(rows, key=lambda r: r.starts_at):
        day = row.starts_at.astimezone(cast.zone).date()
        first_numbers[day] = first_numbers.get(day, 0) + 1
        arrived = row.starts_at - dt.timedelta(minutes=rng.randrange(0, 20))
        in_room = max(row.starts_at, arrived) + dt.timedelta(minutes=min(int(rng.expovariate(1 / 9)), 70))
        done = in_room + dt.timedelta(minutes=max(5, int(rng.gauss(row.service.minutes, 6))))
        visits.append(
            Visit(
                status=VisitStatus.FINISHED,
                appointment=row,
                branch=cast.branch,
                patient_id=row.patient_id,
                practitioner_id=row.practitioner_id,
                service=row.service,
                day=day,
                number=first_numbers[day],
                promised_at=row.starts_at,
                due_at=max(row.starts_at, arrived),
                arrived_at=arrived,
                called_at=in_room - dt.timedelta(minutes=1),
                in_room_at=in_room,
                left_room_at=done,
                finished_at=done,
                queue_token=secrets.token_urlsafe(24),
                created_at=arrived,
            )
        )
    return visits


def write_visits(visits: list[Visit]) -> None:
    """Write visits with the moves that brought them here."""
    write_rows(Visit, visits)
    moves = []
    for visit in visits:
        steps = [
            ("", VisitStatus.ARRIVED, visit.arrived_at),
            (VisitStatus.ARRIVED, VisitStatus.CALLED, visit.called_at),
            (VisitStatus.CALLED, VisitStatus.IN_ROOM, visit.in_room_at),
            (VisitStatus.IN_ROOM, VisitStatus.FINISHED, visit.finished_at),
        ]
        moves += [
            VisitStatusChange(subject=visit, from_status=before, to_status=after, at=at, reason="")
            for before, after, at in steps
            if at is not None
        ]
    write_rows(VisitStatusChange, moves)
