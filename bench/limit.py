"""What the database itself can do: the same work by bare psycopg, prepared, over loopback."""

import datetime as dt
import time
from typing import Any

import psycopg
from django.conf import settings

from bench.stage import Stage

BUSY = """SELECT extract(epoch FROM lower(interval))::bigint, extract(epoch FROM upper(interval))::bigint
          FROM scheduling_occupancy WHERE resource = %s AND interval && tstzrange(%s, %s) AND NOT is_override"""


def connect(schema: str) -> psycopg.Connection[Any]:
    """A connection to one clinic's tables that prepares from the second time on."""
    connection = psycopg.connect(settings.DATABASE_URL, autocommit=True, prepare_threshold=1)
    connection.execute(f"SET search_path TO {schema}, ext")
    return connection


def free_times(stage: Stage) -> float:
    """Milliseconds of one statement and a walk over its rows."""
    world, times = stage.long, []
    since = dt.datetime.now(dt.UTC)
    until = since + dt.timedelta(days=30)
    with connect(world.schema) as connection:
        for _each in range(200):
            began = time.perf_counter()
            busy = connection.execute(BUSY, [f"d:{world.doctor}", since, until]).fetchall()
            busy.sort()
            [start for start in range(int(since.timestamp()), int(until.timestamp()), 900) if start % 1800 == 0]
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2] * 1000
