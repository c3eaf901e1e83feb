"""Telling patients of the form that waits for them before the visit."""

from typing import Any

from django.utils import timezone

from clinic.shared.links import absolute
from emr.actions import sweep_intakes
from emr.models import Intake
from emr.statuses import IntakeStatus
from messaging.actions.queue import queue_message, withdraw_for
from messaging.models import Message
from messaging.statuses import MessageStatus

KIND = "intake"
AT_ONCE = 300


def tell_of_intakes(*, by: Any = None) -> int:
    """Send the forms that are due, queue one message for each with its link, and take back what is over; how many."""
    sweep_intakes(by=by)
    open_ones = Intake.objects.filter(status=IntakeStatus.SENT, expires_at__gt=timezone.now())
    told = set(Message.objects.filter(kind=KIND, created_at__gt=_eldest(open_ones)).values_list("cause", flat=True))
    waiting = [row for row in open_ones.select_related("patient", "appointment__branch") if _cause(row) not in told]
    for intake in waiting[:AT_ONCE]:
        queue_message(
            kind=KIND, patient=intake.patient, appointment=intake.appointment, cause=_cause(intake),
            link=absolute(f"/in/{intake.token}/"), by=by,
        )  # fmt: skip
    queued = Message.objects.filter(kind=KIND, status=MessageStatus.QUEUED).values_list("cause", flat=True)
    over = Intake.objects.filter(pk__in=[int(cause.partition(":")[2]) for cause in queued])
    for intake in over.exclude(status=IntakeStatus.SENT):
        withdraw_for(cause=_cause(intake), by=by)
    return len(waiting)


def _cause(intake: Intake) -> str:
    return f"intake:{intake.pk}"


def _eldest(rows: Any) -> Any:
    first = rows.order_by("created_at").values_list("created_at", flat=True).first()
    return first or timezone.now()
