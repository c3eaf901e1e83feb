"""Any sequence of holds, bookings, moves, cancellations and the waitlist against a small model; then two at once.

SEQUENCES=5000 plays as many as the nightly run does.
"""

import datetime as dt
import os
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.shared.tenancy import use_clinic
from scheduling.models import Appointment
from scheduling.statuses import HOLDS_THE_SLOT, AppointmentStatus
from tests.scheduling.diary_model import CELLS, DOCTORS, PATIENTS, STEPS, World, check, make_world, play

USUAL = 200
SEQUENCES = int(os.environ.get("SEQUENCES", USUAL))
LONG = {"max_examples": SEQUENCES, "deadline": None, "suppress_health_check": list(HealthCheck)}
NUMBER = st.integers(0, 5)
# Holds and bookings are drawn more often: without them there is nothing to cancel.
KIND = st.sampled_from([*STEPS, "hold", "hold", "book", "book", "at once", "wait", "cancel", "accept"])
STEP = st.tuples(KIND, NUMBER, NUMBER, NUMBER)
A = AppointmentStatus


class Undo(Exception):
    """Ends the transaction of one sequence."""


class Expected:
    """The model: who has which half hour of which doctor, and what must therefore be refused."""

    def __init__(self, world: World) -> None:
        self.world = world
        live = Appointment.objects.filter(branch=world.branch, status__in=HOLDS_THE_SLOT).exclude(
            status=A.HELD, hold_expires_at__lte=_now()
        )
        self.owner = {(row.practitioner_id, row.starts_at): row for row in live}
        self.busy = {(row.patient_id, row.starts_at) for row in live if row.patient_id}

    def of(self, step: tuple[Any, ...]) -> bool | None:
        """Whether the step must succeed; None where the model has no opinion."""
        kind, first, second, third = step
        world = self.world
        if kind == "hold":
            return (world.doctors[first % DOCTORS].pk, world.at(second % CELLS)) not in self.owner
        if kind == "at once":
            patient, begin = world.patients[third % PATIENTS].pk, world.at(second % CELLS)
            return (world.doctors[first % DOCTORS].pk, begin) not in self.owner and (patient, begin) not in self.busy
        if kind == "book" and world.holds:
            held = Appointment.objects.get(pk=world.holds[first % len(world.holds)][0].pk)
            patient = world.patients[second % PATIENTS].pk
            if held.status == A.BOOKED:  # again for the same patient is the same
                return held.patient_id == patient
            mine = self.owner.get((held.practitioner_id, held.starts_at))
            return mine is not None and mine.pk == held.pk and (patient, held.starts_at) not in self.busy
        if kind == "move" and world.booked:
            old = Appointment.objects.get(pk=world.booked[first % len(world.booked)].pk)
            target = (world.doctors[second % DOCTORS].pk, world.at(third % CELLS))
            if old.status != A.BOOKED:
                return False
            if target == (old.practitioner_id, old.starts_at):
                return True
            elsewhere = target[1] != old.starts_at and (old.patient_id, target[1]) in self.busy
            return target not in self.owner and not elsewhere
        return None


def _now() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_any_sequence(make: Any) -> None:
    world = make_world(make)
    refused: list[str] = []

    @settings(**LONG)
    @given(st.lists(STEP, min_size=3, max_size=7))
    def run(steps: list[tuple[Any, ...]]) -> None:
        world.holds, world.booked, world.seen = [], [], set()
        try:
            with transaction.atomic():
                for step in steps:
                    expected = Expected(world).of(step)
                    done = play(world, step)
                    if expected is not None and done is not None:
                        assert done == expected, f"{step} was {'done' if done else 'refused'}"
                    refused.extend([step[0]] if done is False else [])
                    if SEQUENCES > USUAL:  # after every step in the long run only: it costs as much as the steps
                        check(world)
                check(world)
                raise Undo
        except Undo:
            pass

    run()
    # The sequences were rich enough to be refused something.
    assert len({"hold", "book", "at once"} & set(refused)) > 1


@pytest.mark.parametrize("threads", [2])
def test_two_at_once(make: Any, committed: Any, threads: int) -> None:
    """Each sequence has a morning of its own; both play in it at the same time, on connections of their own."""
    day = iter(range(3, 10**6))
    shared: dict[str, Any] = {"world": make_world(make)}

    def one(world: World, steps: list[tuple[Any, ...]], faults: list[BaseException]) -> None:
        mine = World(world.service, world.branch, world.doctors, world.patients, world.accounts, world.begin)
        with use_clinic(committed):
            try:
                for step in steps:
                    play(mine, step)
            except BaseException as fault:  # noqa: BLE001 (a thread's failure must reach the test)
                faults.append(fault)
            finally:
                connection.close()

    @settings(**LONG)
    @given(st.lists(st.lists(STEP, min_size=2, max_size=4), min_size=threads, max_size=threads))
    def run(both: list[list[tuple[Any, ...]]]) -> None:
        number = next(day)
        if number % 350 == 0:
            shared["world"] = make_world(make)
        first = shared["world"]
        world = World(first.service, first.branch, first.doctors, first.patients, first.accounts, first.begin)
        world.begin = first.begin + dt.timedelta(days=number % 350)
        faults: list[BaseException] = []
        parts = [threading.Thread(target=one, args=(world, steps, faults)) for steps in both]
        for part in parts:
            part.start()
        for part in parts:
            part.join()
        assert not faults, faults
        check(world)

    run()
