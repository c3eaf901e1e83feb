"""The desk's call list."""

from datetime import date
from typing import Any

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.events import publish
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from clinic.shared.text import normalise
from messaging.events import FollowUpDone
from messaging.models import FollowUpTask, FollowUpTaskStatusChange
from messaging.queries import database_now
from messaging.statuses import TASK_MOVES, TaskStatus
from scheduling.models import Service, Visit


@action
def plan_follow_up(
    *,
    kind: str,
    patient: Patient,
    branch: Branch,
    due_on: date,
    why: str,
    cause: str,
    visit: Visit | None = None,
    service: Service | None = None,
    wanted_on: date | None = None,
    by: User | None,
) -> FollowUpTask:
    """Put a call on the branch's list for a day, once for its cause and kind.

    An open task of the same cause takes the new day and reason; one that is done or not needed stays as it is.
    """
    values = {
        "patient": patient,
        "branch": branch,
        "due_on": due_on,
        "why": normalise(why)[:200],
        "visit": visit,
        "service": service,
        "wanted_on": wanted_on,
    }
    task, made = FollowUpTask.objects.get_or_create(cause=cause, kind=kind, defaults=values)
    if made:
        FollowUpTaskStatusChange.record(task, "", TaskStatus.OPEN, by=by)
    else:
        task = FollowUpTask.objects.select_for_update().get(pk=task.pk)
        changed = {name: value for name, value in values.items() if getattr(task, name) != value}
        if task.status != TaskStatus.OPEN or not changed:
            return task
        for name, value in changed.items():
            setattr(task, name, value)
        task.save()
    tell("calls", branch=task.branch_id)
    return task


@action
def complete_follow_up(*, task: FollowUpTask, outcome: str = "", by: User) -> FollowUpTask:
    """The call was made; `outcome` says what came of it. Raises Conflict if the task is not open."""
    task = _end(task, TaskStatus.DONE, outcome, by)
    publish(FollowUpDone(task_id=task.pk))
    return task


@action
def not_needed(*, task: FollowUpTask, outcome: str = "", by: User | None) -> FollowUpTask:
    """Nobody has to call. Raises Conflict if the task is not open."""
    return _end(task, TaskStatus.CANCELLED, outcome, by)


@action
def reopen_follow_up(*, task: FollowUpTask, by: User | None) -> FollowUpTask:
    """Undo of both. Raises Conflict if the task is open."""
    return _move(task, TaskStatus.OPEN, by, outcome="", done_at=None, done_by=None)


def _end(task: FollowUpTask, to: str, outcome: str, by: User | None) -> FollowUpTask:
    return _move(task, to, by, outcome=normalise(outcome)[:200], done_at=database_now(), done_by=by)


def _move(task: FollowUpTask, to: str, by: User | None, **changes: Any) -> FollowUpTask:
    reason = str(changes.get("outcome") or "")
    task = move(task, to, moves=TASK_MOVES, log=FollowUpTaskStatusChange, by=by, reason=reason, changes=changes)
    tell("calls", branch=task.branch_id)
    return task
