"""Putting messages into the queue, and taking them out before they are sent."""

from datetime import datetime
from typing import Any

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.links import absolute
from clinic.shared.sealing import seal
from clinic.shared.speaking import speaking
from clinic.shared.statuses import begin, move
from clinic.shared.tenancy import current_clinic
from clinic.shared.work import wake, wake_for_all
from messaging import tasks
from messaging.models import Message, MessageStatusChange
from messaging.queries import database_now, masked
from messaging.statuses import MESSAGE_MOVES, MessageStatus
from messaging.templates import TEXTS, render, say_when
from messaging.timing import after_quiet_hours
from scheduling.models import Appointment


@action
def queue_message(
    *,
    kind: str,
    patient: Patient,
    cause: str,
    appointment: Appointment | None = None,
    send_after: datetime | None = None,
    to: str = "",
    secret: str = "",
    by: User | None,
    **facts: Any,
) -> Message | None:
    """Queue one SMS of a kind in the patient's language, once for its cause; None for a patient without a phone.

    `send_after` is the earliest moment; the kind may add its own time for an undo and keeps the quiet hours of the
    branch. A message of the same cause that was withdrawn is queued again with a fresh text. `to` is the number of
    somebody else who gets it; `secret` stands in the text as `{code}` and is sealed until it leaves. `facts` fill the
    text (`amount`, `link`, …). Raises Invalid for an unknown kind or a fact that its text needs and nobody gave.
    """
    if kind not in TEXTS:
        raise Invalid(f"There is no message of the kind {kind!r}.", field="kind")
    recipient = to or patient.phone
    if not recipient:
        return None
    if secret:
        facts["code"] = masked(secret)
    zone = appointment.branch.time_zone if appointment else current_clinic().time_zone
    language, text = _words(kind, patient, appointment, zone, facts)
    values: dict[str, Any] = {"patient": patient, "appointment": appointment, "language": language, "text": text}
    values["sealed"] = seal(secret) if secret else ""
    at_once = _set_time(values, kind, zone, send_after)
    message = Message(cause=cause, kind=kind, recipient=recipient, **values)
    if not begin(message, log=MessageStatusChange, by=by, once=True):
        message = Message.objects.get(cause=cause, kind=kind, recipient=recipient)
        if message.status != MessageStatus.WITHDRAWN:
            return message
        values.setdefault("send_after", database_now())
        message = _move(message, MessageStatus.QUEUED, by, **values, tries=0, error="")
    if at_once:
        wake_for_all(tasks.send_due)
    return message


def _set_time(values: dict[str, Any], kind: str, zone: str, send_after: datetime | None) -> bool:
    """When it may go out; whether that is now, which the database writes itself."""
    text = TEXTS[kind]
    if not (text.grace or text.keeps_quiet or send_after):
        return True
    now = database_now()
    due = max(now + text.grace, send_after or now)
    values["send_after"] = after_quiet_hours(due, zone) if text.keeps_quiet else due
    return bool(values["send_after"] <= now)


def _words(
    kind: str, patient: Patient, appointment: Appointment | None, zone: str, facts: dict[str, Any]
) -> tuple[str, str]:
    clinic = current_clinic()
    with speaking(patient.language, zone) as language:
        words = {"name": patient.first_name or patient.full_name, "link": absolute("/book/")}
        words["clinic"] = clinic.name_en if language == "en" and clinic.name_en else clinic.name
        if appointment:
            words["when"] = say_when(appointment.starts_at, language)
            if kind != "appointment_cancelled":
                words["link"] = absolute(f"/a/{appointment.link_token}/")
        words |= {key: str(value) for key, value in facts.items()}
        try:
            return language, render(kind, language, words)
        except KeyError as missing:
            raise Invalid(
                f"A message of the kind {kind!r} needs {missing}.", field=str(missing).strip("'")
            ) from missing


@action
def withdraw_for(*, appointment: Appointment | None = None, cause: str = "", by: User | None) -> int:
    """Take back every message of an appointment (or of a cause) that still waits; how many there were."""
    waiting = Message.objects.filter(status=MessageStatus.QUEUED)
    waiting = waiting.filter(appointment=appointment) if appointment else waiting.filter(cause=cause)
    rows = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    for message in rows:
        _move(message, MessageStatus.WITHDRAWN, by)
    return len(rows)


@action
def withdraw_to(*, patient_id: int, phone: str, by: User | None) -> int:
    """Take back what still waits for a number that is not the patient's any more; how many there were."""
    waiting = Message.objects.filter(status=MessageStatus.QUEUED, patient=patient_id, recipient=phone)
    rows = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    for message in rows:
        _move(message, MessageStatus.WITHDRAWN, by)
    return len(rows)


@action
def retry_message(*, message: Message, by: User | None) -> Message:
    """Send a message that failed once more. Raises Conflict if it is not a failed one."""
    message = _move(message, MessageStatus.QUEUED, by, tries=0, error="", send_after=database_now(), look_at=None)
    wake(tasks.send_message, message.pk)
    return message


def _move(message: Message, to: str, by: User | None, **changes: Any) -> Message:
    return move(message, to, moves=MESSAGE_MOVES, log=MessageStatusChange, by=by, changes=changes)
