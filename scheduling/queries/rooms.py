"""The rooms of a branch as they are now: free, taken, being made ready, closed; and who goes where next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from clinic.accounts.models import Branch
from scheduling.models import Room, RoomStay, TimeOff
from scheduling.queries.floor import QueueRow, own_name
from scheduling.statuses import VisitStatus

V = VisitStatus


@dataclass(slots=True)
class RoomRow:
    """A room now. `state` is free, taken, cleaning or closed; `since` when that began, where it is known."""

    id: int
    name: str
    state: str = "free"
    since: dt.datetime | None = None
    why: str = ""
    inside: list[dict[str, Any]] = field(default_factory=list)
    called: list[QueueRow] = field(default_factory=list)
    waiting: list[QueueRow] = field(default_factory=list)


def rooms_status(branch: Branch, rows: Sequence[QueueRow] = (), now: dt.datetime | None = None) -> list[RoomRow]:
    """The rooms in use: three statements. `rows` are the queue's, for who is called and who waits for each room."""
    now = now or timezone.now()
    rooms: dict[int, RoomRow] = {}
    for each in Room.objects.filter(branch=branch, is_active=True):
        state = "cleaning" if each.cleaning_since else "free"
        rooms[each.pk] = RoomRow(each.pk, own_name(each), state, each.cleaning_since)
    known = {row.id: row for row in rows}
    stays = RoomStay.objects.filter(room__in=rooms, left_at=None).order_by("entered_at")
    for stay in stays.select_related("visit__patient"):
        room, visit = rooms[stay.room_id], stay.visit
        inside = {"visit": visit.pk, "ticket": visit.ticket, "name": visit.patient.full_name, "since": stay.entered_at}
        room.inside.append(inside | {"row": known.get(visit.pk)})
        room.state, room.since = "taken", room.inside[0]["since"]
    closed = TimeOff.objects.filter(room__in=rooms, starts_at__lte=now, ends_at__gt=now)
    for pk, begins, why in closed.values_list("room_id", "starts_at", "reason"):
        if rooms[pk].state != "taken":
            rooms[pk].state, rooms[pk].since, rooms[pk].why = "closed", begins, why
    for row in rows:
        place = rooms.get(line_of(row))
        if place is not None and row.status in {V.CALLED, V.ARRIVED}:
            (place.called if row.status == V.CALLED else place.waiting).append(row)
    return list(rooms.values())


def line_of(row: QueueRow) -> int:
    """The room whose line somebody stands in; 0 where none is said yet."""
    return (row.room_id if row.status in {V.CALLED, V.IN_ROOM} else row.queue_room_id or row.room_id) or 0
