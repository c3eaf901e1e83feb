# ruff: noqa: S608 - names of our own tables and columns stand in these statements, never a value
"""One row and all that belongs to it in one statement: its history, its status, whatever else names it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from itertools import count
from operator import itemgetter
from typing import Any, cast

from django.db import models
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from clinic.shared.actor import current_actor
from clinic.shared.db.here import here
from clinic.shared.db.prepared import ask

ADDED = ("history_date", "history_type", "history_change_reason", "history_user_id", "ip", "request_id")


@dataclass
class Also:
    """Another write in the statement that writes a row, which it reads as `written`: `sql` with `%s` for its values.

    What it returns as `answer` is found in `answers` afterwards.
    """

    sql: str
    values: list[Any]
    answers: list[Any] = field(default_factory=list)
    answer: str = ""


def write(row: models.Model, *also: Also, once: bool = False) -> bool:
    """Save a row, and with it other writes, in one statement (`Written` rows only).

    `once` leaves a new row unwritten, and all that belongs to it, where a unique constraint has one like it already;
    False says so.
    """
    bundle = here().bundle
    if bundle is not None and bundle.is_named_by(row):
        bundle.add(row, also, once=once)
        return True
    state: Any = row
    state._also, state._once = also, once  # taken by `_do_insert` or `_do_update` below
    row.save()
    if "_also" in row.__dict__:
        raise TypeError(f"{type(row).__name__} is not written in one statement.")
    return row.pk is not None


class Written(models.Model):
    """A model whose rows are written so, by every `save()`."""

    class Meta:
        abstract = True

    def _do_insert(self, manager: Any, using: Any, fields: Any, returning_fields: Any, raw: bool) -> Any:
        with_key = any(each.primary_key for each in fields)
        columns, values = columns_of(self, with_key=with_key) if not raw else ((), None)
        if values is None:
            return cast(Any, super())._do_insert(manager, using, fields, returning_fields, raw)
        others = _others(self, "+")
        once, returning = self.__dict__.pop("_once", False), tuple(each.column for each in returning_fields)
        found = ask(_insert(type(self), columns, _shape(others), returning, once), values + _values(others))
        for row in found:
            _answered(others, row[len(returning) :])
        return [row[: len(returning)] for row in found]

    def _do_update(self, *asked: Any, **named: Any) -> Any:
        _base, _using, pk_val, values, *_how = asked
        plain = [value for _field, _model, value in values]
        if not values or any(hasattr(value, "resolve_expression") for value in plain):
            return super()._do_update(*asked, **named)
        others = _others(self, "~")
        columns = tuple(each.column for each, _model, _value in values)
        ready = [_ready(each, value) for each, _model, value in values]
        found = ask(_update(type(self), columns, _shape(others)), [*ready, pk_val, *_values(others)])
        for row in found:
            _answered(others, row[1:])
        return bool(found)


def beside(row: models.Model, link: str = "subject_id") -> Also:
    """The write of another new row that names the written one in its column `link`."""
    columns, values = columns_of(row)
    if values is None:
        raise TypeError("only plain values")
    place = columns.index(link)
    del values[place]
    return Also(_beside(type(row), columns, link), values)


# What psycopg takes as it is; everything else goes through Django's own preparing.
_AS_IT_IS: dict[type[models.Field], type] = {
    models.CharField: str, models.TextField: str, models.BooleanField: bool, models.DecimalField: Decimal,
    models.ForeignKey: int, models.OneToOneField: int, models.BigAutoField: int, models.IntegerField: int,
    models.BigIntegerField: int, models.PositiveIntegerField: int, models.PositiveSmallIntegerField: int,
}  # fmt: skip


def _ready(each: models.Field, value: Any) -> Any:
    if value is None or type(value) is _AS_IT_IS.get(type(each)):
        return value
    if isinstance(each, models.DateTimeField) and type(value) is datetime and value.tzinfo is not None:
        return value
    if isinstance(each, models.GenericIPAddressField):
        return address(value)
    return each.get_db_prep_save(value, here())


@lru_cache(maxsize=256)
def address(ip: str | None) -> Any:
    """An address of the net as the database takes it."""
    return here().ops.adapt_ipaddressfield_value(ip) if ip else None


@dataclass(frozen=True)
class _Plan:
    """How a row with values of certain types is written: `pick` takes those of them that are, `slow` ones are prepared
    by their fields; not at all where one of them is an expression.
    """

    columns: tuple[str, ...]
    pick: Callable[[Any], tuple[Any, ...]]
    slow: tuple[tuple[int, Any], ...]
    is_plain: bool


class _Columns:
    """The columns of a model, or some of them: values of the same types are taken from a row by the same plan."""

    def __init__(self, fields: Sequence[Any]) -> None:
        self.fields = list(fields)
        for each in self.fields:
            if getattr(each, "auto_now", False) or isinstance(each, models.FileField):
                raise TypeError(f"{each} changes its value as it is written.")
        self.names = itemgetter(*(each.attname for each in self.fields))
        self.plans: dict[tuple[type, ...], _Plan] = {}

    def of(self, row: Any) -> tuple[tuple[str, ...], list[Any] | None]:
        """Columns and values, without those that the database fills; no values where one is an expression."""
        found = self.names(row.__dict__)
        types = tuple(map(type, found))
        plan = self.plans.get(types)
        if plan is None:
            plan = self.plans[types] = self._plan(found, types)
        if not plan.is_plain:
            return (), None
        values = list(plan.pick(found))
        for place, each in plan.slow:
            values[place] = _ready(each, values[place])
        return plan.columns, values

    def _plan(self, found: tuple[Any, ...], types: tuple[type, ...]) -> _Plan:
        places = [place for place, value in enumerate(found) if not isinstance(value, DatabaseDefault)]
        kept = [self.fields[place] for place in places]
        slow = [
            (at, each)
            for at, (place, each) in enumerate(zip(places, kept, strict=True))
            if types[place] not in (_AS_IT_IS.get(type(each)), type(None))
        ]
        pick = itemgetter(*places) if len(places) > 1 else lambda values: tuple(values[place] for place in places)
        plain = not any(hasattr(value, "resolve_expression") for value in (found[place] for place in places))
        return _Plan(tuple(each.column for each in kept), pick, tuple(slow), plain)


@cache
def _columns(model: type[models.Model], with_key: bool) -> _Columns:
    fields = [each for each in model._meta.local_concrete_fields if not each.generated]
    return _Columns([each for each in fields if with_key or not each.primary_key])


def beside_values(model: type[models.Model], link: str, values: dict[str, Any]) -> Also:
    """The same of plain values, by their columns."""
    return Also(_beside(model, (*values, link), link), list(values.values()))


def columns_of(row: Any, *, with_key: bool = False) -> tuple[tuple[str, ...], list[Any] | None]:
    """The columns of a new row that are given, and their values; no values where one is an expression."""
    model: type[models.Model] = type(row)
    return _columns(model, with_key).of(row)


def _others(row: Any, kind: str) -> list[Also]:
    """What is written with the row: its history first."""
    others, model = with_history(row, row.__dict__.pop("_also", ()), kind), cast("type[models.Model]", type(row))
    if history_model(model) is not None:
        row.history_is_written = not hasattr(row, "skip_history_when_saving")  # read and taken away by `History`
    return others


def with_history(row: Any, also: Sequence[Also], kind: str = "+") -> list[Also]:
    """What is written with a row, and before it the copy in its history, where it has one."""
    model: type[models.Model] = type(row)
    history = history_model(model)
    if history is None or hasattr(row, "skip_history_when_saving"):
        return list(also)
    return [Also(_copy(history, model), _history_values(kind, getattr(row, "_change_reason", None))), *also]


def _history_values(kind: str, reason: str | None) -> list[Any]:
    actor = current_actor()
    return [timezone.now(), kind, reason, actor.user_id, actor.ip, actor.request_id]


def _shape(others: list[Also]) -> tuple[tuple[str, str], ...]:
    return tuple((each.sql, each.answer) for each in others)


def _values(others: list[Also]) -> list[Any]:
    return [value for each in others for value in each.values]


def _answered(others: list[Also], answers: tuple[Any, ...]) -> None:
    for each, answer in zip([each for each in others if each.answer], answers, strict=True):
        each.answers = answer


@cache
def _insert(
    model: type[models.Model],
    columns: tuple[str, ...],
    others: tuple[tuple[str, str], ...],
    returning: tuple[str, ...],
    once: bool,
) -> str:
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("%s" for _name in columns)
    what = f"({names}) VALUES ({places})" if columns else "DEFAULT VALUES"
    what += " ON CONFLICT DO NOTHING" if once else ""
    if not others:
        wanted = ", ".join(f'"{name}"' for name in returning) or "1"
        return numbered(f'INSERT INTO "{model._meta.db_table}" {what} RETURNING {wanted}')
    return _whole(f'INSERT INTO "{model._meta.db_table}" {what} RETURNING *', others, returning)


@cache
def _update(model: type[models.Model], columns: tuple[str, ...], others: tuple[tuple[str, str], ...]) -> str:
    sets = ", ".join(f'"{name}" = %s' for name in columns)
    key = cast(Any, model._meta.pk).column
    return _whole(f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{key}" = %s RETURNING *', others, (key,))


def _whole(first: str, others: tuple[tuple[str, str], ...], returning: tuple[str, ...]) -> str:
    parts = [f"written AS ({first})", *(f"also{place} AS ({sql})" for place, (sql, _answer) in enumerate(others))]
    wanted = [f'written."{name}"' for name in returning]
    wanted += [f"ARRAY(SELECT {answer} FROM also{place})" for place, (_sql, answer) in enumerate(others) if answer]
    return numbered(f"WITH {', '.join(parts)} SELECT {', '.join(wanted) or '1'} FROM written")


def numbered(sql: str) -> str:
    """A statement with `%s` for its values as the server keeps it, with `$1`, `$2`, …"""
    pieces, number = sql.split("%s"), count(1)
    return pieces[0] + "".join(f"${next(number)}{piece}" for piece in pieces[1:])


@cache
def _beside(model: type[models.Model], columns: tuple[str, ...], link: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    given = ", ".join('written."id"' if name == link else "%s" for name in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {given} FROM written'


@cache
def history_model(model: type[models.Model]) -> type[models.Model] | None:
    """The table of a model's history; None for one without."""
    manager = getattr(model._meta, "simple_history_manager_attribute", None)
    return cast("type[models.Model]", getattr(model, manager).model) if manager else None


@cache
def _copy(history: type[models.Model], model: type[models.Model]) -> str:
    own = {each.column for each in model._meta.local_concrete_fields}
    columns = [each.column for each in history._meta.local_concrete_fields if each.column in own - set(ADDED)]
    names = ", ".join(f'"{column}"' for column in columns)
    added = ", ".join(f'"{column}"' for column in ADDED)
    places = ", ".join("%s" for _column in ADDED)
    return f'INSERT INTO "{history._meta.db_table}" ({names}, {added}) SELECT {names}, {places} FROM written'


def copy_to_history(model: type[models.Model], history: type[models.Model], ids: Sequence[int]) -> None:
    """One "changed" history row for each of many rows, as they stand in the table now."""
    key = cast(Any, model._meta.pk).column
    rows = f'WITH written AS (SELECT * FROM "{model._meta.db_table}" WHERE "{key}" = ANY(%s))'
    ask(numbered(f"{rows} {_copy(history, model)} RETURNING 1"), [list(ids), *_history_values("~", None)])
