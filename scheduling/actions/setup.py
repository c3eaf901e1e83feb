"""Setting up the clinic: places, services, doctors, hours, closed days.

Whoever sets up single branches changes what belongs to them; what counts for the whole clinic needs the right
everywhere.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.money import quantise
from clinic.shared.phones import read_phone
from clinic.shared.text import normalise
from scheduling.actions.holidays import fill_official_holidays
from scheduling.models import (
    EquipmentKind,
    Holiday,
    Practitioner,
    PractitionerService,
    Room,
    Service,
    TimeOff,
    WorkingHours,
)

LONGEST_MINUTES = 12 * 60
LONGEST_BUFFER = 4 * 60
LONGEST_HORIZON = 730
LARGEST_GROUP = 200
LATEST_DAY_START = 11


def _check_branch(by: User | None, branch: Branch) -> None:
    if by is not None and not by.can(Perm.SETUP_MANAGE, branch):
        raise Forbidden(_("This branch is not yours to set up."), field="branch")


def _check_whole(by: User | None) -> None:
    if by is not None and by.rights.branches(Perm.SETUP_MANAGE) is not None:
        raise Forbidden(_("This counts for the whole clinic; the owner changes it."))


def _name(value: str, longest: int, field: str = "name") -> str:
    text = normalise(value)
    if not text or len(text) > longest:
        raise Invalid(_("Give a name of 1 to %(count)s characters.") % {"count": longest}, field=field)
    return text


def _within(value: int, least: int, most: int, field: str) -> int:
    if not least <= value <= most:
        raise Invalid(_("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most}, field=field)
    return value


def _price(value: Decimal, field: str = "price") -> Decimal:
    if value < 0 or quantise(value) != value:
        raise Invalid(_("The price must be zero or more, in whole units of the currency."), field=field)
    return value


@action
def save_branch(
    *,
    branch: Branch | None,
    name: str,
    time_zone: str,
    name_en: str = "",
    address: str = "",
    phone: str = "",
    day_starts_hour: int = 0,
    is_active: bool = True,
    by: Any,
) -> Branch:
    """Make or change a branch; `day_starts_hour` (0 to 11) is when a night's work ends.

    Raises Invalid for an unknown zone, phone or hour, and where no branch would be open.
    """
    if branch is None:
        _check_whole(by)
        branch = Branch()
    else:
        _check_branch(by, branch)
    if time_zone not in zoneinfo.available_timezones():
        raise Invalid(_("There is no such time zone."), field="time_zone")
    if branch.pk and not is_active and not Branch.objects.filter(is_active=True).exclude(pk=branch.pk).exists():
        raise Invalid(_("A clinic needs at least one open branch."), field="is_active")
    branch.name, branch.name_en = _name(name, 120), normalise(name_en)
    branch.address, branch.time_zone, branch.is_active = normalise(address), time_zone, is_active
    if not 0 <= day_starts_hour <= LATEST_DAY_START:
        raise Invalid(_("Write an hour from 0 to 11."), field="day_starts_hour")
    branch.phone, branch.day_starts_hour = read_phone(phone) if phone.strip() else "", day_starts_hour
    branch.save()
    return branch


@action
def save_room(
    *, room: Room | None, branch: Branch, name: str, name_en: str = "", is_active: bool = True, by: Any
) -> Room:
    """Make or change a room of a branch. Raises Conflict for a name that another room there has."""
    _check_branch(by, branch)
    if room is not None:
        _check_branch(by, room.branch)
    room = room or Room()
    name = _name(name, 60)
    if Room.objects.filter(branch=branch, name=name).exclude(pk=room.pk or 0).exists():
        raise Conflict(_("There is a room of this name already."), field="name")
    room.branch, room.name, room.name_en, room.is_active = branch, name, normalise(name_en), is_active
    room.save()
    return room


@action
def save_service(
    *, service: Service | None, rooms: list[Room], equipment: list[EquipmentKind] | None = None, by: Any, **values: Any
) -> Service:
    """Make or change a service; `values` are its fields. Booked appointments keep what was agreed; equipment that is
    not named stays as it is.

    Raises Invalid for lengths and prices that cannot be, and for a service that needs a room but has none.
    """
    _check_whole(by)
    service = service or Service()
    for field, value in values.items():
        setattr(service, field, normalise(value) if isinstance(value, str) else value)
    service.name = _name(service.name, 120)
    _within(service.minutes, 1, LONGEST_MINUTES, "minutes")
    _within(service.buffer_before, 0, LONGEST_BUFFER, "buffer_before")
    _within(service.buffer_after, 0, LONGEST_BUFFER, "buffer_after")
    _within(service.horizon_days, 1, LONGEST_HORIZON, "horizon_days")
    _within(service.min_notice_minutes, 0, LONGEST_HORIZON * 1440, "min_notice_minutes")
    _within(service.cancel_until_hours, 0, LONGEST_HORIZON * 24, "cancel_until_hours")
    _within(service.capacity, 1, LARGEST_GROUP, "capacity")
    if service.grid_minutes is not None:
        _within(service.grid_minutes, 5, LONGEST_MINUTES, "grid_minutes")
    if service.starts_per_part is not None:
        _within(service.starts_per_part, 1, 50, "starts_per_part")
    _price(service.price)
    if service.needs_room and not rooms:
        raise Invalid(_("Choose the rooms in which it is done."), field="rooms")
    service.save()
    service.rooms.set(rooms)
    if equipment is not None:
        service.equipment.set(equipment)
    return service


@action
def save_practitioner(*, practitioner: Practitioner | None, user: User | None, by: Any, **values: Any) -> Practitioner:
    """Make or change a doctor; `values` are her fields, `user` the account she signs in with.

    Raises Conflict for an account that is another doctor's.
    """
    _check_whole(by)
    practitioner = practitioner or Practitioner()
    for field, value in values.items():
        setattr(practitioner, field, normalise(value) if isinstance(value, str) else value)
    practitioner.name = _name(practitioner.name, 120)
    if user and Practitioner.objects.filter(user=user).exclude(pk=practitioner.pk or 0).exists():
        raise Conflict(_("This account belongs to another doctor."), field="user")
    practitioner.user = user
    practitioner.save()
    return practitioner


@dataclass(frozen=True)
class Terms:
    """One service as a doctor gives it, in minutes and money; None means as the price list says."""

    service: Service
    is_offered: bool
    minutes: int | None = None
    price: Decimal | None = None
    buffer_before: int | None = None
    buffer_after: int | None = None


@action
def set_offers(*, practitioner: Practitioner, terms: list[Terms], by: Any) -> None:
    """Set which services a doctor gives, with her own lengths and prices. Fields of errors are `s<service>-…`."""
    _check_whole(by)
    rows = {row.service_id: row for row in PractitionerService.objects.filter(practitioner=practitioner)}
    for each in terms:
        row = rows.get(each.service.pk)
        if row is None and not each.is_offered:
            continue
        row = row or PractitionerService(practitioner=practitioner, service=each.service)
        if each.minutes is not None:
            _within(each.minutes, 1, LONGEST_MINUTES, f"s{each.service.pk}-minutes")
        if each.price is not None:
            _price(each.price, f"s{each.service.pk}-price")
        wanted: dict[str, Any] = {"is_active": each.is_offered, "minutes": each.minutes, "price": each.price}
        for name in ("buffer_before", "buffer_after"):
            wanted[name] = value = getattr(each, name)
            if value is not None:
                _within(value, 0, LONGEST_BUFFER, f"s{each.service.pk}-{name}")
        if row.pk is None or any(getattr(row, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(row, name, value)
            row.save()


@action
def add_time_off(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    practitioner: Practitioner | None = None,
    room: Room | None = None,
    branch: Branch | None = None,
    reason: str = "",
    by: Any,
) -> TimeOff:
    """Nobody is booked with this doctor, in this room or in this branch between two moments.

    Exactly one of the three is named. What is booked already stays and is moved by hand.
    """
    if sum(each is not None for each in (practitioner, room, branch)) != 1:
        raise Invalid(_("Choose for whom or what."), field="subject")
    if ends_at <= starts_at:
        raise Invalid(_("The end must be after the beginning."), field="until")
    for place in filter(None, [branch, room.branch if room else None]):
        _check_branch(by, place)
    if practitioner:
        _check_doctor(by, practitioner)
    row = TimeOff(practitioner=practitioner, room=room, branch=branch, starts_at=starts_at, ends_at=ends_at)
    row.reason = normalise(reason)[:120]
    row.save()
    return row


def _check_doctor(by: User | None, practitioner: Practitioner) -> None:
    """A manager of single branches gives leave to those who work only there."""
    scope = None if by is None else by.rights.branches(Perm.SETUP_MANAGE)
    if scope is not None and WorkingHours.objects.filter(practitioner=practitioner).exclude(branch__in=scope).exists():
        raise Forbidden(_("She works in other branches too; the owner gives her leave."), field="subject")


@action
def remove_time_off(*, time_off: TimeOff, by: Any) -> None:
    """Take a leave or closure back; the time is free again."""
    for place in filter(None, [time_off.branch, time_off.room.branch if time_off.room else None]):
        _check_branch(by, place)
    if time_off.practitioner:
        _check_doctor(by, time_off.practitioner)
    time_off.delete()


@action
def save_holiday(*, date: dt.date, name: str, branch: Branch | None = None, is_open: bool = False, by: Any) -> Holiday:
    """Close the clinic (or one branch) on a day, or keep it open on an official one. One row a day and place."""
    _check_branch(by, branch) if branch else _check_whole(by)
    row = Holiday.objects.filter(date=date, branch=branch).first() or Holiday(date=date, branch=branch)
    row.name, row.is_open = _name(name, 120), is_open
    row.save()
    return row


@action
def lay_holidays(*, first: dt.date, last: dt.date, by: Any) -> int:
    """Write the official holidays of all Gregorian years between two days; returns how many were new."""
    _check_whole(by)
    return sum(fill_official_holidays(year=year, by=by) for year in range(first.year, last.year + 1))


@action
def remove_holiday(*, holiday: Holiday, by: Any) -> None:
    """Take a closed day back."""
    _check_branch(by, holiday.branch) if holiday.branch else _check_whole(by)
    holiday.delete()
