"""The race: two hundred times fifty clients at one slot at once, while four busy loops take the processor away."""

import json
import multiprocessing
import os
import threading
import time
from collections import Counter
from typing import Any

import psycopg
from django.conf import settings

from bench.load import Connection, request
from bench.stage import Stage
from bench.works.w2 import Times

BURSTS, CLIENTS, PROCESSES, LOOPS = 200, 50, 5, 4


def measure(stage: Stage) -> None:
    """Exactly one of fifty wins, nobody waits a second, nothing is deadlocked."""
    slots = Times(stage.long).slots[-BURSTS:]
    bodies = [json.dumps(slot.as_dict()).encode() for slot in slots]
    before = _deadlocks()
    loops = [multiprocessing.get_context("fork").Process(target=_spin, daemon=True) for _each in range(LOOPS)]
    for loop in loops:
        loop.start()
    try:
        answers = _bursts(stage, bodies)
    finally:
        for loop in loops:
            loop.terminate()
    time.sleep(1.5)  # the database counts its deadlocks with some delay
    deadlocks = _deadlocks() - before
    double = lost = other = 0
    slowest = 0.0
    for burst in answers:
        codes = Counter(code for code, _seconds in burst)
        double += max(0, codes[201] - 1)
        lost += codes[201] == 0
        other += sum(count for code, count in codes.items() if code not in {201, 409})
        slowest = max([slowest, *(seconds for _code, seconds in burst)])
    held = _held(stage, slots)
    report = stage.report
    exact = double == lost == other == 0 and held == len(slots)
    report.add("W2.race.double", double + max(0, held - len(slots)), "", n=len(slots), goal="0, one wins", met=exact)
    report.add("W2.race.deadlocks", deadlocks, "", goal="0", met=deadlocks == 0)
    report.add("W2.race.slowest", slowest * 1000, "ms", n=len(slots) * CLIENTS, goal="<= 1000", met=slowest <= 1)
    if lost or other:
        print(f"  {lost} slots that nobody got, {other} other answers", flush=True)


def _bursts(stage: Stage, bodies: list[bytes]) -> list[list[tuple[int, float]]]:
    context = multiprocessing.get_context("fork")
    ready, results = context.Barrier(PROCESSES * (CLIENTS // PROCESSES)), context.Queue()

    def one(connection: Connection, out: list[list[tuple[int, float]]]) -> None:
        for number, body in enumerate(bodies):
            job = request("POST", "/api/v1/holds/", stage.long.host, body, {"Content-Type": "application/json"})
            ready.wait()
            began = time.perf_counter()
            status, _body = connection.send(job)
            out[number].append((status, time.perf_counter() - began))

    def process() -> None:
        connections = [Connection(stage.pages.port) for _each in range(CLIENTS // PROCESSES)]
        out: list[list[tuple[int, float]]] = [[] for _body in bodies]
        threads = [threading.Thread(target=one, args=(connection, out)) for connection in connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        results.put(out)

    racers = [context.Process(target=process) for _each in range(PROCESSES)]
    for racer in racers:
        racer.start()
    parts = [results.get() for _each in racers]
    for racer in racers:
        racer.join()
    return [[answer for part in parts for answer in part[number]] for number in range(len(bodies))]


def _held(stage: Stage, slots: list[Any]) -> int:
    from clinic.shared.tenancy import use_clinic
    from scheduling.models import Appointment

    with use_clinic(stage.long.clinic()):
        return sum(
            Appointment.objects.filter(practitioner=slot.practitioner_id, starts_at=slot.starts_at)
            .exclude(status__in=["expired", "cancelled"])
            .count()
            for slot in slots
        )


def _deadlocks() -> int:
    with psycopg.connect(settings.OWNER_DATABASE_URL, autocommit=True) as connection:
        row = connection.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
        return int(row[0]) if row else 0


def _spin() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        for _each in range(100_000):
            pass
