"""The one door of every life: locks the row, asks the table, writes the move."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from django.db import models
from django.utils.translation import gettext as _

from clinic.shared.errors import Conflict
from clinic.shared.models import StatusChange
from clinic.shared.writing import Also, Written, write

M = TypeVar("M", bound=models.Model)
Moves = Mapping[str, frozenset[str] | set[str]]


def may_move(moves: Moves, before: str, after: str) -> bool:
    """Whether the table allows this move."""
    return after in moves.get(before, ())


def begin(
    subject: models.Model,
    *also: Also,
    log: type[StatusChange],
    by: Any,
    reason: str = "",
    once: bool = False,
    **more: Any,
) -> bool:
    """Write a new thing with the status that it begins with, and whatever is written `also`, in one statement.

    `once` writes nothing, and says so by False, where a unique constraint has such a thing already.
    """
    status: str = subject.status  # type: ignore[attr-defined]  # whatever has a life has a status
    return write(subject, log.beside(subject, "", status, by=by, reason=reason, **more), *also, once=once)


def move(
    subject: M,
    to: str,
    *,
    moves: Moves,
    log: type[StatusChange],
    by: Any,
    reason: str = "",
    changes: dict[str, Any] | None = None,
    happened_at: dt.datetime | None = None,
    more: dict[str, Any] | None = None,
    also: Sequence[Also] = (),
    is_locked: bool = False,
) -> M:
    """Move a thing to another status, with the other fields that change by it, in one write; `also` is written in it.
    `happened_at` is given where it happened earlier than it is entered; `more` goes into the log.

    Raises Conflict if the table forbids it from the status that the row has now (not the one the caller saw).
    Returns the locked, fresh row: the subject itself where the caller read it so within this transaction (`is_locked`).
    """
    fresh = subject
    if not is_locked:
        fresh = type(subject)._default_manager.select_for_update(of=("self",)).get(pk=subject.pk)
    before: str = fresh.status  # type: ignore[attr-defined]  # whatever has a life has a status
    if not may_move(moves, before, to):
        label = dict(cast(Any, type(fresh)._meta.get_field("status")).flatchoices)
        raise Conflict(
            _("This is already “%(before)s” and cannot become “%(after)s”.")
            % {"before": label.get(before, before), "after": label.get(to, to)},
            code="move_forbidden",
            before=before,
        )
    fresh.status = to  # type: ignore[attr-defined]  # whatever has a life has a status
    for name, value in (changes or {}).items():
        setattr(fresh, name, value)
    told = {**(more or {}), **({"happened_at": happened_at} if happened_at else {})}
    if isinstance(fresh, Written):
        write(fresh, log.beside(fresh, before, to, by=by, reason=reason, **told), *also)
    else:  # the platform's clinics
        fresh.save()
        log.of(fresh, before, to, by=by, reason=reason, **told).save()
    return fresh
