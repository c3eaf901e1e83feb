"""Who changed what and when, before and after, over every audited table."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from clinic.accounts.models import User
from clinic.shared.money import language
from clinic.shared.tables import shown

KINDS = {"+": "created", "~": "changed", "-": "deleted"}
HIDDEN = {"history_id", "history_date", "history_type", "history_user_id", "history_change_reason", "ip", "request_id"}


@dataclass(frozen=True)
class Change:
    """One history row beside the one before it."""

    at: dt.datetime
    kind: str
    table: str
    label: str
    row_id: int
    what: str
    user: User | None
    ip: str | None
    request_id: str
    fields: list[tuple[str, Any, Any]]


def audited_models() -> dict[str, type[models.Model]]:
    """Label → model of everything that keeps a history in a clinic's schema."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute") and model._meta.app_label != "tenants"
    }


def changes(
    *,
    allowed: set[str],
    table: str = "",
    row: int | None = None,
    user: int | None = None,
    limit: int = 50,
    skip: int = 0,
) -> list[Change]:
    """The latest changes, newest first, of the tables in `allowed`, narrowed as wanted."""
    wanted = {label: model for label, model in audited_models().items() if label in allowed and table in {"", label}}
    if not wanted:
        return []
    keys = _keys(wanted, row, user, limit, skip)
    people = {u.pk: u for u in User.objects.filter(pk__in={user_id for *_rest, user_id in keys if user_id})}
    return [_change(wanted[label], label, history_id, people.get(user_id)) for label, history_id, user_id in keys]


def _keys(
    wanted: dict[str, type[models.Model]], row: int | None, user: int | None, limit: int, skip: int
) -> list[tuple[str, int, int | None]]:
    """One UNION over the history tables, each reading only its newest rows by index."""
    parts: list[str] = []
    values: list[Any] = []
    for label, model in wanted.items():
        history = _history(model)
        where = ""
        own: list[Any] = []
        if row is not None:
            where, own = " AND id = %s", [row]
        if user is not None:
            where, own = where + " AND history_user_id = %s", [*own, user]
        parts.append(
            f"(SELECT %s AS label, history_id, history_user_id, history_date FROM {history._meta.db_table} "  # noqa: S608 (names are ours)
            f"WHERE true{where} ORDER BY history_date DESC LIMIT %s)"
        )
        values += [label, *own, limit + skip]
    union = " UNION ALL ".join(parts)
    text = f"SELECT * FROM ({union}) AS newest ORDER BY history_date DESC, history_id DESC LIMIT %s OFFSET %s"  # noqa: S608 (names are ours)
    with connection.cursor() as cursor:
        cursor.execute(text, [*values, limit, skip])
        return [(label, history_id, user_id) for label, history_id, user_id, _at in cursor.fetchall()]


def _history(model: type[models.Model]) -> Any:
    options: Any = model._meta
    return getattr(model, options.simple_history_manager_attribute).model


def _change(model: type[models.Model], label: str, history_id: int, user: User | None) -> Change:
    history = _history(model)
    after = history.objects.get(pk=history_id)
    before = (
        history.objects.filter(id=after.id, history_date__lte=after.history_date)
        .exclude(pk=history_id)
        .order_by("-history_date", "-history_id")
        .first()
        if after.history_type == "~"
        else None
    )
    return Change(
        at=after.history_date,
        kind=KINDS[after.history_type],
        table=label,
        label=str(model._meta.verbose_name),
        row_id=after.id,
        what=_name(after),
        user=user,
        ip=after.ip,
        request_id=after.request_id,
        fields=_differences(history, before, after),
    )


def _name(after: Any) -> str:
    own = ("name_en",) if language() == "en" else ()
    for name in ("full_name", *own, "name", "last_name", "number"):
        value = getattr(after, name, "")
        if value:
            return str(value)
    return ""


def _differences(history: Any, before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    found = []
    for field in history._meta.local_concrete_fields:
        if field.name in HIDDEN or field.name == "id":
            continue
        new = getattr(after, field.attname)
        old = getattr(before, field.attname) if before else None
        if (before is not None and old != new) or (before is None and new not in (None, "", False)):
            found.append((str(field.verbose_name), shown(field, old), shown(field, new)))
    return found
