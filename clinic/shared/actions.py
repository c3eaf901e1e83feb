"""The frame of every write: one transaction, one known actor."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, transaction

from clinic.shared.actor import acting, begin_acting, end_acting
from clinic.shared.db.here import here

_depth: ContextVar[int] = ContextVar("actions_within_actions", default=0)
P = ParamSpec("P")
R = TypeVar("R")
DEADLOCK, SERIALIZATION = "40P01", "40001"


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a write: atomic, `by` as the actor of its history rows, tried again once after a deadlock."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        database = here()
        if _depth.get() and database.in_atomic_block:
            return _within(function, database, *args, **kwargs)
        outermost = not database.in_atomic_block
        try:
            return _once(function, *args, **kwargs)
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", "")
            if not outermost or state not in {DEADLOCK, SERIALIZATION}:
                raise
            return _once(function, *args, **kwargs)

    wrapper.is_action = True  # type: ignore[attr-defined]  # read by the house tests
    return wrapper


def single(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a write of one statement, which is whole by itself: an action that begins no transaction."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting(kwargs.get("by")):
            return function(*args, **kwargs)

    wrapper.is_action = True  # type: ignore[attr-defined]  # read by the house tests
    return wrapper


def _within(function: Callable[P, R], database: Any, *args: P.args, **kwargs: P.kwargs) -> R:
    """An action within an action: what `_once` does there, without contexts; a booking is several of them."""
    token = begin_acting(kwargs.get("by"))
    try:
        return function(*args, **kwargs)
    except BaseException:
        database.set_rollback(True)
        raise
    finally:
        end_acting(token)


def _once(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    with acting(kwargs.get("by")), together():
        return function(*args, **kwargs)


@contextlib.contextmanager
def together() -> Iterator[None]:
    """All actions of this block are one write: all of them happen, or none.

    An action within it, or within an action, sets no savepoint: only who catches its refusal needs one, and sets it.
    """
    database = here()
    within, inside = _depth.get(), database.in_atomic_block
    token = _depth.set(within + 1)
    try:
        if within and inside:
            with _marked():
                yield
        else:
            with transaction.atomic():
                yield
                database.settle(last=not inside)
    finally:
        _depth.reset(token)


@contextlib.contextmanager
def _marked() -> Iterator[None]:
    """What `atomic(savepoint=False)` does in a transaction, without its bookkeeping: a booking is ten such blocks."""
    try:
        yield
    except BaseException:
        transaction.set_rollback(True)
        raise
