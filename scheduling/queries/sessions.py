"""Times that several people share: groups, and blocks in which numbers in line are given out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from clinic.shared.db.prepared import rows
from scheduling.queries.opening import SEATED

SESSIONS = """
    SELECT g.practitioner_id, g.branch_id, extract(epoch FROM g.starts_at)::bigint,
           extract(epoch FROM g.ends_at)::bigint, array_agg(a.seat)
    FROM scheduling_groupsession g
    JOIN scheduling_appointment a ON a.session_id = g.id AND a.seat IS NOT NULL
    WHERE g.practitioner_id = ANY(%(practitioners)s::bigint[]) AND g.service_id IS NOT DISTINCT FROM %(service)s::bigint
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
    values = {"practitioners": list(practitioners), "service": service, "since": since, "until": until}
    return {
        (doctor, branch, begin): Shared(end, frozenset(seats))
        for doctor, branch, begin, end, seats in rows(SESSIONS, values)
    }


def has_seats(session: int) -> bool:
    """Whether somebody has a seat in a session."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SEATED.format(session='%s')}", [session])
        return bool(cursor.fetchone()[0])
