"""When doctors work: the usual week, other weeks for some time, and the rules of single stretches."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.actions import action
from clinic.shared.calendar import weekday_name
from clinic.shared.errors import Conflict, Invalid
from scheduling.actions.setup import _check_branch, _within
from scheduling.models import HoursKind, Mode, Practitioner, Room, Service, WorkingHours

Block = tuple[int, dt.time, dt.time]  # weekday (Monday is 0), from, to
MOST_NUMBERS = 300


@action
def set_week(
    *,
    practitioner: Practitioner,
    branch: Branch,
    blocks: list[Block],
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    by: Any,
) -> None:
    """Set a doctor's usual week in a branch, in its wall time; with dates, the week that counts instead of it from one
    to the other (both included; without an end for good). A stretch whose times change keeps its rules.

    Raises Invalid for a block that ends before it begins or overlaps another, Conflict where she is in another branch
    then. Fields of errors are `d<weekday>`, `valid_from`, `valid_until`.
    """
    _check_branch(by, branch)
    Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    _check_blocks(blocks)
    if valid_until is not None and (valid_from is None or valid_until < valid_from):
        raise Invalid(_("The last day must not be before the first one."), field="valid_until")
    _check_elsewhere(practitioner, branch, blocks, valid_from, valid_until)
    rows = WorkingHours.objects.filter(
        practitioner=practitioner, branch=branch, valid_from=valid_from, valid_until=valid_until,
        replaces=valid_from is not None,
    )  # fmt: skip
    for weekday in range(7):
        had = list(rows.filter(weekday=weekday).order_by("starts"))
        wanted = sorted((starts, ends) for day, starts, ends in blocks if day == weekday)
        kept = [row for row in had if (row.starts, row.ends) in wanted]
        new = [span for span in wanted if span not in {(row.starts, row.ends) for row in kept}]
        free = [row for row in had if row not in kept]
        for row in free[len(new) :]:
            row.delete()
        for place, (starts, ends) in enumerate(new):
            row = free[place] if place < len(free) else WorkingHours(
                practitioner=practitioner, branch=branch, weekday=weekday, valid_from=valid_from,
                valid_until=valid_until, replaces=valid_from is not None,
            )  # fmt: skip
            row.starts, row.ends = starts, ends
            row.save()


def _check_elsewhere(
    practitioner: Practitioner, branch: Branch, blocks: list[Block], first: dt.date | None, last: dt.date | None
) -> None:
    """She is in one branch at a time; another branch's week that a plan of its own replaces then does not count."""
    elsewhere = WorkingHours.objects.filter(practitioner=practitioner).exclude(branch=branch).select_related("branch")
    rows = [row for row in elsewhere if _meet(row, first, last)]
    replaced = {row.branch_id for row in rows if row.replaces and _covers(row, first, last)}
    for weekday, starts, ends in blocks:
        for row in rows:
            if not row.replaces and (row.branch_id in replaced):
                continue
            if row.weekday == weekday and row.starts < ends and row.ends > starts:
                raise Conflict(
                    _("On %(day)s she is in %(branch)s at that time.")
                    % {"day": weekday_name(weekday), "branch": row.branch.name},
                    field=f"d{weekday}",
                )


def _meet(row: WorkingHours, first: dt.date | None, last: dt.date | None) -> bool:
    """Whether a row of another branch can count on some day of a plan, or of the usual week."""
    if first is None:
        return not row.replaces
    return not ((last and row.valid_from and row.valid_from > last) or (row.valid_until and row.valid_until < first))


def _covers(row: WorkingHours, first: dt.date | None, last: dt.date | None) -> bool:
    if first is None or row.valid_from is None or row.valid_from > first:
        return False
    return row.valid_until is None or (last is not None and row.valid_until >= last)


def _check_blocks(blocks: list[Block]) -> None:
    before: Block | None = None
    for block in sorted(blocks):
        weekday, starts, ends = block
        if ends <= starts:
            raise Invalid(_("The end must be after the beginning."), field=f"d{weekday}")
        if before and before[0] == weekday and starts < before[2]:
            raise Invalid(_("The two stretches of this day overlap."), field=f"d{weekday}")
        before = block


@action
def set_hours_rules(
    *,
    hours: WorkingHours,
    kind: str = HoursKind.SLOTS,
    tokens: int | None = None,
    room: Room | None = None,
    services: list[Service] | None = None,
    mode: str = Mode.EITHER,
    whole_week: bool = False,
    by: Any,
) -> None:
    """Say how a stretch of work is given: by time or by so many numbers in line, in a room, for some services only, at
    the clinic or online. `whole_week` says the same of every stretch of that week.

    Raises Invalid for a room of another branch and for a number of people that cannot be.
    """
    _check_branch(by, hours.branch)
    if room is not None and room.branch_id != hours.branch_id:
        raise Invalid(_("This room is in another branch."), field="room")
    if kind == HoursKind.TOKENS:
        if tokens is None:
            raise Invalid(_("Write how many numbers are given out."), field="tokens")
        _within(tokens, 1, MOST_NUMBERS, "tokens")
    for row in _week_with(hours) if whole_week else [hours]:
        row.kind, row.tokens = kind, tokens if kind == HoursKind.TOKENS else None
        row.room, row.mode = room, mode
        row.save()
        row.services.set(services or [])


def _week_with(hours: WorkingHours) -> list[WorkingHours]:
    rows = WorkingHours.objects.filter(
        practitioner=hours.practitioner, branch=hours.branch, valid_from=hours.valid_from,
        valid_until=hours.valid_until, replaces=hours.replaces,
    )  # fmt: skip
    return list(rows.order_by("pk"))
