"""Taking and leaving time: locks first, then the constraint; who comes second gets Conflict with other free times.

Locks are taken in one order everywhere (doctors, then rooms, then devices, each ascending), and rows are inserted
doctor, room, devices, patient, so two bookings never wait for each other in a circle.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from clinic.patients.models import Patient
from clinic.shared.bundles import Guard, write_last
from clinic.shared.db.prepared import Statement
from clinic.shared.errors import Conflict
from clinic.shared.events import publish
from clinic.shared.statuses import begin, move
from clinic.shared.tenancy import salt
from clinic.shared.writing import Also
from scheduling.events import AppointmentLapsed, TimesFreed
from scheduling.models import Appointment, AppointmentStatusChange, Occupancy, Service
from scheduling.queries.opening import SEATED
from scheduling.queries.slots import nearest_free
from scheduling.statuses import APPOINTMENT_MOVES, EXPIRES, AppointmentStatus

LOCK = Statement("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 3))")
NOW = Statement("SELECT clock_timestamp()")
INSERT = Statement("""
    INSERT INTO scheduling_occupancy (appointment_id, session_id, resource, interval, is_override)
    SELECT %(appointment)s::bigint, %(session)s::bigint, resource, tstzrange(since, until), %(override)s::bool
    FROM unnest(%(resources)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[])
        AS wanted (resource, since, until)
    ON CONFLICT DO NOTHING RETURNING resource, lower(interval)
""")
# The same beside the row of the appointment itself.
TAKING = """
    INSERT INTO scheduling_occupancy (appointment_id, resource, interval, is_override)
    SELECT written.id, resource, tstzrange(since, until), %s
    FROM written, unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) AS wanted (resource, since, until)
    ON CONFLICT DO NOTHING RETURNING resource
"""
# The same before the row of an appointment that has its key already: the doctor's lock, her time, then the patient's.
_TAKE = """(
    INSERT INTO scheduling_occupancy (appointment_id, resource, interval, is_override)
    SELECT %s, %s, tstzrange(%s, %s), false FROM {after} ON CONFLICT DO NOTHING RETURNING 1)"""
_STEPS = (
    ("locked", "MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(%s, 3)))"),
    ("taken", _TAKE.format(after="locked")),
    ("hers", _TAKE.format(after="taken")),
)
# Rows that somebody locks stay: she is taking a seat.
_CLOSE = """
    DELETE FROM scheduling_occupancy WHERE id IN (
        SELECT o.id FROM scheduling_occupancy o
        WHERE o.session_id = ANY(%s) AND NOT {seated}
        ORDER BY o.id FOR UPDATE OF o SKIP LOCKED)
"""
CLOSE = _CLOSE.format(seated=SEATED.format(session="o.session_id"))
# Who has a time of a resource, and whether that is over. Two branches, each on its own index: the exclusion
# constraint's holds no overrides.
_THERE = """
    SELECT o.appointment_id, o.session_id, o.is_override, CASE WHEN o.session_id IS NULL THEN EXISTS (
               SELECT FROM scheduling_appointment a WHERE a.id = o.appointment_id
               AND a.status IN ('held', 'pending') AND a.hold_expires_at <= clock_timestamp())
               ELSE NOT {seated} END
    FROM scheduling_occupancy o
    WHERE o.resource = %(resource)s AND o.interval && tstzrange(%(since)s, %(until)s) AND {which}"""
THERE = Statement(
    " UNION ALL ".join(
        _THERE.format(which=which, seated=SEATED.format(session="o.session_id"))
        for which in ("NOT o.is_override", "o.is_override")
    )
)
Span = tuple[dt.datetime, dt.datetime]
Wanted = tuple[str, dt.datetime, dt.datetime]  # a resource, from when to when


def lock(*names: str) -> None:
    """Wait for this clinic's locks of these names, until the transaction ends."""
    for name in names:
        LOCK.rows(name=lock_name(name))


def lock_name(resource: str) -> str:
    """What this clinic's lock of a resource is called; the server makes a number of it."""
    return f"{salt('diary')}:{resource}"


