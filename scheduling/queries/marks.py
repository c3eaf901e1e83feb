"""The signs beside a name on the board, in lists and in the panel: what is special about an appointment."""

from functools import cache
from typing import Any

from clinic.shared.html import MARKS
from scheduling.models import Mode
from scheduling.statuses import AppointmentStatus

# Columns of Appointment that the signs are read from, in the order of `signs`.
SIGNED_BY = ("mode", "override_reason", "on_my_way_at", "session_id", "series_id", "bundle", "intake", "note")
_PENDING, _ONLINE = str(AppointmentStatus.PENDING), str(Mode.ONLINE)
_BEFORE = {str(AppointmentStatus.BOOKED), _PENDING}


def signs(status: str, values: tuple[Any, ...], *, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Keys of `clinic.shared.html.MARKS` for an appointment with these columns, in the order of that table."""
    mode, override, on_my_way, session, series, bundle, intake, note = values
    is_coming = on_my_way is not None and status in _BEFORE
    linked = (session is not None, series is not None, bundle is not None)
    form = (intake == "sent" and status in _BEFORE, intake == "filled", intake == "accepted")
    return _keys((bool(override), status == _PENDING, is_coming, mode == _ONLINE, *linked, bool(note), *form), more)


@cache
def _keys(flags: tuple[bool, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    names = (
        *("override", "pending", "on_my_way", "online", "group", "series", "together", "note"),
        *("intake_sent", "intake_filled", "intake_done"),
    )
    found = {name for name, flag in zip(names, flags, strict=True) if flag}
    return tuple(key for key in MARKS if key in found or key in more)


def signs_of(appointment: Any) -> tuple[str, ...]:
    """The signs of one appointment."""
    return signs(appointment.status, tuple(getattr(appointment, name) for name in SIGNED_BY))
