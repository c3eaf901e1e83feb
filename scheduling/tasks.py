"""Timed work of the diary; what runs when stands in clinic/celery.py."""

from scheduling import actions


def sweep_holds() -> None:
    """End the holds whose time is over."""
    actions.expire_holds(by=None)
