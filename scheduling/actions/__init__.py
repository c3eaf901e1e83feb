"""Every write of scheduling, by name: `from scheduling import actions; actions.book(…)`."""
from scheduling.actions.arrival import arrive, check_in, undo_arrival, undo_check_in, walk_in
from scheduling.actions.floor import (
    call,
    call_next,
    enter_room,
    finish_visit,
    leave_room,
    left,
    recall,
    reopen_visit,
    skip,
    undo_visit,
)

__all__ = [
    "arrive",
    "call",
    "call_next",
    "check_in",
    "enter_room",
    "finish_visit",
    "leave_room",
    "left",
    "recall",
    "reopen_visit",
    "skip",
    "undo_arrival",
    "undo_check_in",
    "undo_visit",
    "walk_in",
]
