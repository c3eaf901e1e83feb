"""Reminders of instalments: the day before one is due, and once when it is late."""

import datetime as dt
from typing import Any

from clinic.shared.actions import action
from clinic.shared.calendar import format_date
from clinic.shared.links import absolute
from clinic.shared.money import format_money
from clinic.shared.speaking import speaking
from finance.queries.days import today
from finance.queries.promises import Part, parts_of, running_plans
from messaging.actions.queue import queue_message

LATE = dt.timedelta(days=2)  # a payment of yesterday may still be on its way
WEEK = dt.timedelta(days=7)


@action
def remind_instalments(*, on: dt.date | None = None, by: Any = None) -> int:
    """Queue a reminder, once each, for every open part that is due today or tomorrow (of `on`), or late by two days."""
    sent = 0
    for plan in running_plans():
        day = on or today(plan.branch)
        for part in parts_of([plan], day):
            due = part.row.due_on
            if part.open > 0 and day <= due <= day + dt.timedelta(days=1):
                sent += _queue(part, "instalment_due")
            elif part.open > 0 and day - WEEK <= due <= day - LATE:
                sent += _queue(part, "instalment_overdue")
    return sent


def _queue(part: Part, kind: str) -> int:
    patient, plan = part.plan.patient, part.plan
    with speaking(patient.language, plan.branch.time_zone) as language:
        amount, day = format_money(part.open), format_date(part.row.due_on, language)
    message = queue_message(
        kind=kind,
        patient=patient,
        cause=f"instalment:{part.row.pk}",
        link=absolute(f"/bill/{plan.invoice.public_token}/"),
        amount=amount,
        day=day,
        by=None,
    )
    return int(message is not None)
