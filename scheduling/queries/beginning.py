"""Doctors for whom somebody waits already and who have not begun: when they do, by their hours."""

import datetime as dt
from typing import Any

from clinic.accounts.models import Branch
from scheduling.models import Visit
from scheduling.queries.opening import offers
from scheduling.statuses import VisitStatus

V = VisitStatus
AHEAD = dt.timedelta(hours=4)
BEGUN = {V.CALLED, V.IN_ROOM, V.CHECKOUT}
SINCE = dt.timedelta(hours=12)


def begins(rows: list[Any], branch: Branch, now: dt.datetime) -> dict[int, float]:
    """Minutes until each doctor of queue rows begins, who sees nobody yet and whose hours begin within four hours.

    No statement where everybody works; where somebody does not, one, and two for each who has not begun.
    """
    first = {row.practitioner_id: row.service_id for row in reversed(rows) if row.status == V.ARRIVED}
    for row in rows:
        if row.status in BEGUN:
            first.pop(row.practitioner_id, None)
    if not first:
        return {}
    seen = Visit.objects.filter(branch=branch, practitioner__in=first, in_room_at__gt=now - SINCE)
    for doctor in seen.values_list("practitioner", flat=True).distinct():
        first.pop(doctor, None)
    found = {doctor: _minutes(doctor, service, branch, now) for doctor, service in first.items()}
    return {doctor: minutes for doctor, minutes in found.items() if minutes}


def _minutes(doctor: int, service: int, branch: Branch, now: dt.datetime) -> float:
    """Zero for who works now, and for who has no hours in the next time: nobody knows when she comes."""
    since, until = int(now.timestamp()), int((now + AHEAD).timestamp())
    opening = offers(service=service, practitioner=doctor, branch=branch.pk, since=since, until=until)
    coming = [max(begin - since, 0) for offer in opening.offers for begin, end in offer.open if end > since]
    soonest = min(coming, default=0)
    return soonest / 60 if soonest <= until - since else 0.0
