"""History rows of what people change, with who, from where and by which request."""

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from clinic.shared.actor import current_actor


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
        """What was saved has its history row already, by the same statement (`clinic/shared/writing.py`)."""
        if instance.__dict__.pop("history_is_written", False):
            return
        super().create_historical_record(instance, history_type, using)

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


def _save_with_address(self: Any, *args: Any, **kwargs: Any) -> None:
    actor = current_actor()
    self.ip, self.request_id = actor.ip, actor.request_id
    self.history_user_id = actor.user_id
    models.Model.save(self, *args, **kwargs)


def _history_actor(historical_instance: Any) -> Any:
    return historical_instance.history_user_id


def _set_history_actor(historical_instance: Any, user: Any) -> None:
    historical_instance.history_user_id = user
