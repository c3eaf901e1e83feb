"""A message on its way out: claimed before the gateway is called, settled by what came back."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from clinic.shared import sms
from clinic.shared.actions import action
from clinic.shared.statuses import move
from messaging.models import Channel, Message, MessageStatusChange
from messaging.queries import database_now
from messaging.statuses import MESSAGE_MOVES, MessageStatus
from messaging.timing import MOST_TRIES, wait_after

Outcome = sms.Sent | sms.NotSent | sms.Unknown
# Longer than any call to the gateway: whoever still holds a claim by then is dead.
CLAIM = timedelta(seconds=30)
GIVE_UP = timedelta(hours=24)
FOLLOWED = timedelta(hours=48)


@action
def claim_message(*, message_id: int | None = None, by: Any = None) -> Message | None:
    """Take one message that is due (this one, or the one that waits longest) for one try; None if there is none.

    Only the caller that gets it may call the gateway: a second one meets a locked row or another status.
    """
    due = Message.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=MessageStatus.QUEUED, channel=Channel.SMS, send_after__lte=Now()
    )
    if message_id is not None:
        due = due.filter(pk=message_id)
    message = due.order_by("send_after", "pk").first()
    if message is None:
        return None
    look_at = database_now() + CLAIM
    return _move(message, MessageStatus.SENDING, by, tries=message.tries + 1, look_at=look_at, error="")


@action
def settle_message(*, message: Message, outcome: Outcome, at_once: bool = False, by: Any = None) -> Message:
    """Write down what came of a message that is being sent, or of one whose delivery was asked for.

    NotSent goes back to the queue with a growing wait (none with `at_once`) until the tries are used up. Unknown
    stays where it is until its status was asked for: it is never sent again blindly.
    """
    now = database_now()
    tries = message.tries
    message = Message.objects.select_for_update().get(pk=message.pk)
    # An answer about an earlier try, or about one that somebody else settled, says nothing about this one.
    if message.tries != tries or message.status not in (MessageStatus.SENDING, MessageStatus.SENT):
        return message
    if isinstance(outcome, sms.Sent):
        return _settle_sent(message, outcome, now, by)
    if message.status == MessageStatus.SENT:
        return message
    if isinstance(outcome, sms.NotSent):
        wait = timedelta(0) if at_once else wait_after(message.tries)
        return _settle_not_sent(message, outcome, now + wait, by)
    return look_later(message=message, error=f"unknown: {outcome}", by=by)


def _settle_sent(message: Message, outcome: sms.Sent, now: datetime, by: Any) -> Message:
    if message.status == MessageStatus.SENDING:
        message = _move(
            message,
            MessageStatus.SENT,
            by,
            sent_at=now,
            provider_id=outcome.provider_id,
            look_at=now + timedelta(minutes=1) if outcome.provider_id else None,
            error="",
        )
    if outcome.status in sms.UNDELIVERED:
        reason = sms.UNDELIVERED[outcome.status]
        return _move(message, MessageStatus.FAILED, by, reason, error=reason, look_at=None)
    if outcome.status == sms.DELIVERED:
        return _move(message, MessageStatus.DELIVERED, by, look_at=None)
    return message


def _settle_not_sent(message: Message, outcome: sms.NotSent, send_after: datetime, by: Any) -> Message:
    reason = str(outcome)[:200]
    if outcome.final or message.tries >= MOST_TRIES:
        return _move(message, MessageStatus.FAILED, by, reason, error=reason, look_at=None)
    return _move(message, MessageStatus.QUEUED, by, reason, error=reason, send_after=send_after, look_at=None)


@action
def look_later(*, message: Message, error: str = "", by: Any = None) -> Message:
    """Ask for the status again later, the later the older it is; give up on one that stays unknown for a day."""
    now = database_now()
    message = Message.objects.select_for_update().get(pk=message.pk)
    age = now - (message.sent_at or message.send_after)
    if message.status == MessageStatus.SENDING and age > GIVE_UP:
        return _move(message, MessageStatus.FAILED, by, "unknown", error=error[:200] or message.error, look_at=None)
    message.error = error[:200] or message.error
    wait = min(max(age, CLAIM), timedelta(hours=1))
    message.look_at = None if message.sent_at and age > FOLLOWED else now + wait
    message.save()
    return message


def _move(message: Message, to: str, by: Any, reason: str = "", **changes: Any) -> Message:
    return move(message, to, moves=MESSAGE_MOVES, log=MessageStatusChange, by=by, reason=reason, changes=changes)
