"""Shared times under the doctor's lock: the row of a session, and the time that it takes once."""

import datetime as dt

from scheduling.actions.checks import check_doctor, refuse, take_places
from scheduling.actions.occupancy import end_holds, insert, is_free_now, lock
from scheduling.actions.terms import Terms
from scheduling.models import Appointment, GroupSession, Occupancy
from scheduling.queries.opening import Stretch, moment, taken
from scheduling.queries.sessions import has_seats
from scheduling.statuses import EXPIRES


def session_of(terms: Terms) -> GroupSession:
    """The row of the shared time, made once; the doctor's lock is held."""
    begin, end = terms.shared_span
    service = None if terms.block else terms.service
    size = terms.tokens if terms.block else terms.service.capacity
    key = {"practitioner": terms.practitioner, "branch": terms.branch, "service": service, "starts_at": begin}
    session = GroupSession.objects.filter(**key).first() or GroupSession(**key)
    if session.pk is None or (session.capacity, session.ends_at) != (size, end):
        if session.pk is None or not has_seats(session.pk):
            session.ends_at = end
        session.capacity = size or 1
        session.save()
    return session


def open_session(terms: Terms, session: GroupSession, for_staff: bool) -> set[int]:
    """Make sure that the session has its time; the seats that are taken. Its rows stay locked."""
    held = Appointment.objects.filter(session=session, status__in=EXPIRES)
    end_holds(list(held.values_list("pk", flat=True)))
    rows = Occupancy.objects.select_for_update().filter(session=session)
    if list(rows.order_by("pk")) and has_seats(session.pk):
        seats = Appointment.objects.filter(session=session, occupancies__isnull=False)
        return {seat for seat in seats.values_list("seat", flat=True) if seat is not None}
    rows.delete()
    if terms.block is not None:
        session.room_id = terms.own_room
        wanted = _pieces(terms, terms.block)
    else:
        span = terms.around(session.starts_at, session.ends_at)
        check_doctor(terms, span, for_staff)
        session.room_id, devices = take_places(terms, span, None, for_staff)
        names = [f"d:{terms.practitioner.pk}", *(f"e:{device}" for device in devices)]
        names += [f"r:{session.room_id}"] if session.room_id else []
        wanted = [(name, *span) for name in names]
    session.save()
    if wanted and insert(wanted, session=session.pk):
        raise refuse(terms, for_staff)
    return set()


def _pieces(terms: Terms, block: Stretch) -> list[tuple[str, dt.datetime, dt.datetime]]:
    """The block's time for doctor and room, less what either has there already."""
    names = [f"d:{terms.practitioner.pk}"]
    if terms.own_room:
        lock(f"r:{terms.own_room}")
        names.append(f"r:{terms.own_room}")
    span = (moment(block[0]), moment(block[1]))
    for name in names:
        is_free_now(name, span)
    busy = taken(names, *block)
    pieces = []
    for name in names:
        begin = block[0]
        for since, until in [*busy.of(name), (block[1], block[1])]:
            if since > begin:
                pieces.append((name, moment(begin), moment(since)))
            begin = max(begin, until)
    return pieces
