"""The pool of connections after the server was away."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection

from clinic.shared.db.base import DatabaseWrapper


@pytest.fixture
def pooled() -> Iterator[Any]:
    """The tests' connection once more, with a pool of three."""
    values = {**connection.settings_dict, "OPTIONS": {"pool": {"min_size": 3, "max_size": 3, "timeout": 5}}}
    wrapper = DatabaseWrapper(values, alias="pooled")
    wrapper.choose_platform()
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def ask(pooled: Any) -> int:
    """One request: a question, and the connection goes back."""
    try:
        with pooled.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])
    finally:
        pooled.close()


def test_a_server_that_was_away_costs_one_request_not_one_for_each_connection(pooled: Any) -> None:
    pids = set()
    ask(pooled)  # opens it
    pooled.pool.wait()
    held = [pooled.pool.getconn() for _each in range(3)]
    for link in held:
        pids.add(link.info.backend_pid)
        pooled.pool.putconn(link)
    assert len(pids) == 3
    with connection.cursor() as cursor:
        for pid in pids:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            assert cursor.fetchone() == (True,)
    with pytest.raises(OperationalError):
        ask(pooled)
    assert all(ask(pooled) not in pids for _each in range(6))


def test_the_connection_that_came_back_last_goes_out_first(pooled: Any) -> None:
    """Its server process has plans and pages at hand; taking turns would keep all of them lukewarm."""
    ask(pooled)
    pooled.pool.wait()
    first, second = pooled.pool.getconn(), pooled.pool.getconn()
    pooled.pool.putconn(second)
    pooled.pool.putconn(first)
    assert {ask(pooled) for _each in range(4)} == {first.info.backend_pid}
