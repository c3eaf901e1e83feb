"""Claiming an agreed time under the locks: a time of one's own, a seat in a group, or a number in line."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from scheduling.actions.checks import check_doctor, refuse, take_places
from scheduling.actions.occupancy import buffers_of, database_now, lock_doctors
from scheduling.actions.sessions import open_session, session_of
from scheduling.actions.terms import Terms
from scheduling.models import Appointment, GroupSession
from scheduling.queries.numbers import expected, next_number, numbers_left
from scheduling.queries.opening import moment, taken
from scheduling.queries.policy import Conditions


@dataclass(frozen=True)
class Claim:
    """What was found free: terms (of a number in line with its time), room, devices, seat.

    With a `key` for the appointment it is not locked: the statement that writes the appointment takes the time as well.
    """

    terms: Terms
    room: int | None = None
    devices: tuple[int, ...] = ()
    session: GroupSession | None = None
    seat: int | None = None
    key: int | None = None

    def fields(self) -> dict[str, Any]:
        """The columns of an appointment with this claim."""
        found = {**self.terms.fields(), "room_id": self.room, "session": self.session, "seat": self.seat}
        return {**found, "id": self.key} if self.key else found


def quick_claim(terms: Terms, known: Conditions) -> Claim | None:
    """The claim of a time that was free when its conditions were asked for, where it takes nothing but the doctor."""
    key = known.ahead.key if known.ahead else None
    return Claim(terms, key=key) if key and terms.needs_doctor_only else None


def claim(terms: Terms, *, for_staff: bool, wanted_room: int | None = None, wanted_seat: int | None = None) -> Claim:
    """Lock the doctor, end expired holds on the time, see that it is free, and choose places or a seat.

    Raises Conflict (details `nearest`) where it is taken or the last seat is gone.
    """
    lock_doctors([terms.practitioner.pk])
    if terms.is_shared:
        return _seat(terms, for_staff, wanted_seat)
    span = terms.span
    check_doctor(terms, span, for_staff)
    room, devices = take_places(terms, span, wanted_room, for_staff)
    return Claim(terms, room, devices)


def _seat(terms: Terms, for_staff: bool, wanted: int | None) -> Claim:
    """A seat in the session of this time, opened where nobody is in it yet."""
    session = session_of(terms)
    seats = open_session(terms, session, for_staff)
    if terms.block is not None:
        return _number(terms, session, seats, for_staff, wanted)
    free = [seat for seat in range(1, session.capacity + 1) if seat not in seats]
    if not free:
        raise refuse(terms, for_staff)
    return Claim(terms, session.room_id, (), session, wanted if wanted in free else free[0])


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
    before, after = buffers_of(appointment)
    terms = Terms(
        appointment.service, appointment.practitioner, appointment.branch, appointment.starts_at, appointment.ends_at,
        appointment.price, mode=appointment.mode, own_room=appointment.room_id, kinds=kinds,
        before=before, after=after,
    )  # fmt: skip
    session = appointment.session
    if session is None:
        lock_doctors([terms.practitioner.pk])
        span = terms.span
        check_doctor(terms, span, True)
        return Claim(terms, *take_places(terms, span, appointment.room_id, True))
    if session.service_id is None:
        block = (int(session.starts_at.timestamp()), int(session.ends_at.timestamp()))
        terms = dataclasses.replace(terms, block=block, tokens=session.capacity)
    lock_doctors([terms.practitioner.pk])
    seats = open_session(terms, session, True)
    if appointment.seat in seats and session.service_id is None:
        raise refuse(terms, True)
    free = [seat for seat in range(1, session.capacity + 1) if seat not in seats]
    if not free:
        raise refuse(terms, True)
    return Claim(terms, session.room_id, (), session, appointment.seat if appointment.seat in free else free[0])
