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
from scheduling.models import GroupSession, Mode, Practitioner, PractitionerService, Service
from scheduling.queries.opening import Stretch, moment, zone_of
from scheduling.queries.policy import Conditions, conditions_of
from scheduling.queries.slots import bookable, way_of
from scheduling.queries.spots import Spot, spot_at

LONG_AGO = dt.timedelta(days=2)


@dataclass(frozen=True)
class Terms:
    """Service, doctor and place, from when to when, at what price, and how they meet.

    `own_room` is the room of the doctor's hours, `kinds` the equipment needed. Where numbers in line are given, `block`
    is the whole block, `tokens` how many, and the time is set by the number.
    """

    service: Service
    practitioner: Practitioner
    branch: Branch
    starts_at: dt.datetime
    ends_at: dt.datetime
    price: Decimal
    mode: str = Mode.IN_PERSON
    own_room: int | None = None
    kinds: tuple[int, ...] = ()
    block: Stretch | None = None
    tokens: int | None = None
    spot: Spot | None = None
    before: int = 0  # minutes kept free
    after: int = 0

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """What doctor and room are occupied by: the visit and its buffers."""
        return self.around(self.starts_at, self.ends_at)

    def around(self, begin: dt.datetime, end: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """A time with the buffers."""
        return begin - dt.timedelta(minutes=self.before), end + dt.timedelta(minutes=self.after)

    def fields(self) -> dict[str, Any]:
        """The columns of an appointment on these terms."""
        zone = zone_of(self.branch.time_zone)
        return {
            "service": self.service,
            "practitioner": self.practitioner,
            "branch": self.branch,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "buffer_before": self.before,
            "buffer_after": self.after,
            "wall_time": self.starts_at.astimezone(zone).replace(tzinfo=dt.UTC),
            "time_zone": self.branch.time_zone,
            "price": self.price,
            "mode": self.mode,
        }

    @property
    def is_shared(self) -> bool:
        """Whether several people share the time: a group, or numbers in line."""
        return self.block is not None or self.service.capacity > 1

    @property
    def needs_doctor_only(self) -> bool:
        """Whether nothing but the doctor's own time is taken: no room, no device, nobody to share it with."""
        return not (self.is_shared or self.own_room or self.kinds or self.service.needs_room)

    @property
    def shared_span(self) -> tuple[dt.datetime, dt.datetime]:
        """From when to when the shared time lasts, without buffers."""
        return (moment(self.block[0]), moment(self.block[1])) if self.block else (self.starts_at, self.ends_at)


def agree(
    *,
    service: Service,
    practitioner: Practitioner,
    branch: Branch,
    starts_at: dt.datetime,
    for_staff: bool,
    any_hours: bool = False,
    any_start: bool = False,
    mode: str | None = None,
    known: Conditions | None = None,
) -> Terms:
    """The terms of a wished time. Raises Invalid (with the field) for what is not offered, past, too soon, too far
    ahead, off the steps of the clock (for patients) or outside working hours. `any_hours` leaves the hours unasked,
    `any_start` the steps. Staff may still give the time that is running.
    """
    if timezone.is_naive(starts_at):
        starts_at = starts_at.replace(tzinfo=zone_of(branch.time_zone))
    known = known or conditions_of(service.pk, practitioner.pk)
    offer = known.offer
    _check_offer(service, practitioner, branch, offer, for_staff)
    way = way_of(service, mode)
    if way is None:
        raise Invalid(_("This service is not given in this way. Choose the other one."), field="mode")
    assert offer
    minutes = offer.minutes or service.minutes
    ends_at = _check_far(service, starts_at, for_staff) + dt.timedelta(minutes=minutes)
    spot = None if any_hours else spot_at(
        service=service, practitioner=practitioner.pk, branch=branch.pk, starts_at=starts_at, minutes=minutes, mode=way,
        opening=known.ahead.opening if known.ahead and mode is None else None,
    )  # fmt: skip
    block = spot.block if spot else None
    _check_moment(service, *((moment(block[0]), moment(block[1])) if block else (starts_at, ends_at)), for_staff)
    if spot is None and not any_hours:
        raise Invalid(_("The doctor does not work at this time. Choose a time within working hours."),
                      field="starts_at", code="closed")  # fmt: skip
    if spot and not block and not (for_staff or any_start or spot.is_on_grid):
        _check_group(service, practitioner, branch, starts_at)
    return Terms(
        service, practitioner, branch, starts_at, ends_at, service.price if offer.price is None else offer.price,
        mode=way,
        own_room=spot.offer.room if spot else None,
        kinds=tuple(spot.kinds) if spot else (),
        block=block,
        tokens=spot.offer.tokens if spot else None,
        spot=spot,
        before=service.buffer_before if offer.buffer_before is None else offer.buffer_before,
        after=service.buffer_after if offer.buffer_after is None else offer.buffer_after,
    )  # fmt: skip


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


def _check_far(service: Service, starts_at: dt.datetime, for_staff: bool) -> dt.datetime:
    """The moment itself; refused before it is looked for in any calendar."""
    now = timezone.now()
    last = bookable(service, for_staff=for_staff, now=now)[1]
    if starts_at < now - LONG_AGO:
        raise _past()
    if starts_at > last:
        when = format_datetime(last)
        raise Invalid(
            _("This is too far ahead. Times are open until %(when)s.") % {"when": when},
            field="starts_at",
            code="too_far",
        )
    return starts_at


def _check_moment(service: Service, starts_at: dt.datetime, ends_at: dt.datetime, for_staff: bool) -> None:
    """Staff may give the running time until its end; patients what begins after the shortest notice."""
    now = timezone.now()
    if (ends_at if for_staff else starts_at) <= now:
        raise _past()
    first = bookable(service, for_staff=for_staff, now=now)[0]
    if not for_staff and starts_at < first:
        when = format_datetime(first)
        raise Invalid(
            _("This is too soon to prepare for. The first possible time is %(when)s.") % {"when": when},
            field="starts_at",
            code="too_soon",
        )


def _past() -> Invalid:
    return Invalid(_("This time has passed. Choose a later one."), field="starts_at", code="past")


def _check_group(service: Service, practitioner: Practitioner, branch: Branch, starts_at: dt.datetime) -> None:
    """Off the steps of the clock only a group that was opened then can be joined."""
    groups = GroupSession.objects.filter(
        service=service, practitioner=practitioner, branch=branch, starts_at=starts_at, occupancies__isnull=False
    )
    if service.capacity < 2 or not groups.exists():
        raise Invalid(_("Choose one of the times on offer."), field="starts_at", code="off_grid")
