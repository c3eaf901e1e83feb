"""Every write of scheduling, by name: `from scheduling import actions; actions.book(…)`."""

from scheduling.actions.arrival import arrive, check_in, undo_arrival, undo_check_in, walk_in
from scheduling.actions.booking import book, book_direct, cancel, confirm, no_show, restore
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
from scheduling.actions.holds import expire_holds, hold, release_hold
from scheduling.actions.moving import move_back, reschedule
from scheduling.actions.undo import undo_appointment

__all__ = [
    "arrive",
    "book",
    "book_direct",
    "call",
    "call_next",
    "cancel",
    "check_in",
    "confirm",
    "enter_room",
    "expire_holds",
    "finish_visit",
    "hold",
    "leave_room",
    "left",
    "move_back",
    "no_show",
    "recall",
    "release_hold",
    "reopen_visit",
    "reschedule",
    "restore",
    "skip",
    "undo_appointment",
    "undo_arrival",
    "undo_check_in",
    "undo_visit",
    "walk_in",
]
