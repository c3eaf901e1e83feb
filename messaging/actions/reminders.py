"""Reminders of tomorrow's appointments."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinic.accounts.models import Branch
from clinic.accounts.queries import open_branches
from clinic.shared.actions import action
from messaging.actions.queue import queue_message
from messaging.queries import appointments_to_remind, database_now
from messaging.timing import after_quiet_hours
from scheduling.models import Appointment

KIND = "reminder_day_before"
HOUR = time(10)
# Who has just booked has the confirmation; who is about to leave home needs no reminder.
AFTER_BOOKING, BEFORE_START = timedelta(hours=3), timedelta(hours=2)


@action
def queue_reminders(*, by: Any = None) -> int:
    """Queue a reminder for every booked appointment of the branches' own tomorrow, once each; how many are new."""
    now = database_now()
    return sum(_queue_one(appointment, branch, now) for branch in open_branches() for appointment in _due(branch, now))


def _due(branch: Branch, now: datetime) -> list[Appointment]:
    zone = ZoneInfo(branch.time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    begins = datetime.combine(tomorrow, time.min, tzinfo=zone)
    ends = datetime.combine(tomorrow + timedelta(days=1), time.min, tzinfo=zone)
    return list(appointments_to_remind(branch, begins, ends, KIND))


def _queue_one(appointment: Appointment, branch: Branch, now: datetime) -> int:
    zone = ZoneInfo(branch.time_zone)
    today = now.astimezone(zone).date()
    at = max(datetime.combine(today, HOUR, tzinfo=zone), appointment.created_at + AFTER_BOOKING)
    if after_quiet_hours(max(at, now), branch.time_zone) > appointment.starts_at - BEFORE_START:
        return 0
    patient, cause = appointment.patient, f"appointment:{appointment.pk}"
    if patient is None:
        return 0
    message = queue_message(kind=KIND, patient=patient, appointment=appointment, cause=cause, send_after=at, by=None)
    return int(message is not None)
