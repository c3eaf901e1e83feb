"""Sends messages and asks what became of them. A row is claimed first, the gateway is called outside a transaction."""

import time

from celery import shared_task
from django.db.models.functions import Now

from clinic.shared import sms
from messaging.actions.sending import Outcome, claim_message, look_later, settle_message
from messaging.models import Message
from messaging.queries import local_id, text_to_send
from messaging.statuses import MessageStatus

# A sweep ends before the next one begins; a gateway in trouble is left alone until then.
SECONDS = 8
QUESTIONS = 20
AT_ONCE = 200


@shared_task
def send_message(pk: int) -> None:
    """Send one message, if it still waits and nobody else has it."""
    message = claim_message(message_id=pk)
    if message is not None:
        _send(message)


@shared_task
def send_due() -> None:
    """Send what is due; asked for after each commit that queued something."""
    _send_waiting(time.monotonic() + SECONDS)


def _send(message: Message) -> Outcome:
    outcome: Outcome
    try:
        outcome = sms.gateway().send(receptor=message.recipient, text=text_to_send(message), local_id=local_id(message))
    except (sms.NotSent, sms.Unknown) as trouble:
        outcome = trouble
    settle_message(message=message, outcome=outcome)
    return outcome


def sweep_messages() -> None:
    """Send what is due and was not woken, and clear up what a lost worker or a silent gateway left behind."""
    ends = time.monotonic() + SECONDS
    _send_waiting(ends)
    _ask_for_cut_off(ends)


def _send_waiting(ends: float) -> None:
    while time.monotonic() < ends and (message := claim_message()) is not None:
        outcome = _send(message)
        if isinstance(outcome, sms.Unknown) or (isinstance(outcome, sms.NotSent) and not outcome.final):
            break


def _ask_for_cut_off(ends: float) -> None:
    cut_off = Message.objects.filter(status=MessageStatus.SENDING, look_at__lte=Now()).order_by("look_at")
    for message in cut_off[:QUESTIONS]:
        if time.monotonic() > ends:
            return
        try:
            found = sms.gateway().status_of_local(local_id(message))
        except sms.CannotAsk as error:
            look_later(message=message, error=f"unknown: {error}")
            return
        if found.status == sms.NOT_KNOWN:
            settle_message(message=message, outcome=sms.NotSent("the gateway never got it"), at_once=True)
        else:
            settle_message(message=message, outcome=found)


def sweep_delivery() -> None:
    """Ask whether sent messages arrived, the newer ones more often."""
    sent = Message.objects.filter(status=MessageStatus.SENT, look_at__lte=Now()).exclude(provider_id="")
    rows = list(sent.order_by("look_at")[:AT_ONCE])
    if not rows:
        return
    try:
        statuses = sms.gateway().status([message.provider_id for message in rows])
    except sms.CannotAsk:
        return
    for message in rows:
        status = statuses.get(message.provider_id, 0)
        if status == sms.DELIVERED or status in sms.UNDELIVERED:
            settle_message(message=message, outcome=sms.Sent(message.provider_id, status))
        else:
            look_later(message=message)
