"""When a message may go out."""

from datetime import timedelta

from clinic.shared.quiet import QUIET_FROM, QUIET_UNTIL, after_quiet_hours

__all__ = ["QUIET_FROM", "QUIET_UNTIL", "after_quiet_hours", "wait_after"]
FIRST_WAIT, MOST_TRIES = timedelta(seconds=30), 5


def wait_after(tries: int) -> timedelta:
    """How long to wait after the nth try failed: half a minute, then four times as long each."""
    return FIRST_WAIT * 4 ** (max(tries, 1) - 1)
