"""Timed work; what runs when stands in clinic/celery.py."""

from analytics import actions


def make_day_packs() -> None:
    """Keep every branch's pack a few minutes young."""
    actions.make_packs(by=None)
