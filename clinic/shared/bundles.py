# ruff: noqa: S608 - names of our own tables and columns stand in these statements, never a value
"""Rows that were made together, written by the one statement that ends their transaction: it is the transaction.

The first of them has its key already, so everything else can name it; what names it joins by itself (`writing.write`).
Whoever asks the database for anything meanwhile has them written first.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, IntegrityError, models
from psycopg.errors import ForeignKeyViolation

from clinic.shared.db.here import here
from clinic.shared.db.prepared import ask
from clinic.shared.writing import Also, columns_of, numbered, with_history

_WRITTEN = re.compile(r"\bwritten\b")


@dataclass(frozen=True)
class Guard:
    """What goes before the rows: `parts` of the statement with `%s` for their values; the rows are written where each
    of the `passed` parts gives a row. `judge` is told afterwards which of them did, and refuses by raising.

    A part after the first may fail when the first has written into `table` what names the row: as a transaction of its
    own the database refuses that, since the row is not there.
    """

    parts: tuple[tuple[str, str], ...]
    passed: tuple[str, ...]
    values: Sequence[Any]
    judge: Callable[[dict[str, bool]], None]
    table: str

    def judge_error(self, error: IntegrityError) -> None:
        """Say what stands behind an error of the database, if it is that one."""
        cause = error.__cause__
        if isinstance(cause, ForeignKeyViolation) and cause.diag.table_name == self.table:
            self.judge({name: name == self.passed[0] for name in self.passed})


class Bundle:
    """A new row with its key, its guard, and the rows that name it."""

    def __init__(self, row: models.Model, also: Sequence[Also], guard: Guard) -> None:
        if row.pk is None:
            raise TypeError("The first row of a bundle has its key before it is written.")
        self.guard = guard
        self.rows: list[models.Model] = []
        self.shape: list[tuple[Any, ...]] = []
        self.values: list[Any] = [*guard.values]
        self.add(row, also)

    def is_named_by(self, row: models.Model) -> bool:
        """Whether a new row belongs to the first one, so that there can be none like it yet."""
        first = self.rows[0]
        return row.pk is None and any(each is first for each in row._state.fields_cache.values())

    def add(self, row: models.Model, also: Sequence[Also], *, once: bool = False) -> None:
        """Write a row, too, and what belongs to it; `once` unless a unique constraint has one like it already."""
        columns, values = columns_of(row, with_key=not self.rows)
        others = with_history(row, also)
        if values is None or any(each.answer for each in others):
            raise TypeError("A bundle takes plain values, and gives no answers of single writes.")
        self.rows.append(row)
        self.shape.append((type(row), columns, tuple(each.sql for each in others), once))
        self.values += values
        for each in others:
            self.values += each.values

    def run(self, *, alone: bool) -> None:
        """Write them; `alone` as a transaction of their own. Raises what the guard's judge raises."""
        sql = _statement(self.guard.parts, self.guard.passed, tuple(self.shape))
        try:
            found = ask(sql, self.values, begins=not alone)[0]
        except IntegrityError as error:
            self.guard.judge_error(error)
            raise
        count = len(self.guard.passed)
        self.guard.judge(dict(zip(self.guard.passed, found[:count], strict=True)))
        place = count
        for row in self.rows:
            fields = row._meta.db_returning_fields
            for each, value in zip(fields, found[place : place + len(fields)], strict=True):
                setattr(row, each.attname, value)
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
            place += len(fields)


def write_last(row: models.Model, *also: Also, guard: Guard) -> None:
    """Write a new row, whose key is known, and all that will name it, at the end of this transaction."""
    database = here()
    database.settle()
    database.bundle = Bundle(row, also, guard)


@cache
def _statement(parts: tuple[tuple[str, str], ...], passed: tuple[str, ...], shape: tuple[tuple[Any, ...], ...]) -> str:
    steps = [f"{name} AS {sql}" for name, sql in parts]
    wanted, joined = [f"EXISTS (SELECT FROM {name})" for name in passed], []
    for place, (model, columns, others, once) in enumerate(shape):
        own = f"written{place or ''}"
        source = ", ".join(passed) if not place else "written"
        steps.append(f"{own} AS ({_insert(model, columns, source, once)})")
        steps += [f"also{place}_{n} AS ({_WRITTEN.sub(own, sql)})" for n, sql in enumerate(others)]
        wanted += [f'{own}."{each.column}"' for each in model._meta.db_returning_fields]
        joined.append(f"LEFT JOIN {own} ON true")
    return numbered(f"WITH {', '.join(steps)} SELECT {', '.join(wanted)} FROM (SELECT) AS once {' '.join(joined)}")


def _insert(model: type[models.Model], columns: tuple[str, ...], source: str, once: bool) -> str:
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("%s" for _name in columns)
    how = " ON CONFLICT DO NOTHING" if once else ""
    table = cast(Any, model)._meta.db_table
    return f'INSERT INTO "{table}" ({names}) SELECT {places} FROM {source}{how} RETURNING *'
