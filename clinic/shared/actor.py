"""Who acts, from where: kept beside the work, read by history rows, status changes and logs."""

import contextlib
import contextvars
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Actor:
    """The person (an account's id; None for the system), the address and the request."""

    user_id: int | None = None
    ip: str | None = None
    request_id: str = ""


_actor: contextvars.ContextVar[Actor] = contextvars.ContextVar("actor", default=Actor())  # noqa: B039 (frozen)


def current_actor() -> Actor:
    """Who acts now."""
    return _actor.get()


@contextlib.contextmanager
def from_where(*, ip: str | None, request_id: str, user_id: int | None = None) -> Iterator[None]:
    """Everything written in this block came by this request."""
    token = _actor.set(Actor(user_id=user_id, ip=ip, request_id=request_id))
    try:
        yield
    finally:
        _actor.reset(token)


@contextlib.contextmanager
def acting(by: Any) -> Iterator[None]:
    """Everything written in this block is done by this account; None keeps who acted before."""
    token = begin_acting(by)
    try:
        yield
    finally:
        end_acting(token)


def begin_acting(by: Any) -> contextvars.Token[Actor] | None:
    """What `acting` does as its block begins, for who cannot afford a block; `end_acting` takes what it gives."""
    user_id, now = getattr(by, "pk", None), _actor.get()
    return _actor.set(Actor(user_id, now.ip, now.request_id)) if user_id and user_id != now.user_id else None


def end_acting(token: contextvars.Token[Actor] | None) -> None:
    """As the block ends."""
    if token is not None:
        _actor.reset(token)


def set_actor_user(user_id: int) -> None:
    """Name the account for the rest of this request; for authentication that happens inside the view."""
    _actor.set(replace(_actor.get(), user_id=user_id))
