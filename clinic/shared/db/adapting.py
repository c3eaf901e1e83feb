"""How values go to the database and come from it, where psycopg and Django do it slowly."""

import datetime as dt
from functools import lru_cache
from typing import Any

from psycopg import Connection, RawCursor, adapt
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.numeric import Int8Dumper


class Moment(TimestamptzLoader):
    """A timestamptz in UTC, read by Python's own reader of ISO: a fortieth of the time."""

    timezone = dt.UTC

    def load(self, data: Any) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # what only PostgreSQL writes: years before 1 or after 9999
            return super().load(data).replace(tzinfo=dt.UTC)
        return moment if moment.tzinfo is dt.UTC else moment.astimezone(dt.UTC)


@lru_cache(maxsize=4)
def adapters(template: adapt.AdaptersMap) -> adapt.AdaptersMap:
    """Django's adapters with ours over them."""
    found = adapt.AdaptersMap(template)
    found.register_loader("timestamptz", Moment)
    return found


def preparing_cursor(connection: Connection[Any]) -> RawCursor[Any]:
    """The cursor of statements that the server keeps; numbers are of one type whatever their size, so that the server
    keeps a statement once.
    """
    cursor = RawCursor(connection)
    cursor.adapters.register_dumper(int, Int8Dumper)
    return cursor
