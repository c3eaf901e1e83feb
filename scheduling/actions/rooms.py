"""Rooms between two patients: to be made ready, ready again."""

import datetime as dt
from typing import Any

from django.utils import timezone

from clinic.shared.actions import action
from clinic.shared.notices import tell
from scheduling.models import Room, RoomStay
from scheduling.queries.rules import rules_of


@action
def room_ready(*, room: Room, by: Any) -> Room:
    """Somebody has made the room ready: the next patient may come in. Twice is once."""
    return _set(room, None)


@action
def room_to_clean(*, room: Room, by: Any) -> Room:
    """The room has to be made ready before the next patient. Twice is once; the first time counts."""
    return _set(room, timezone.now())


def needs_cleaning(room: int, branch: int, now: dt.datetime) -> None:
    """After a patient has left: the branch's rule, and only when nobody else is inside."""
    if rules_of(branch).cleans_rooms and not RoomStay.objects.filter(room=room, left_at=None).exists():
        _set(Room(pk=room), now)


def _set(room: Room, since: dt.datetime | None) -> Room:
    room = Room.objects.select_for_update().get(pk=room.pk)
    if (room.cleaning_since is None) != (since is None):
        room.cleaning_since = since
        room.save()
        tell("queue", branch=room.branch_id)
    return room
