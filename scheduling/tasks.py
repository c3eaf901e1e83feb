"""Timed work of the diary; what runs when stands in clinic/celery.py."""

from scheduling import actions
from scheduling.actions.closing import propose_closing
from scheduling.actions.occupancy import database_now
from scheduling.actions.waitlist.search import due_times


def sweep_holds() -> None:
    """End the holds whose time is over."""
    actions.expire_holds(by=None)


def sweep_closing() -> None:
    """Ask the desk to close the days whose hour has come."""
    propose_closing(by=None)


def sweep_waitlist() -> None:
    """Pass on what nobody answered, and go on with searches that rested; each freed time for itself."""
    for time in due_times(database_now()):
        actions.pass_on(time=time, by=None)


def sweep_entries() -> None:
    """End the wishes whose time is over."""
    actions.expire_entries(by=None)
