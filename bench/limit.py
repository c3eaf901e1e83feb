"""What the database itself can do: the same work by bare psycopg, prepared, over loopback."""

import datetime as dt
import multiprocessing
import time
from typing import Any

import psycopg
from django.conf import settings

from bench.stage import Stage

BUSY = """SELECT extract(epoch FROM lower(interval))::bigint, extract(epoch FROM upper(interval))::bigint
          FROM scheduling_occupancy WHERE resource = %s AND interval && tstzrange(%s, %s) AND NOT is_override"""
TABLE = """CREATE TABLE IF NOT EXISTS bench_insert (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, resource text, during tstzrange,
    EXCLUDE USING gist (resource WITH =, during WITH &&))"""
INSERT = "INSERT INTO bench_insert (resource, during) VALUES (%s, tstzrange(%s, %s)) ON CONFLICT DO NOTHING"


def _connect(schema: str, owner: bool = False) -> psycopg.Connection[Any]:
    url = settings.OWNER_DATABASE_URL if owner else settings.DATABASE_URL
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
    connection.execute(f"SET search_path TO {schema}, ext")
    return connection


def free_times(stage: Stage) -> float:
    """Milliseconds of one statement and a walk over its rows."""
    world, times = stage.long, []
    since = dt.datetime.now(dt.UTC)
    until = since + dt.timedelta(days=30)
    with _connect(world.schema) as connection:
        for _each in range(200):
            began = time.perf_counter()
            busy = connection.execute(BUSY, [f"d:{world.doctor}", since, until]).fetchall()
            busy.sort()
            [start for start in range(int(since.timestamp()), int(until.timestamp()), 900) if start % 1800 == 0]
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2] * 1000


def bookings(stage: Stage, clients: int = 8, each: int = 200) -> float:
    """Durable inserts a second under an exclusion constraint, at eight connections."""
    schema = stage.long.schema
    with _connect(schema, owner=True) as connection:
        connection.execute(TABLE)
        connection.execute("TRUNCATE bench_insert")
        connection.execute("GRANT ALL ON bench_insert TO PUBLIC")
    context = multiprocessing.get_context("fork")
    start = context.Barrier(clients + 1)

    def work(number: int) -> None:
        with _connect(schema) as connection:
            start.wait()
            begin = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
            for place in range(each):
                at = begin + dt.timedelta(minutes=30 * place)
                connection.execute(INSERT, [f"d:{number}", at, at + dt.timedelta(minutes=30)])

    processes = [context.Process(target=work, args=(number,)) for number in range(clients)]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - began
    with _connect(schema, owner=True) as connection:
        connection.execute("DROP TABLE bench_insert")
    return clients * each / seconds
