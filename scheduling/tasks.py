"""Timed work of the diary; what runs when stands in clinic/celery.py."""

from scheduling import actions
from scheduling.actions.closing import propose_closing


def sweep_holds() -> None:
    """End the holds whose time is over."""
    actions.expire_holds(by=None)


def sweep_closing() -> None:
    """Ask the desk to close the days whose hour has come."""
    propose_closing(by=None)
