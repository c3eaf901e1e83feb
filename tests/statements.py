"""Counting what a work asks of the database."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements(work: Callable[[], Any]) -> int:
    """How many statements read or write rows of the clinic.

    Not the path, and not whose host it is: that is asked again every few seconds.
    """
    with CaptureQueriesContext(connection) as caught:
        work()
    texts = [query["sql"] for query in caught.captured_queries]
    return sum(not text.upper().startswith("SET ") and "tenants_" not in text for text in texts)
