"""Writes of conversations: begin one, say something, have read it, take it over."""

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid, NotFound, TooMany
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from messaging.models import ChatMessage, ChatSeen, ChatSide, Conversation, ConversationKind
from messaging.permissions import side_of
from messaging.queries import is_open_for_writing
from scheduling.models import Appointment

LONGEST = 2000  # characters of one message
KEY = re.compile(r"[A-Za-z0-9_-]{0,40}\Z")
MOST_A_MINUTE = 30  # of one side of a conversation


@action
def conversation_beside(*, appointment: Appointment, by: Any) -> Conversation:
    """The conversation beside an online visit; made when first asked for."""
    if appointment.patient_id is None:
        raise Invalid(_("Nobody is booked here."), field="appointment")
    found, _made = Conversation.objects.get_or_create(
        appointment=appointment,
        defaults={
            "kind": ConversationKind.VISIT,
            "patient_id": appointment.patient_id,
            "branch_id": appointment.branch_id,
        },
    )
    return found


@action
def conversation_with_clinic(*, patient: Patient, by: Any, branch: Branch | None = None) -> Conversation:
    """The one conversation of a patient with the clinic's desk; made when first asked for.

    It stands at the given branch, else where she was booked last, else at the first one.
    """
    if branch is None:
        last = Appointment.objects.filter(patient=patient).select_related("branch").order_by("-starts_at").first()
        branch = last.branch if last else Branch.objects.filter(is_active=True).order_by("pk").first()
    found, _made = Conversation.objects.get_or_create(
        patient=patient, kind=ConversationKind.CLINIC, defaults={"branch": branch}
    )
    return found


@action
def write_message(*, conversation: Conversation, side: str, text: str, by: User | None, key: str = "") -> ChatMessage:
    """Say something, at most 2,000 characters; the same key again gives the same message.

    Raises Invalid for nothing and for too much, Conflict where the visit is long over, TooMany after 30 in a minute.
    """
    text = normalise(text, lines=True)
    if not text:
        raise Invalid(_("Write something first."), field="text")
    if len(text) > LONGEST:
        raise Invalid(_("This is too long for one message. Send it in parts."), field="text")
    if not KEY.match(key):
        raise Invalid(_("The key of a message has at most 40 letters, digits and dashes."), field="key")
    if not is_open_for_writing(conversation):
        raise Conflict(_("This conversation is closed. Call the clinic, or write to it from your own page."))
    before = ChatMessage.objects.filter(conversation=conversation, key=key).first() if key else None
    if before is not None:
        return before
    recent = ChatMessage.objects.filter(
        conversation=conversation, side=side, at__gt=timezone.now() - dt.timedelta(minutes=1)
    )
    if recent.count() >= MOST_A_MINUTE:
        raise TooMany(_("Too many messages at once. Wait a minute."), retry_after=60)
    written = ChatMessage(conversation=conversation, side=side, by=by, text=text, key=key)
    with transaction.atomic():
        written.save(force_insert=True)
    _see(conversation, written.pk, side, by)
    _tell(conversation)
    return written


@action
def mark_seen(*, conversation: Conversation, side: str, last: int, by: User | None) -> None:
    """Everything up to the message `last` was in sight; never goes back, never beyond what was written."""
    newest = ChatMessage.objects.filter(conversation=conversation, pk__lte=last).order_by("-pk").first()
    if newest is not None and _see(conversation, newest.pk, side, by):
        _tell(conversation)


@action
def assign_conversation(*, conversation: Conversation, to: User | None, by: User) -> Conversation:
    """One colleague answers this patient (None: anybody). Raises NotFound for who may not read it."""
    conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    if to is not None and side_of(to, conversation) != ChatSide.CLINIC:
        raise NotFound(_("This colleague cannot read this conversation."))
    conversation.assigned_to = to
    conversation.save()
    _tell(conversation)
    return conversation


def _see(conversation: Conversation, last: int, side: str, by: User | None) -> bool:
    """Whether this was new to the reader."""
    reader = None if side == ChatSide.PATIENT else by
    row, made = ChatSeen.objects.select_for_update().get_or_create(
        conversation=conversation, user=reader, defaults={"last": last}
    )
    if not made and row.last < last:
        row.last, row.at = last, timezone.now()
        row.save()
        return True
    return made


def _tell(conversation: Conversation) -> None:
    """After the commit: who has it open, and the inbox of its branch."""
    tell("chat", key=str(conversation.pk))
    if conversation.kind == ConversationKind.CLINIC:
        tell("chats", branch=conversation.branch_id)
