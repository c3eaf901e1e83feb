"""Every write of scheduling, by name: `from scheduling import actions; actions.book(…)`."""

from scheduling.actions.arrival import arrive, check_in, undo_arrival, undo_check_in, walk_in
from scheduling.actions.booking import book, book_direct, cancel, confirm, no_show, restore
from scheduling.actions.desk import book_person, walk_in_person
from scheduling.actions.displays import new_display, pair_display, retire_display
from scheduling.actions.feeds import note_read, open_feed, revoke_feed
from scheduling.actions.fees import charge_fee, reopen_fee, waive_fee
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
from scheduling.actions.holidays import fill_official_holidays
from scheduling.actions.moving import move_back, reschedule
from scheduling.actions.online import admit_online, end_online, join_online, leave_online, note_online
from scheduling.actions.policy import approve, deposit_paid, reject, waive_deposit
from scheduling.actions.replacing import replace
from scheduling.actions.several import (
    Part,
    book_several,
    book_several_direct,
    cancel_several,
    hold_several,
    reschedule_several,
    together_with,
)
from scheduling.actions.undo import undo_appointment
from scheduling.actions.undoing import undo_own

__all__ = [
    "Part",
    "admit_online",
    "approve",
    "arrive",
    "book",
    "book_direct",
    "book_person",
    "book_several",
    "book_several_direct",
    "call",
    "call_next",
    "cancel",
    "cancel_several",
    "charge_fee",
    "check_in",
    "confirm",
    "deposit_paid",
    "end_online",
    "enter_room",
    "expire_holds",
    "fill_official_holidays",
    "finish_visit",
    "hold",
    "hold_several",
    "join_online",
    "leave_online",
    "leave_room",
    "left",
    "move_back",
    "new_display",
    "no_show",
    "note_online",
    "note_read",
    "open_feed",
    "pair_display",
    "recall",
    "reject",
    "release_hold",
    "reopen_fee",
    "reopen_visit",
    "replace",
    "reschedule",
    "reschedule_several",
    "restore",
    "retire_display",
    "revoke_feed",
    "skip",
    "together_with",
    "undo_appointment",
    "undo_arrival",
    "undo_check_in",
    "undo_own",
    "undo_visit",
    "waive_deposit",
    "waive_fee",
    "walk_in",
    "walk_in_person",
]
