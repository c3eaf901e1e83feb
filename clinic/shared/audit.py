"""History rows of what people change, with who, from where and by which request."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from clinic.shared.actor import current_actor

ADDED = ['"history_date"', '"history_type"', '"history_change_reason"', '"history_user_id"', '"ip"', '"request_id"']


class AuditedHistory(models.Model):
    """What every history row keeps besides the values."""

    ip = models.GenericIPAddressField(null=True, editable=False)
    request_id = models.CharField(max_length=40, blank=True, default="", editable=False)

    class Meta:
        abstract = True


def _history_user(instance: models.Model, **kwargs: Any) -> int | None:
    return current_actor().user_id


class History(HistoricalRecords):
    """`history = History()` on every model that a person can change.

    The user is kept as a plain number: a history row outlives the account and is complete in its own schema.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("bases", [AuditedHistory])
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("history_user_id_field", models.BigIntegerField(null=True))
        kwargs.setdefault("history_user_getter", _history_actor)
        kwargs.setdefault("history_user_setter", _set_history_actor)
        kwargs.setdefault("get_user", _history_user)
        super().__init__(**kwargs)

    def create_historical_record(self, instance: models.Model, history_type: str, using: str | None = None) -> None:
        """Copy the row as it stands in the table, in one statement; a deleted one from memory."""
        history = getattr(instance, self.manager_name).model
        if history_type == "-" or self.get_m2m_fields_from_model(type(instance)):
            super().create_historical_record(instance, history_type, using)
            return
        actor = current_actor()
        when = getattr(instance, "_history_date", None) or timezone.now()
        reason = self.get_change_reason_for_object(instance, history_type, using)
        with connections[using or DEFAULT_DB_ALIAS].cursor() as cursor:
            values = [when, history_type, reason, actor.user_id, actor.ip, actor.request_id, instance.pk]
            cursor.execute(_copy_row(history, type(instance)), values)

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """The copied columns without their indexes: history is read by object and by date only."""
        fields = super().copy_fields(model)
        for name, copied in fields.items():
            copied.db_index = name == model._meta.pk.name
        return fields

    def get_extra_fields(self, model: type[models.Model], fields: Any) -> dict[str, Any]:
        extra = super().get_extra_fields(model, fields)
        extra["save"] = _save_with_address
        return extra


def copy_to_history(model: type[models.Model], history: type[models.Model], ids: Sequence[int]) -> None:
    """One "changed" history row for each of many rows, as they stand in the table now."""
    actor = current_actor()
    statement = _copy_row(history, model).removesuffix("= %s") + "= ANY(%s)"
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, [timezone.now(), "~", None, actor.user_id, actor.ip, actor.request_id, list(ids)])


@cache
def _copy_row(history: type[models.Model], model: type[models.Model]) -> str:
    """The statement that copies one row of a table into its history: its columns stand in both."""
    own = {field.column for field in model._meta.local_concrete_fields}
    columns = [f'"{field.column}"' for field in history._meta.local_concrete_fields if field.column in own]
    columns = [column for column in columns if column not in ADDED]
    names = ", ".join(columns)
    key = model._meta.pk
    assert key
    return (  # names of our own tables and columns only
        f'INSERT INTO "{history._meta.db_table}" ({names}, {", ".join(ADDED)}) '  # noqa: S608 (no value is written into it)
        f'SELECT {names}, %s, %s, %s, %s, %s, %s FROM "{model._meta.db_table}" WHERE "{key.column}" = %s'
    )


def _save_with_address(self: Any, *args: Any, **kwargs: Any) -> None:
    actor = current_actor()
    self.ip, self.request_id = actor.ip, actor.request_id
    self.history_user_id = actor.user_id
    models.Model.save(self, *args, **kwargs)


def _history_actor(historical_instance: Any) -> Any:
    return historical_instance.history_user_id


def _set_history_actor(historical_instance: Any, user: Any) -> None:
    historical_instance.history_user_id = user
