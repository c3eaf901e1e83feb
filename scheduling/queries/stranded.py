"""Visits that are booked and that nobody would give any more: what was set up changed under them."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from scheduling.models import Appointment, PractitionerService
from scheduling.queries.opening import offers
from scheduling.queries.starts import is_within
from scheduling.statuses import UPCOMING

AHEAD = dt.timedelta(days=90)
SOON = dt.timedelta(days=7)


@dataclass(frozen=True)
class Stranded:
    """A booked visit, and why it cannot take place as it is."""

    appointment: Appointment
    why: str


def stranded(
    *, branch: Branch | None = None, practitioner: int | None = None, ahead: dt.timedelta = AHEAD, limit: int = 200
) -> list[Stranded]:
    """What of the time `ahead` lies on a closed day or leave, outside hours, or with a doctor or a service that is not
    offered any more; the soonest first. What was booked over hours on purpose is not among it.
    """
    now = timezone.now()
    rows = Appointment.objects.filter(status__in=UPCOMING, starts_at__gt=now, starts_at__lt=now + ahead)
    rows = rows.filter(override_reason="", patient__isnull=False)
    if branch is not None:
        rows = rows.filter(branch=branch)
    if practitioner is not None:
        rows = rows.filter(practitioner=practitioner)
    groups: dict[tuple[Any, ...], list[Appointment]] = defaultdict(list)
    for each in rows.select_related("service", "practitioner", "branch", "patient"):
        groups[each.service_id, each.practitioner_id, each.branch_id, each.mode].append(each)
    found = [each for key, booked in groups.items() for each in _of_group(key, booked)]
    return sorted(found, key=lambda each: each.appointment.starts_at)[:limit]


def _of_group(key: tuple[Any, ...], booked: list[Appointment]) -> list[Stranded]:
    service, practitioner, branch, mode = key
    first = booked[0]
    why = _not_offered(first, service, practitioner)
    if why:
        return [Stranded(each, why) for each in booked]
    since = int(min(each.starts_at for each in booked).timestamp())
    until = int(max(each.ends_at for each in booked).timestamp())
    opening = offers(service=service, practitioner=practitioner, branch=branch, since=since, until=until, mode=mode)
    stretches = [stretch for offer in opening.offers for stretch in offer.open]
    return [
        Stranded(each, _("Nobody works then: leave, a closed day, or other hours."))
        for each in booked
        if not is_within(stretches, int(each.starts_at.timestamp()), int(each.ends_at.timestamp()))
    ]


def _not_offered(first: Appointment, service: int, practitioner: int) -> str:
    if not first.practitioner.is_active:
        return _("The doctor sees nobody any more.")
    if not first.branch.is_active:
        return _("The branch is closed.")
    offer = PractitionerService.objects.filter(service=service, practitioner=practitioner, is_active=True)
    if not first.service.is_active or not offer.exists():
        return _("The service is not given by this doctor any more.")
    return ""
