"""The signs beside a name on the board, in lists and in the panel: what is special about an appointment."""

from typing import Any

from clinic.shared.html import MARKS
from scheduling.models import Mode
from scheduling.statuses import AppointmentStatus

# Columns of Appointment that the signs are read from, in the order of `signs`.
SIGNED_BY = ("mode", "override_reason", "on_my_way_at", "session_id", "series_id", "bundle", "note")
_BEFORE = {AppointmentStatus.BOOKED, AppointmentStatus.PENDING}


def signs(status: str, values: tuple[Any, ...], *, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Keys of `clinic.shared.html.MARKS` for an appointment with these columns, in the order of that table."""
    mode, override, on_my_way, session, series, bundle, note = values
    found = {
        "override": override,
        "pending": status == AppointmentStatus.PENDING,
        "on_my_way": on_my_way is not None and status in _BEFORE,
        "online": mode == Mode.ONLINE,
        "group": session is not None,
        "series": series is not None,
        "together": bundle is not None,
        "note": note,
    }
    return tuple(key for key in MARKS if found.get(key) or key in more)


def signs_of(appointment: Any) -> tuple[str, ...]:
    """The signs of one appointment."""
    return signs(appointment.status, tuple(getattr(appointment, name) for name in SIGNED_BY))
