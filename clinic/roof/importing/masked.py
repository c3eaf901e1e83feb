"""Telling people apart who share a masked id.

A treatment is counted: visit 3 belongs to somebody whose last visit was 2, on an earlier day. Where several fit, the
one whose turn it is by the usual pace. Where nobody fits, this is somebody new. A first consultation counts as visit 0.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from clinic.patients.models import Patient
from clinic.roof.importing import stage
from clinic.roof.importing.context import Context
from clinic.roof.importing.people import chunks, write_patients
from clinic.roof.importing.rows import Row
from clinic.roof.importing.treatment import CONSULTATION, MASK
from clinic.shared.bulk import reserve_ids
from scheduling.models import Source

PACE = 30  # days between two visits, as treatments usually go
CONSULTATION_LASTS = 180  # days after which a first visit follows another consultation than this one


@dataclass(slots=True)
class Chain:
    """The visits of one person: her first and last."""

    patient_id: int
    first: int
    first_day: dt.date
    last: int
    last_day: dt.date

    def distance(self, count: int, day: dt.date) -> int | None:
        """How far a visit lies off the usual pace if it goes on after, or stands just before, this chain."""
        if count == self.last + 1:
            gap, consulted = (day - self.last_day).days, self.last == CONSULTATION
        elif count == self.first - 1:
            gap, consulted = (self.first_day - day).days, count == CONSULTATION
        else:
            return None
        if gap < 0 or (gap == 0 and not consulted) or (consulted and gap > CONSULTATION_LASTS):
            return None
        return abs(gap - PACE)

    def add(self, count: int, day: dt.date) -> None:
        """This visit is hers."""
        if count > self.last:
            self.last, self.last_day = count, day
        else:
            self.first, self.first_day = count, day


def find_masked_people(context: Context) -> int:
    """Give every row with a masked id its patient; returns how many patients are new."""
    chains, new = _known(context), 0
    for rows in chunks(stage.masked()):
        spare = iter(reserve_ids(Patient, len(rows)))
        people: list[tuple[int, Row]] = []
        owners = [(row.line, _owner(chains[row.person], row, spare.__next__, people)) for row in rows]
        write_patients(context, people)
        stage.tell_owners(owners)
        new += len(people)
    return new


def _owner(chains: list[Chain], row: Row, spare: Callable[[], int], people: list[tuple[int, Row]]) -> int:
    assert row.day is not None  # rows of this layout have both
    assert row.count is not None
    fitting = [(d, n) for n, chain in enumerate(chains) if (d := chain.distance(row.count, row.day)) is not None]
    if fitting:
        chain = chains[min(fitting)[1]]
        chain.add(row.count, row.day)
        return chain.patient_id
    patient_id = spare()
    people.append((patient_id, row))
    chains.append(Chain(patient_id, row.count, row.day, row.count, row.day))
    return patient_id


KNOWN = f"""
    WITH told AS (
        SELECT patient_id, string_to_array(substr(external_id, %s), '|') AS parts FROM {stage.APPOINTMENTS}
        WHERE source = %s AND starts_with(external_id, %s) AND position(%s in external_id) > 0
          AND external_id ~ '[|][0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[|][0-9]+$'
    )
    SELECT parts[1], patient_id,
        min(parts[3]::integer), min(parts[2])::date, max(parts[3]::integer), max(parts[2])::date
    FROM told GROUP BY parts[1], patient_id ORDER BY patient_id
"""  # noqa: S608 (a table of ours)


def _known(context: Context) -> dict[str, list[Chain]]:
    """The people of earlier imports."""
    chains: dict[str, list[Chain]] = defaultdict(list)
    for mask, *chain in _read(KNOWN, [len(context.prefix) + 1, Source.IMPORT, context.prefix, MASK]):
        chains[mask].append(Chain(*chain))
    return chains


def _read(sql: str, parameters: list[str | int]) -> Iterator[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        yield from cursor.fetchall()