def lock_doctors(practitioners: Iterable[int]) -> None:
    """Nobody else takes or leaves time of these doctors until the transaction ends."""
    lock(*(f"d:{pk}" for pk in sorted(set(practitioners))))


def database_now() -> dt.datetime:
    """The database's clock decides holds and notice; after waiting for a lock it has moved on."""
    now: dt.datetime = NOW.rows()[0][0]
    return now


def buffers_of(appointment: Appointment) -> tuple[int, int]:
    """The minutes kept free before and after, as they were when it was booked."""
    before, after = appointment.buffer_before, appointment.buffer_after
    before = appointment.service.buffer_before if before is None else before
    return before, appointment.service.buffer_after if after is None else after


def occupied_span(appointment: Appointment) -> Span:
    """What doctor and room are occupied by: the visit and its buffers."""
    before, after = buffers_of(appointment)
    return appointment.starts_at - dt.timedelta(minutes=before), appointment.ends_at + dt.timedelta(minutes=after)


def is_taken(resource: str, span: Span) -> bool:
    """Whether somebody has this time of a resource; ended holds have not."""
    return not all(over for *_who, over in THERE.rows(resource=resource, since=span[0], until=span[1]))


def is_free_now(resource: str, span: Span) -> bool:
    """Whether nobody has this time of a resource; what is over on it is ended. The caller holds the lock."""
    there = THERE.rows(resource=resource, since=span[0], until=span[1])
    ended = [each for each in there if each[3] and not each[2]]
    end_holds([appointment for appointment, *_rest in ended if appointment])
    close_empty([session for _appointment, session, *_rest in ended if session])
    return all(over for *_who, over in there)


def lapse(appointment: Appointment, *, by: Any = None) -> None:
    """The time of a hold or of a waiting booking, whose row is locked, is over; the patient of the latter is told."""
    leave(appointment)
    move_appointment(appointment, AppointmentStatus.EXPIRED, by=by, is_locked=True)
    if appointment.patient_id is not None:
        publish(AppointmentLapsed(appointment_id=appointment.pk))
        publish(TimesFreed(appointment_ids=(appointment.pk,), undoable=False))


def end_holds(ids: list[int]) -> None:
    """End those of these holds whose time is over; rows are locked in the order in which the sweep locks them."""
    if not ids:
        return
    rows = Appointment.objects.select_for_update(of=("self",)).filter(pk__in=ids, status__in=EXPIRES)
    now = database_now()
    for appointment in rows.order_by("pk"):
        if appointment.hold_expires_at is not None and appointment.hold_expires_at <= now:
            lapse(appointment)


def close_empty(sessions: list[int]) -> None:
    """Give back the time of those sessions that nobody is in any more."""
    if sessions:
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, [sessions])


def begin_appointment(
    appointment: Appointment,
    *also: Also,
    devices: Iterable[int] = (),
    override: bool = False,
    reason: str = "",
    by: Any,
) -> None:
    """Write a new appointment with the status that it begins with, take its time, and write what belongs to it `also`:
    one statement.

    Raises Conflict where the database refuses one of its times.
    """
    wanted = _wanted(appointment, devices, override)
    taking = Also(TAKING, [override, *_columns(wanted)], answer="resource")
    begin(appointment, taking, *also, log=AppointmentStatusChange, by=by, reason=reason)
    _check_taken(appointment, [resource for resource, _since, _until in wanted if resource not in taking.answers])


def begin_at_end(appointment: Appointment, *also: Also, by: Any) -> None:
    """Write a new appointment, whose key is known and which takes nothing but the doctor, at the end of the transaction
    with all that will name it, in one statement. What `begin_appointment` raises is raised then.
    """
    log = AppointmentStatusChange.beside(appointment, "", appointment.status, by=by)
    (doctor, since, until), (patient, begins, ends) = _wanted(appointment, (), False)
    key, name = appointment.pk, lock_name(doctor)
    values = [name, key, doctor, since, until, key, patient, begins, ends]

    def judge(passed: dict[str, bool]) -> None:
        _check_taken(appointment, [each for step, each in (("taken", doctor), ("hers", patient)) if not passed[step]])

    guard = Guard(_STEPS, ("taken", "hers"), values, judge, table=Occupancy._meta.db_table)
    write_last(appointment, log, *also, guard=guard)


