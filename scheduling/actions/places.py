"""Choosing a free room and free devices for a time: looked at, locked in ascending order, looked at again."""

import datetime as dt

from django.utils.translation import gettext as _

from clinic.shared.errors import Conflict, Invalid
from scheduling.actions.occupancy import Span, is_free_now, is_taken, lock
from scheduling.actions.terms import Terms
from scheduling.models import TimeOff
from scheduling.queries.places import Places, read_places


def places_for(terms: Terms) -> Places:
    """The rooms and devices in question for these terms."""
    return read_places(terms.service, {terms.branch.pk}, list(terms.kinds), terms.mode)


def choose_room(terms: Terms, places: Places, span: Span, wanted: int | None = None) -> int | None:
    """A free room for the time, locked; None where none is needed, the wanted one where one is. Raises Conflict where
    it or all are taken, Invalid for one in which the service is not given.
    """
    pool = places.room_pool(terms.branch.pk, terms.own_room)
    if pool is None:
        return wanted
    if wanted is not None and wanted not in pool:
        raise Invalid(_("This service is not given in this room. Choose another one."), field="room")
    for room in pool if wanted is None else [wanted]:
        if _take(f"r:{room}", span) and not _is_away(room, *span):
            return room
    raise Conflict(_("No room is free at this time."), field="starts_at", code="room_taken")


def choose_devices(terms: Terms, places: Places, span: Span) -> list[int]:
    """A free device of each kind that is needed, locked. Raises Conflict where all of a kind are taken."""
    kind_of = {
        device: kind
        for kind, pool in zip(places.kinds, places.device_pools(terms.branch.pk), strict=True)
        for device in pool
    }
    missing, chosen = set(places.kinds), []
    for device in sorted(kind_of):  # over all kinds in one order, so that nobody waits in a circle
        if kind_of[device] in missing and _take(f"e:{device}", span):
            missing.discard(kind_of[device])
            chosen.append(device)
    if missing:
        raise Conflict(_("The equipment is in use at this time."), field="starts_at", code="equipment_taken")
    return chosen


def lock_places(several: list[tuple[Terms, Places]]) -> None:
    """Lock everything that several visits may choose from, rooms before devices, each ascending."""
    rooms: set[int] = set()
    devices: set[int] = set()
    for terms, places in several:
        rooms.update(places.room_pool(terms.branch.pk, terms.own_room) or [])
        devices.update(device for pool in places.device_pools(terms.branch.pk) for device in pool)
    lock(*(f"r:{room}" for room in sorted(rooms)), *(f"e:{device}" for device in sorted(devices)))


def _take(resource: str, span: Span) -> bool:
    """Lock a resource that is free for the time; whether it still is then."""
    if is_taken(resource, span):
        return False
    lock(resource)
    return is_free_now(resource, span)


def _is_away(room: int, since: dt.datetime, until: dt.datetime) -> bool:
    """Whether a room is closed for some of this time."""
    return TimeOff.objects.filter(room=room, starts_at__lt=until, ends_at__gt=since).exists()
