"""Many visits told in one message."""

from collections.abc import Sequence
from typing import Any

from clinic.shared.actions import action
from clinic.shared.links import absolute
from clinic.shared.money import format_number
from clinic.shared.speaking import speaking
from clinic.shared.statuses import move
from messaging.actions.queue import queue_message
from messaging.models import Message, MessageStatusChange
from messaging.statuses import MESSAGE_MOVES, MessageStatus
from scheduling.models import Appointment, Visit

# What each visit would have been told by itself.
SINGLE = {
    "series_booked": "booking_confirmed",
    "series_cancelled": "appointment_cancelled",
    "series_moved": "appointment_moved",
}


@action
def tell_of_series(*, kind: str, appointments: Sequence[int], by: Any) -> Message | None:
    """Tell of all these visits at once; what was queued for each of them by itself is taken back, never sent."""
    rows = Appointment.objects.select_related("patient", "branch").filter(pk__in=appointments, patient__isnull=False)
    found = list(rows.order_by("starts_at"))
    if not found:
        return None
    alone = Message.objects.filter(appointment__in=found, kind=SINGLE[kind], status=MessageStatus.QUEUED)
    for message in alone.order_by("pk"):
        move(message, MessageStatus.WITHDRAWN, moves=MESSAGE_MOVES, log=MessageStatusChange, by=by)
    first = found[0]
    assert first.patient
    facts: dict[str, Any] = {"link": absolute("/book/")} if kind == "series_cancelled" else {}
    with speaking(first.patient.language):
        count = format_number(len(found))
    return queue_message(
        kind=kind, patient=first.patient, appointment=first, cause=f"series:{first.series_id}/{kind}/{first.pk}",
        count=count, by=by, **facts,
    )  # fmt: skip


@action
def thank(*, visit: Visit, by: Any) -> Message | None:
    """Thanks after a visit; what was typed in from paper sends nothing."""
    if visit.entered_afterwards_at is not None:
        return None
    return queue_message(kind="thank_you", patient=visit.patient, cause=f"visit:{visit.pk}", by=by)
