"""Taking and leaving time: locks first, then the constraint; who comes second gets Conflict with other free times.

Locks are taken in one order everywhere (doctors, then rooms, ascending), and rows are inserted doctor, room, patient,
so two bookings never wait for each other in a circle.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from clinic.shared.errors import Conflict
from clinic.shared.statuses import move
from clinic.shared.tenancy import salt
from scheduling.models import Appointment, AppointmentStatusChange, Occupancy, Service
from scheduling.queries.opening import room_is_away
from scheduling.queries.slots import nearest_free, rooms_of
from scheduling.statuses import APPOINTMENT_MOVES, AppointmentStatus

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))"
INSERT = """
    INSERT INTO scheduling_occupancy (appointment_id, resource, interval, is_override)
    SELECT %s, resource, tstzrange(since, until), %s
    FROM unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) AS wanted (resource, since, until)
    ON CONFLICT DO NOTHING RETURNING resource
"""
# Ended holds that a sweep has not cleared away yet.
ENDED = """
    SELECT DISTINCT a.id FROM scheduling_occupancy o JOIN scheduling_appointment a ON a.id = o.appointment_id
    WHERE o.resource = ANY(%s) AND o.interval && tstzrange(%s, %s) AND NOT o.is_override
      AND a.status IN ('held', 'pending') AND a.hold_expires_at <= clock_timestamp()
"""
_IN_THE_WAY = """EXISTS (
        SELECT FROM scheduling_occupancy o JOIN scheduling_appointment a ON a.id = o.appointment_id
        WHERE o.resource = %(resource)s AND o.interval && tstzrange(%(since)s, %(until)s) AND {which}
          AND NOT (a.status IN ('held', 'pending') AND a.hold_expires_at <= clock_timestamp()))"""
# Two branches, each on its own index: the exclusion constraint's holds no overrides.
STANDS_IN_THE_WAY = (
    f"SELECT {_IN_THE_WAY.format(which='NOT o.is_override')} OR {_IN_THE_WAY.format(which='o.is_override')}"
)
Span = tuple[dt.datetime, dt.datetime]


def lock(*names: str) -> None:
    """Wait for this clinic's locks of these names, until the transaction ends."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(LOCK, [f"{salt('diary')}:{name}"])


def lock_doctors(practitioners: Iterable[int]) -> None:
    """Nobody else takes or leaves time of these doctors until the transaction ends."""
    lock(*(f"d:{pk}" for pk in sorted(set(practitioners))))


def database_now() -> dt.datetime:
    """The database's clock decides holds and notice; after waiting for a lock it has moved on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
        return now


def occupied_span(service: Service, starts_at: dt.datetime, ends_at: dt.datetime) -> Span:
    """What doctor and room are occupied by: the visit and its buffers."""
    before, after = dt.timedelta(minutes=service.buffer_before), dt.timedelta(minutes=service.buffer_after)
    return starts_at - before, ends_at + after


def is_taken(resource: str, span: Span) -> bool:
    """Whether somebody has this time of a resource; ended holds have not."""
    with connection.cursor() as cursor:
        cursor.execute(STANDS_IN_THE_WAY, {"resource": resource, "since": span[0], "until": span[1]})
        return bool(cursor.fetchone()[0])


def end_expired(resources: list[str], span: Span) -> None:
    """End the expired holds on this time; the caller holds the doctor's lock."""
    with connection.cursor() as cursor:
        cursor.execute(ENDED, [resources, *span])
        ids = [row[0] for row in cursor.fetchall()]
    for appointment in Appointment.objects.filter(pk__in=ids).order_by("pk"):
        leave(appointment)
        move_appointment(appointment, AppointmentStatus.EXPIRED, by=None)


def choose_room(service: Service, branch: int, span: Span, wanted: int | None = None) -> int | None:
    """A free room for the time, locked; None where the service needs none. Raises Conflict where all are taken."""
    if not service.needs_room:
        return wanted
    rooms = rooms_of(service, {branch}).get(branch, [])
    for room in [wanted] if wanted in rooms else rooms:
        if is_taken(f"r:{room}", span) or room_is_away(room, *span):
            continue
        lock(f"r:{room}")
        end_expired([f"r:{room}"], span)
        if not is_taken(f"r:{room}", span):
            return room
    raise Conflict(_("No room is free at this time."), field="starts_at", code="room_taken")


def occupy(appointment: Appointment, *, override: bool = False) -> None:
    """Take doctor, room and patient for the appointment. Raises Conflict where the database refuses one of them."""
    span = occupied_span(appointment.service, appointment.starts_at, appointment.ends_at)
    wanted: list[tuple[str, dt.datetime, dt.datetime]] = [(f"d:{appointment.practitioner_id}", *span)]
    if appointment.room_id:
        wanted.append((f"r:{appointment.room_id}", *span))
    if appointment.patient_id:
        wanted.append((f"p:{appointment.patient_id}", appointment.starts_at, appointment.ends_at))
    _insert(appointment, wanted, override)


def occupy_patient(appointment: Appointment) -> None:
    """Take the patient's own time for an appointment that has doctor and room already."""
    _insert(appointment, [(f"p:{appointment.patient_id}", appointment.starts_at, appointment.ends_at)], False)


def _insert(appointment: Appointment, wanted: list[tuple[str, dt.datetime, dt.datetime]], override: bool) -> None:
    resources, since, until = (list(column) for column in zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [appointment.pk, override, resources, since, until])
        got = {row[0] for row in cursor.fetchall()}
    missing = [resource for resource in resources if resource not in got]
    if missing:
        raise refusal(appointment, missing[0])


def refusal(appointment: Appointment, resource: str) -> Conflict:
    """What the loser is told."""
    if resource.startswith("p:"):
        return Conflict(
            _("This patient already has a visit at this time."), field="starts_at", code="patient_busy", nearest=[]
        )
    return taken_conflict(
        appointment.service, appointment.practitioner_id, appointment.branch_id, appointment.starts_at
    )


def taken_conflict(
    service: Service, practitioner: int | None, branch: int | None, starts_at: dt.datetime, *, for_staff: bool = False
) -> Conflict:
    """Somebody was first: the three nearest free times come with it."""
    found = nearest_free(
        service=service, practitioner=practitioner, branch=branch, starts_at=starts_at, for_staff=for_staff
    )
    return Conflict(
        _("This time has just been taken. Choose another one."),
        field="starts_at",
        code="taken",
        nearest=[slot.as_dict() for slot in found],
    )


def leave(appointment: Appointment) -> None:
    """Give back all time of the appointment."""
    Occupancy.objects.filter(appointment=appointment.pk).delete()


def move_appointment(
    appointment: Appointment, to: str, *, by: Any, reason: str = "", changes: dict[str, Any] | None = None
) -> Appointment:
    """The one door of an appointment's status."""
    return move(
        appointment, to, moves=APPOINTMENT_MOVES, log=AppointmentStatusChange, by=by, reason=reason, changes=changes
    )
