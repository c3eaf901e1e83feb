"""The whole past of a clinic: diary, visits and books, day after day."""

import datetime as dt
from collections.abc import Callable, Iterator
from random import Random

from clinic.roof.seeding import diary, money
from clinic.roof.seeding.records import write_records
from clinic.shared.tenancy import current_clinic
from scheduling.models import Appointment
from scheduling.statuses import AppointmentStatus

CHUNK = 2000
MORNING_AND_EVENING = [(9 * 60, 13 * 60), (16 * 60, 20 * 60)]


def seed_history(
    cast: diary.Cast,
    rng: Random,
    *,
    first: dt.date,
    last: dt.date,
    weekend: set[int],
    fill: float = 0.75,
    most: int | None = None,
    records: bool = False,
    told: Callable[[int], None] = lambda _count: None,
) -> int:
    """Write the past between two dates, at most `most` appointments; returns how many there are.

    `records` adds what the doctors wrote.
    """
    written = 0
    numbers: dict[dt.date, int] = {}
    for rows in _chunks(_past(cast, rng, first=first, last=last, weekend=weekend, fill=fill), most):
        diary.write_appointments(rows)
        done = [row for row in rows if row.status == AppointmentStatus.FULFILLED]
        visits = diary.finished_visits(cast, rng, done, numbers)
        diary.write_visits(visits)
        money.bill_visits(rng, visits)
        if records:
            write_records(rng, visits, persian=current_clinic().language == "fa")
        written += len(rows)
        told(written)
    money.bank_the_cash(cast.branch)
    return written


def _past(
    cast: diary.Cast, rng: Random, *, first: dt.date, last: dt.date, weekend: set[int], fill: float
) -> Iterator[Appointment]:
    for day in diary.open_days(cast, first, last, weekend):
        busy: set[int] = set()
        for slot in diary.day_times(cast, rng, day, fill, MORNING_AND_EVENING):
            yield diary.appointment(cast, rng, slot, _somebody(cast, rng, busy), diary.past_status(rng))


def _somebody(cast: diary.Cast, rng: Random, busy: set[int]) -> int:
    """A patient who has nothing else on that day; few come often, many seldom."""
    while True:
        patient = cast.patients[min(int(rng.paretovariate(0.9) * 7) - 7, len(cast.patients) - 1)]
        if rng.random() < 0.6:
            patient = rng.choice(cast.patients)
        if patient not in busy:
            busy.add(patient)
            return patient


def _chunks(rows: Iterator[Appointment], most: int | None) -> Iterator[list[Appointment]]:
    chunk: list[Appointment] = []
    for count, row in enumerate(rows, 1):
        chunk.append(row)
        if len(chunk) == CHUNK or count == most:
            yield chunk
            chunk = []
        if count == most:
            return
    if chunk:
        yield chunk
