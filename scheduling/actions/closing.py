"""The end of a day: a job proposes, a person confirms each or all, and then closes it. Nothing happens by itself."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.accounts.queries import open_branches
from clinic.shared.actions import action
from clinic.shared.errors import ActionError, Conflict
from clinic.shared.notices import tell
from scheduling.actions.booking import no_show
from scheduling.actions.floor import finish_visit, left
from scheduling.models import Appointment, ClosedDay, Visit
from scheduling.queries.closing import DayEnd, day_end, days_to_propose
from scheduling.statuses import VisitStatus

REASON = "end of day"


@dataclass
class Confirmed:
    """How many proposals were carried out, and which were refused and why."""

    done: int = 0
    refused: list[tuple[Any, str]] = field(default_factory=list)


@action
def propose_closing(*, by: Any = None) -> int:
    """For each branch whose hour has come: note that its day waits to be closed, and tell the screens; how many."""
    proposed = 0
    for branch in open_branches():
        for day in days_to_propose(branch):
            _row, made = _row_of(branch, day, proposed_at=timezone.now(), **day_end(branch, day).counts)
            proposed += made
            if made:
                _tell(branch)
    return proposed


@action
def confirm_closing(
    *, branch: Branch, day: dt.date, visits: Iterable[int] = (), appointments: Iterable[int] = (), by: Any
) -> Confirmed:
    """Carry out the proposals that a person ticked: seen visits are finished, who waited in vain has left, who did
    not come is a no-show. Whoever was moved meanwhile is left alone; a refusal stops only its own line."""
    end = day_end(branch, day)
    wanted, missed = set(visits), set(appointments)
    result = Confirmed()
    for visit in end.to_finish:
        if visit.pk in wanted:
            _one(result, visit, partial(finish_visit, visit=visit, by=by))
    for visit in end.to_leave:
        if visit.pk in wanted:
            _one(result, visit, partial(left, visit=visit, reason=REASON, by=by))
    for appointment in end.to_miss:
        if appointment.pk in missed:
            _one(result, appointment, partial(_miss, appointment, by))
    _tell(branch)
    return result


@action
def close_day(*, branch: Branch, day: dt.date, note: str = "", by: Any) -> ClosedDay:
    """This day is over: its counts are kept. Closed twice is closed once.

    Raises Conflict while something is open that nobody has decided on.
    """
    end = day_end(branch, day)
    row, _made = _row_of(branch, day)
    if row.closed_at is not None:
        return row
    if end.open:
        text = _("%(count)s things are still open. Confirm or change each of them first.")
        raise Conflict(text % {"count": end.open}, code="still_open")
    return _close(row, end, note, by)


@action
def reopen_day(*, branch: Branch, day: dt.date, by: Any) -> ClosedDay:
    """The day is not over after all. Raises Conflict for one that is not closed."""
    row = ClosedDay.objects.select_for_update().filter(branch=branch, day=day).first()
    if row is None or row.closed_at is None:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    row.closed_at = row.closed_by = None
    row.save()
    _tell(branch)
    return row


def _close(row: ClosedDay, end: DayEnd, note: str, by: Any) -> ClosedDay:
    for name, value in end.counts.items():
        setattr(row, name, value)
    row.closed_at, row.closed_by, row.note = timezone.now(), by, note[:300]
    row.save()
    _tell(end.branch)
    return row


def _row_of(branch: Branch, day: dt.date, **values: Any) -> tuple[ClosedDay, bool]:
    """The day's one row, locked; branches wait for each other here, so that none is made twice."""
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    row = ClosedDay.objects.select_for_update().filter(branch=branch, day=day).first()
    if row is not None:
        return row, False
    row = ClosedDay(branch=branch, day=day, **values)
    row.save()
    return row, True


def _miss(appointment: Appointment, by: Any) -> None:
    if Visit.objects.filter(appointment=appointment).exclude(status=VisitStatus.CANCELLED).exists():
        raise Conflict(_("She is in the building."), code="inside")
    no_show(appointment=appointment, reason=REASON, by=by)


def _one(result: Confirmed, thing: Any, step: Callable[[], Any]) -> None:
    try:
        with transaction.atomic():
            step()
    except ActionError as error:
        result.refused.append((thing, error.message))
    else:
        result.done += 1


def _tell(branch: Branch) -> None:
    for topic in ("queue", "board"):
        tell(topic, branch=branch.pk)
