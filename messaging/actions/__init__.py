"""Every write of messages and of the call list."""

from messaging.actions.ahead import send_gift, tell_of_membership, withdraw_gift
from messaging.actions.chat import (
    assign_conversation,
    conversation_beside,
    conversation_with_clinic,
    mark_seen,
    write_message,
)
from messaging.actions.debts import remind_of_debt, send_bill
from messaging.actions.follow_ups import complete_follow_up, not_needed, plan_follow_up, reopen_follow_up
from messaging.actions.owners import tell_owners_of_glass
from messaging.actions.queue import queue_message, retry_message, withdraw_for, withdraw_to
from messaging.actions.reminders import queue_reminders
from messaging.actions.requests import AboutRequest, tell_of_fee, tell_of_request, tell_of_returned_deposit
from messaging.actions.sending import claim_message, look_later, settle_message
from messaging.actions.series import tell_of_series, thank
from messaging.actions.visits import (
    came_after_all,
    invitation_cause,
    plan_call_after_missed,
    plan_what_was_asked,
    send_receipt,
    tell_it_is_off,
    tell_it_stands,
    tell_of_appointment,
    tell_of_move,
    withdraw_about,
)
from messaging.actions.waitlist import AboutWaiting, tell_of_waiting

__all__ = [
    "AboutRequest",
    "AboutWaiting",
    "assign_conversation",
    "came_after_all",
    "claim_message",
    "complete_follow_up",
    "conversation_beside",
    "conversation_with_clinic",
    "invitation_cause",
    "look_later",
    "mark_seen",
    "not_needed",
    "plan_call_after_missed",
    "plan_follow_up",
    "plan_what_was_asked",
    "queue_message",
    "queue_reminders",
    "remind_of_debt",
    "reopen_follow_up",
    "retry_message",
    "send_bill",
    "send_gift",
    "send_receipt",
    "settle_message",
    "tell_it_is_off",
    "tell_it_stands",
    "tell_of_appointment",
    "tell_of_fee",
    "tell_of_membership",
    "tell_of_move",
    "tell_of_request",
    "tell_of_returned_deposit",
    "tell_of_series",
    "tell_of_waiting",
    "tell_owners_of_glass",
    "thank",
    "withdraw_about",
    "withdraw_for",
    "withdraw_gift",
    "withdraw_to",
    "write_message",
]
