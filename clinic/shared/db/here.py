"""This thread's connection itself: Django's `connection` is looked up anew, in six calls, for each word asked of it."""

import threading
from asyncio import _get_running_loop
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

_kept = threading.local()


def here() -> Any:
    """The connection (our `DatabaseWrapper`) of this thread, which has one as long as it lives; in a loop that of the
    running task, as Django keeps them.
    """
    if _get_running_loop() is not None:
        return connections[DEFAULT_DB_ALIAS]
    try:
        return _kept.database
    except AttributeError:
        _kept.database = connections[DEFAULT_DB_ALIAS]
        return _kept.database
