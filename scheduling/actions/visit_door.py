"""The one door of a visit's status, and of what changes her place without changing it."""

import datetime as dt
from typing import Any

from clinic.shared.statuses import move
from scheduling.models import Visit, VisitStatusChange
from scheduling.statuses import ONLY_BACK, VISIT_MOVES


def fresh_visit(visit: Visit) -> Visit:
    """The row as it is now, locked."""
    return Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)


def move_visit(
    visit: Visit,
    to: str,
    *,
    by: Any,
    reason: str = "",
    undoes: VisitStatusChange | None = None,
    happened_at: dt.datetime | None = None,
    **changes: Any,
) -> Visit:
    """The one door of a visit's status; what the changed fields held before is kept with the move."""
    now = fresh_visit(visit)
    more = {"was": _before(now, changes), "undoes": undoes}
    is_back = undoes is not None or reason == "undo"
    return move(
        visit,
        to,
        moves=VISIT_MOVES if is_back or (now.status, to) not in ONLY_BACK else {},
        log=VisitStatusChange,
        by=by,
        reason=reason,
        changes=changes,
        happened_at=happened_at,
        more=more,
    )


def note_visit(visit: Visit, reason: str, *, by: Any, undoes: VisitStatusChange | None = None, **changes: Any) -> Visit:
    """Something happened that leaves the status as it is: a recall, a skip, another doctor, room or class."""
    visit = fresh_visit(visit)
    was = _before(visit, changes)
    for name, value in changes.items():
        setattr(visit, name, value)
    visit.save()
    VisitStatusChange.record(visit, visit.status, visit.status, by=by, reason=reason, was=was, undoes=undoes)
    return visit


def _before(visit: Visit, changes: dict[str, Any]) -> dict[str, Any]:
    values = {name: getattr(visit, name) for name in changes}
    return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in values.items()}
