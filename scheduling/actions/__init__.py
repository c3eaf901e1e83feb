"""Every write of scheduling, by name: `from scheduling import actions; actions.book(…)`."""

from scheduling.actions.arrival import arrive, check_in, undo_arrival, undo_check_in, walk_in
from scheduling.actions.booking import book, book_direct, cancel, confirm, no_show, restore
from scheduling.actions.closing import close_day, confirm_closing, propose_closing, reopen_day
from scheduling.actions.desk import book_person, book_person_together, walk_in_person
from scheduling.actions.displays import new_display, pair_display, retire_display
from scheduling.actions.feeds import note_read, open_feed, revoke_feed
from scheduling.actions.fees import charge_fee, reopen_fee, waive_fee
from scheduling.actions.floor import enter_room, finish_visit, leave_room, left, reopen_visit
from scheduling.actions.giving import give_to, give_to_person
from scheduling.actions.holds import expire_holds, hold, release_hold
from scheduling.actions.holidays import fill_official_holidays
from scheduling.actions.intake import note_intake
from scheduling.actions.line import (
    call,
    call_next,
    done_and_next,
    hold_visit,
    let_member_go_first,
    recall,
    resume_visit,
    set_priority,
    skip,
    transfer_visit,
)
from scheduling.actions.merging import carry_times
from scheduling.actions.mistakes import appointment_was_wrong, visit_was_wrong
from scheduling.actions.moving import move_back, reschedule
from scheduling.actions.online import admit_online, end_online, join_online, leave_online, note_online
from scheduling.actions.packs import keep_pack, note_taken, set_passphrase
from scheduling.actions.paper import Times, enter_afterwards
from scheduling.actions.policy import approve, deposit_paid, reject, waive_deposit
from scheduling.actions.replacing import replace
from scheduling.actions.rooms import room_ready, room_to_clean
from scheduling.actions.series import book_series, cancel_following, move_following
from scheduling.actions.several import (
    Part,
    book_several,
    book_several_direct,
    cancel_several,
    hold_several,
    reschedule_several,
    together_with,
    undo_several,
)
from scheduling.actions.taking_back import undo_next, undo_visit
from scheduling.actions.undo import undo_appointment
from scheduling.actions.undoing import undo_own
from scheduling.actions.waitlist.answers import accept_offer, decline_offer, withdraw_entry
from scheduling.actions.waitlist.ending import bind_wish, expire_entries
from scheduling.actions.waitlist.entries import book_entry, change_entry, join_person, join_waitlist
from scheduling.actions.waitlist.rules import save_waitlist_rules
from scheduling.actions.waitlist.search import offer_freed_time, offer_time, pass_on
from scheduling.actions.waitlist.taking_back import stop_offering, take_back_freed

__all__ = [
    "Part",
    "Times",
    "accept_offer",
    "admit_online",
    "appointment_was_wrong",
    "approve",
    "arrive",
    "bind_wish",
    "book",
    "book_direct",
    "book_entry",
    "book_person",
    "book_person_together",
    "book_series",
    "book_several",
    "book_several_direct",
    "call",
    "call_next",
    "cancel",
    "cancel_following",
    "cancel_several",
    "carry_times",
    "change_entry",
    "charge_fee",
    "check_in",
    "close_day",
    "confirm",
    "confirm_closing",
    "decline_offer",
    "deposit_paid",
    "done_and_next",
    "end_online",
    "enter_afterwards",
    "enter_room",
    "expire_entries",
    "expire_holds",
    "fill_official_holidays",
    "finish_visit",
    "give_to",
    "give_to_person",
    "hold",
    "hold_several",
    "hold_visit",
    "join_online",
    "join_person",
    "join_waitlist",
    "keep_pack",
    "leave_online",
    "leave_room",
    "left",
    "let_member_go_first",
    "move_back",
    "move_following",
    "new_display",
    "no_show",
    "note_intake",
    "note_online",
    "note_read",
    "note_taken",
    "offer_freed_time",
    "offer_time",
    "open_feed",
    "pair_display",
    "pass_on",
    "propose_closing",
    "recall",
    "reject",
    "release_hold",
    "reopen_day",
    "reopen_fee",
    "reopen_visit",
    "replace",
    "reschedule",
    "reschedule_several",
    "restore",
    "resume_visit",
    "retire_display",
    "revoke_feed",
    "room_ready",
    "room_to_clean",
    "save_waitlist_rules",
    "set_passphrase",
    "set_priority",
    "skip",
    "stop_offering",
    "take_back_freed",
    "together_with",
    "transfer_visit",
    "undo_appointment",
    "undo_arrival",
    "undo_check_in",
    "undo_next",
    "undo_own",
    "undo_several",
    "undo_visit",
    "visit_was_wrong",
    "waive_deposit",
    "waive_fee",
    "walk_in",
    "walk_in_person",
    "withdraw_entry",
]
