"""Times that several people share: groups, and blocks in which numbers in line are given out.

A block of numbers is divided evenly: number 5 of twenty in four hours is expected after four times twelve minutes.
Numbers whose time falls into a leave, or onto a visit that was there before, are not given.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from scheduling.queries.opening import SEATED, Offer, Stretch
from scheduling.queries.starts import is_clear, is_within

MINUTE = 60
SESSIONS = """
    SELECT g.practitioner_id, g.branch_id, extract(epoch FROM g.starts_at)::bigint,
           extract(epoch FROM g.ends_at)::bigint, array_agg(a.seat)
    FROM scheduling_groupsession g
    JOIN scheduling_appointment a ON a.session_id = g.id AND a.seat IS NOT NULL
    WHERE g.practitioner_id = ANY(%(practitioners)s) AND g.service_id IS NOT DISTINCT FROM %(service)s
      AND g.starts_at < to_timestamp(%(until)s) AND g.ends_at > to_timestamp(%(since)s)
      AND NOT (a.status IN ('held', 'pending') AND a.hold_expires_at <= clock_timestamp())
      AND EXISTS (SELECT FROM scheduling_occupancy seat WHERE seat.appointment_id = a.id)
    GROUP BY g.id
"""
Key = tuple[int, int, int]  # doctor, branch, begin


@dataclass(frozen=True, slots=True)
class Shared:
    """An open session: until when, and which seats are taken."""

    end: int
    seats: frozenset[int]


def open_sessions(practitioners: Iterable[int], service: int | None, since: int, until: int) -> dict[Key, Shared]:
    """The sessions of a service (None: blocks of numbers) in which somebody has a seat."""
    with connection.cursor() as cursor:
        cursor.execute(
            SESSIONS, {"practitioners": list(practitioners), "service": service, "since": since, "until": until}
        )
        return {
            (doctor, branch, begin): Shared(end, frozenset(seats))
            for doctor, branch, begin, end, seats in cursor.fetchall()
        }


def has_seats(session: int) -> bool:
    """Whether somebody has a seat in a session."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SEATED.format(session='%s')}", [session])
        return bool(cursor.fetchone()[0])


def expected(block: Stretch, tokens: int, number: int) -> Stretch:
    """When a number is expected to be seen, in whole minutes; the shortest turn is one minute."""
    begin, end = block
    turn = max((end - begin) // tokens // MINUTE, 1) * MINUTE
    start = min(begin + (number - 1) * turn, end - turn)
    return start, start + turn


def numbers_left(offer: Offer, block: Stretch, tokens: int, seats: Iterable[int], alone: list[Stretch]) -> list[int]:
    """The numbers of a block that can still be given, in order. `alone` is what the doctor has besides the block."""
    gone = set(seats)
    left = []
    for number in range(1, tokens + 1):
        begin, end = expected(block, tokens, number)
        if number not in gone and is_within(offer.open, begin, end) and is_clear(alone, begin, end):
            left.append(number)
    return left


def next_number(block: Stretch, tokens: int, left: list[int], now: int, wish: int = 0) -> int:
    """The number to give of those left: the wished moment's own, else the first that is not past, else the first."""
    if wish > block[0]:
        for number in left:
            begin, end = expected(block, tokens, number)
            if begin <= wish < end:
                return number
    return next((number for number in left if expected(block, tokens, number)[1] > now), left[0])
