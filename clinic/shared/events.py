"""What happened, told to the one page that knows what follows (`clinic/workflows.py`)."""

from collections.abc import Callable
from typing import Any, TypeVar

from clinic.shared.db.here import here

H = TypeVar("H", bound=Callable[[Any], None])  # one handler may serve several events
_handlers: dict[type, Callable[[Any], None]] = {}


def when(event_class: type) -> Callable[[H], H]:
    """Register the one handler of an event; a second one is an error."""

    def register(handler: H) -> H:
        if event_class in _handlers:
            raise RuntimeError(f"{event_class.__name__} already has a handler: {_handlers[event_class].__name__}")
        _handlers[event_class] = handler
        return handler

    return register


def publish(event: object) -> None:
    """Run the handler inside the publisher's transaction, so that all of it happens or none.

    Raises RuntimeError without a handler or outside a transaction; whatever the handler raises is its veto.
    """
    if not here().in_atomic_block:
        raise RuntimeError(f"{type(event).__name__} was published outside a transaction.")
    handler = _handlers.get(type(event))
    if handler is None:
        raise RuntimeError(f"{type(event).__name__} has no handler in clinic/workflows.py.")
    handler(event)


def handlers() -> dict[type, Callable[[Any], None]]:
    """A copy of the table, for the tests that hold the page complete."""
    return dict(_handlers)
