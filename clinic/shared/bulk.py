"""The one door for writing many audited rows at once: COPY, with their history rows, used by seed and import."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from clinic.shared.actor import current_actor
from clinic.shared.writing import copy_to_history


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Take ids from the table's sequence, so that rows can point at each other before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def write_rows(model: type[models.Model], rows: Sequence[Any], *, history: bool = True) -> None:
    """Write new rows, and one "created" history row for each where the model is audited.

    Rows without an id get one. Constraints and triggers of the database hold as for any other write.
    """
    if not rows:
        return
    missing = [row for row in rows if row.pk is None]
    for row, pk in zip(missing, reserve_ids(model, len(missing)) if missing else [], strict=True):
        row.pk = pk
    fields = [f for f in model._meta.local_concrete_fields if not getattr(f, "generated", False)]
    _copy(model._meta.db_table, [f.column for f in fields], (_values(fields, row) for row in rows))
    manager = getattr(model._meta, "simple_history_manager_attribute", None)
    if history and manager:
        _write_history(getattr(model, manager).model, rows)


def _values(fields: Iterable[models.Field], row: Any) -> list[Any]:
    return [_value(field, row) for field in fields]


def _value(field: models.Field, row: Any) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, DatabaseDefault):
        value = timezone.now() if isinstance(field, models.DateTimeField) else field.get_default()
    return field.get_db_prep_save(value, connection)


def _write_history(history_model: type[models.Model], rows: Sequence[Any]) -> None:
    actor, now = current_actor(), timezone.now()
    fixed = {
        "history_date": now,
        "history_type": "+",
        "history_change_reason": None,
        "history_user_id": actor.user_id,
        "ip": actor.ip,
        "request_id": actor.request_id,
    }
    fields = [f for f in history_model._meta.local_concrete_fields if f.name != "history_id"]

    def values(row: Any) -> list[Any]:
        at = getattr(row, "created_at", None)
        when = now if at is None or isinstance(at, DatabaseDefault) else at
        return [
            (when if f.name == "history_date" else fixed[f.name]) if f.name in fixed else _value(f, row) for f in fields
        ]

    _copy(history_model._meta.db_table, [f.column for f in fields], (values(row) for row in rows))


def _copy(table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def relink(model: type[models.Model], field: str, ids: Sequence[int], to: int) -> None:
    """Point a foreign key of many rows elsewhere, in one statement, with a history row each where the model has one."""
    changed: models.QuerySet[Any] = models.QuerySet(model).filter(pk__in=ids)
    changed.update(**{field: to})
    manager = getattr(model._meta, "simple_history_manager_attribute", None)
    if manager:
        copy_to_history(model, getattr(model, manager).model, ids)
