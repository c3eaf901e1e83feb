"""Claiming an agreed time under the locks: a time of one's own, a seat in a group, or a number in line."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from clinic.shared.errors import Conflict
from scheduling.actions.occupancy import (
    Span,
    database_now,
    end_expired,
    end_holds,
    insert,
    is_taken,
    lock,
    lock_doctors,
    occupied_span,
    taken_conflict,
)
from scheduling.actions.places import choose_devices, choose_room, places_for
from scheduling.actions.terms import Terms
from scheduling.models import Appointment, GroupSession, Occupancy
from scheduling.queries.opening import Stretch, moment, taken
from scheduling.queries.sessions import expected, has_seats, next_number, numbers_left
from scheduling.statuses import EXPIRES


@dataclass(frozen=True)
class Claim:
    """What was found free: terms (of a number in line with its time), room, devices, seat."""

    terms: Terms
    room: int | None = None
    devices: tuple[int, ...] = ()
    session: GroupSession | None = None
    seat: int | None = None

    def fields(self) -> dict[str, Any]:
        """The columns of an appointment with this claim."""
        return {**self.terms.fields(), "room_id": self.room, "session": self.session, "seat": self.seat}


def claim(terms: Terms, *, for_staff: bool, wanted_room: int | None = None, wanted_seat: int | None = None) -> Claim:
    """Lock the doctor, end expired holds on the time, see that it is free, and choose places or a seat.

    Raises Conflict (details `nearest`) where it is taken or the last seat is gone.
    """
    lock_doctors([terms.practitioner.pk])
    if terms.is_shared:
        return _seat(terms, for_staff, wanted_seat)
    span = occupied_span(terms.service, terms.starts_at, terms.ends_at)
    _check_doctor(terms, span, for_staff)
    room, devices = _places(terms, span, wanted_room, for_staff)
    return Claim(terms, room, devices)


def refuse(terms: Terms, for_staff: bool) -> Conflict:
    """Somebody was first; the nearest free times come with it."""
    return taken_conflict(
        terms.service, terms.practitioner.pk, terms.branch.pk, terms.starts_at, for_staff=for_staff, mode=terms.mode
    )


def _check_doctor(terms: Terms, span: Span, for_staff: bool) -> None:
    doctor = f"d:{terms.practitioner.pk}"
    end_expired([doctor], span)
    if is_taken(doctor, span):
        raise refuse(terms, for_staff)


def _places(terms: Terms, span: Span, wanted_room: int | None, for_staff: bool) -> tuple[int | None, tuple[int, ...]]:
    places = places_for(terms)
    try:
        return choose_room(terms, places, span, wanted_room), tuple(choose_devices(terms, places, span))
    except Conflict as error:
        error.details["nearest"] = refuse(terms, for_staff).details["nearest"]
        raise


def _seat(terms: Terms, for_staff: bool, wanted: int | None) -> Claim:
    """A seat in the session of this time, opened where nobody is in it yet."""
    session = _session(terms)
    seats = _open(terms, session, for_staff)
    if terms.block is not None:
        return _number(terms, session, seats, for_staff, wanted)
    free = [seat for seat in range(1, session.capacity + 1) if seat not in seats]
    if not free:
        raise refuse(terms, for_staff)
    return Claim(terms, session.room_id, (), session, wanted if wanted in free else free[0])


def _session(terms: Terms) -> GroupSession:
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


def _open(terms: Terms, session: GroupSession, for_staff: bool) -> set[int]:
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
        span = occupied_span(terms.service, session.starts_at, session.ends_at)
        _check_doctor(terms, span, for_staff)
        session.room_id, devices = _places(terms, span, None, for_staff)
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
    end_expired(names, span)
    busy = taken(names, *block)
    pieces = []
    for name in names:
        begin = block[0]
        for since, until in [*busy.of(name), (block[1], block[1])]:
            if since > begin:
                pieces.append((name, moment(begin), moment(since)))
            begin = max(begin, until)
    return pieces


def _number(terms: Terms, session: GroupSession, seats: set[int], for_staff: bool, wanted: int | None) -> Claim:
    """A number in line, with the time at which it is expected."""
    assert terms.block
    assert terms.tokens
    assert terms.spot
    alone = taken([f"d:{terms.practitioner.pk}"], *terms.block).alone.get(f"d:{terms.practitioner.pk}", [])
    left = numbers_left(terms.spot.offer, terms.block, terms.tokens, seats, alone)
    if not left or (wanted is not None and wanted not in left):
        raise refuse(terms, for_staff)
    now, wish = int(database_now().timestamp()), int(terms.starts_at.timestamp())
    number = wanted or next_number(terms.block, terms.tokens, left, now, wish)
    begin, end = expected(terms.block, terms.tokens, number)
    timed = dataclasses.replace(terms, starts_at=moment(begin), ends_at=moment(end))
    return Claim(timed, session.room_id, (), session, number)


def reclaim(appointment: Appointment) -> Claim:
    """Claim the time of an appointment that left it, to take it back: as it was, whatever the hours are now."""
    kinds = tuple(appointment.service.equipment.values_list("pk", flat=True))
    terms = Terms(
        appointment.service, appointment.practitioner, appointment.branch, appointment.starts_at, appointment.ends_at,
        appointment.price, mode=appointment.mode, own_room=appointment.room_id, kinds=kinds,
    )  # fmt: skip
    session = appointment.session
    if session is None:
        lock_doctors([terms.practitioner.pk])
        span = occupied_span(terms.service, terms.starts_at, terms.ends_at)
        _check_doctor(terms, span, True)
        return Claim(terms, *_places(terms, span, appointment.room_id, True))
    if session.service_id is None:
        block = (int(session.starts_at.timestamp()), int(session.ends_at.timestamp()))
        terms = dataclasses.replace(terms, block=block, tokens=session.capacity)
    lock_doctors([terms.practitioner.pk])
    seats = _open(terms, session, True)
    if appointment.seat in seats and session.service_id is None:
        raise refuse(terms, True)
    free = [seat for seat in range(1, session.capacity + 1) if seat not in seats]
    if not free:
        raise refuse(terms, True)
    return Claim(terms, session.room_id, (), session, appointment.seat if appointment.seat in free else free[0])
