"""What somebody who was here before most likely wants: the same service with the same doctor, at the next free time."""

from dataclasses import dataclass

from django.db.models import F

from clinic.accounts.models import Branch, User
from clinic.patients.permissions import acts_for
from scheduling.models import Appointment, Practitioner, Service
from scheduling.queries.slots import Slot, next_free
from scheduling.statuses import AppointmentStatus

LOOKED_AT, SHOWN = 20, 2
_NOT_HAD = [AppointmentStatus.HELD, AppointmentStatus.EXPIRED, AppointmentStatus.ENTERED_IN_ERROR]


@dataclass(frozen=True)
class Again:
    """A visit to book once more, with the first time that is free for it."""

    service: Service
    practitioner: Practitioner
    branch: Branch
    next: Slot | None


def usual_of(user: User) -> list[Again]:
    """The last different visits of an account and its family that can still be booked online, newest first."""
    rows = Appointment.objects.filter(
        patient__in=acts_for(user).values("pk"),
        service__is_active=True,
        service__is_online=True,
        practitioner__is_active=True,
        branch__is_active=True,
        practitioner__offers__is_active=True,
        practitioner__offers__service=F("service"),
    ).exclude(status__in=_NOT_HAD)
    found: dict[tuple[int, int], Appointment] = {}
    for row in rows.select_related("service", "practitioner", "branch").order_by("-starts_at")[:LOOKED_AT]:
        found.setdefault((row.service_id, row.practitioner_id), row)
    return [_again(row) for row in list(found.values())[:SHOWN]]


def _again(row: Appointment) -> Again:
    slot = next_free(service=row.service, practitioner=row.practitioner_id, branch=row.branch_id)
    return Again(row.service, row.practitioner, row.branch, slot)