def occupy(appointment: Appointment, *, devices: Iterable[int] = (), override: bool = False) -> None:
    """Take the time of an appointment that is there already. Raises Conflict where the database refuses it."""
    _check_taken(
        appointment, insert(_wanted(appointment, devices, override), appointment=appointment.pk, override=override)
    )


def _check_taken(appointment: Appointment, missing: list[str]) -> None:
    if missing:
        raise refusal(appointment, missing[0])


def _wanted(appointment: Appointment, devices: Iterable[int], override: bool) -> list[Wanted]:
    """Doctor, room, devices and patient, in this order; in a session her seat and herself."""
    span = occupied_span(appointment)
    if appointment.session is not None and not override:
        seat = f"s:{appointment.session_id}:{appointment.seat}"
        wanted = [(seat, appointment.session.starts_at, appointment.session.ends_at)]
    else:
        wanted = [(f"d:{appointment.practitioner_id}", *span)]
        if appointment.room_id:
            wanted.append((f"r:{appointment.room_id}", *span))
        wanted += [(f"e:{device}", *span) for device in sorted(devices)]
    if appointment.patient_id:
        wanted.append((f"p:{appointment.patient_id}", appointment.starts_at, appointment.ends_at))
    return wanted


def _columns(wanted: list[Wanted]) -> list[list[Any]]:
    return [list(column) for column in zip(*wanted, strict=True)]


def insert(
    wanted: list[Wanted],
    *,
    appointment: int | None = None,
    session: int | None = None,
    override: bool = False,
) -> list[str]:
    """Take times of resources, for an appointment or a session; returns those that the database refused."""
    resources, since, until = _columns(wanted)
    got = set(
        INSERT.rows(appointment=appointment, session=session, override=override, resources=resources, since=since,
                    until=until)
    )  # fmt: skip
    return [resource for resource, begin, _end in wanted if (resource, begin) not in got]


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
    service: Service,
    practitioner: int | None,
    branch: int | None,
    starts_at: dt.datetime,
    *,
    for_staff: bool = False,
    mode: str | None = None,
) -> Conflict:
    """Somebody was first: the three nearest free times come with it."""
    found = nearest_free(
        service=service, practitioner=practitioner, branch=branch, starts_at=starts_at, for_staff=for_staff, mode=mode
    )
    return Conflict(
        _("This time has just been taken. Choose another one."),
        field="starts_at",
        code="taken",
        nearest=[slot.as_dict() for slot in found],
    )


def leave(appointment: Appointment) -> None:
    """Give back all time of the appointment; with the last one the time of its session."""
    Occupancy.objects.filter(appointment=appointment.pk).delete()
    if appointment.session_id:
        close_empty([appointment.session_id])


def move_appointment(
    appointment: Appointment, to: str, *, by: Any, reason: str = "", changes: dict[str, Any] | None = None, **how: Any
) -> Appointment:
    """The one door of an appointment's status; `how` as in `statuses.move`."""
    return move(
        appointment, to, moves=APPOINTMENT_MOVES, log=AppointmentStatusChange, by=by, reason=reason, changes=changes,
        **how,
    )  # fmt: skip


def book_held(
    held: Appointment, to: str, *also: Also, patient: Patient, changes: dict[str, Any], by: Any
) -> Appointment:
    """Make a locked hold the patient's and take her own time for it, with whatever is written `also`: one statement.

    Raises Conflict where she has a visit then.
    """
    resource = f"p:{patient.pk}"
    taking = Also(TAKING, [False, [resource], [held.starts_at], [held.ends_at]], answer="resource")
    changes = {**changes, "patient": patient}
    booked = move_appointment(held, to, by=by, changes=changes, also=(taking, *also), is_locked=True)
    _check_taken(booked, [] if taking.answers else [resource])
    return booked
