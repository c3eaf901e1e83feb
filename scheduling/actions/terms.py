"""What is promised for a time: length, price, place; computed here, never taken from the caller."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.calendar import format_datetime
from clinic.shared.errors import Invalid
from scheduling.models import Practitioner, PractitionerService, Service
from scheduling.queries.opening import zone_of
from scheduling.queries.slots import GRID, bookable, is_open

# Who stands at the desk has arrived a moment before she is written down.
STAFF_GRACE = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Terms:
    """Service, doctor and place, from when to when, at what price."""

    service: Service
    practitioner: Practitioner
    branch: Branch
    starts_at: dt.datetime
    ends_at: dt.datetime
    price: Decimal

    def fields(self) -> dict[str, Any]:
        """The columns of an appointment on these terms."""
        zone = zone_of(self.branch.time_zone)
        return {
            "service": self.service,
            "practitioner": self.practitioner,
            "branch": self.branch,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "wall_time": self.starts_at.astimezone(zone).replace(tzinfo=dt.UTC),
            "time_zone": self.branch.time_zone,
            "price": self.price,
        }


def agree(
    *,
    service: Service,
    practitioner: Practitioner,
    branch: Branch,
    starts_at: dt.datetime,
    for_staff: bool,
    any_hours: bool = False,
) -> Terms:
    """The terms of a wished time. Raises Invalid (with the field) for what is not offered, past, too soon, too far
    ahead or outside working hours; `any_hours` leaves the hours unasked.
    """
    if timezone.is_naive(starts_at):
        starts_at = starts_at.replace(tzinfo=zone_of(branch.time_zone))
    offer = PractitionerService.objects.filter(practitioner=practitioner, service=service, is_active=True).first()
    _check_offer(service, practitioner, branch, offer, for_staff)
    _check_moment(service, starts_at, for_staff)
    assert offer
    ends_at = starts_at + dt.timedelta(minutes=offer.minutes or service.minutes)
    terms = Terms(
        service, practitioner, branch, starts_at, ends_at, service.price if offer.price is None else offer.price
    )
    if not any_hours and not is_open(
        service=service.pk, practitioner=practitioner.pk, branch=branch.pk, starts_at=starts_at, ends_at=ends_at
    ):
        raise Invalid(_("The doctor does not work at this time. Choose a time within working hours."),
                      field="starts_at", code="closed")  # fmt: skip
    return terms


def _check_offer(
    service: Service,
    practitioner: Practitioner,
    branch: Branch,
    offer: PractitionerService | None,
    for_staff: bool,
) -> None:
    if not service.is_active or not (service.is_online or for_staff):
        raise Invalid(_("This service cannot be booked here. Choose another one."), field="service")
    if not branch.is_active:
        raise Invalid(_("This branch is closed. Choose another one."), field="branch")
    if offer is None or not practitioner.is_active:
        raise Invalid(_("This doctor does not give this service. Choose another one."), field="doctor")


def _check_moment(service: Service, starts_at: dt.datetime, for_staff: bool) -> None:
    now = timezone.now()
    first, last = bookable(service, for_staff=for_staff, now=now)
    if for_staff:
        first -= STAFF_GRACE
    if starts_at < now - (STAFF_GRACE if for_staff else dt.timedelta()):
        raise Invalid(_("This time has passed. Choose a later one."), field="starts_at", code="past")
    if starts_at < first:
        when = format_datetime(first)
        raise Invalid(
            _("This is too soon to prepare for. The first possible time is %(when)s.") % {"when": when},
            field="starts_at",
            code="too_soon",
        )
    if starts_at > last:
        when = format_datetime(last)
        raise Invalid(
            _("This is too far ahead. Times are open until %(when)s.") % {"when": when},
            field="starts_at",
            code="too_far",
        )
    if not for_staff and int(starts_at.timestamp()) % GRID:
        raise Invalid(_("Choose one of the times on offer."), field="starts_at", code="off_grid")
