"""Base models: audited rows, rows that are written once, and status changes."""

from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.shared.actor import current_actor
from clinic.shared.writing import Also, Written, address, beside, beside_values


def money_field(**kwargs: Any) -> models.DecimalField:
    """An amount in the clinic's currency: exact, never a float."""
    return models.DecimalField(max_digits=18, decimal_places=2, **kwargs)


def quantity_field(**kwargs: Any) -> models.DecimalField:
    """An amount of stock in its unit of use."""
    return models.DecimalField(max_digits=14, decimal_places=3, **kwargs)


ZERO = Decimal(0)


class AuditedQuerySet(models.QuerySet):
    """Writes that would leave no history row are refused; save each row, or use `clinic.shared.bulk`."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} is audited: save its rows one by one.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} is audited: use clinic.shared.bulk.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} is audited: save its rows one by one.")


class Audited(Written):
    """A row that people change; declare `history = History()` beside it."""

    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    objects = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True


class AppendOnly(Written):
    """A row that is written once. The database refuses UPDATE and DELETE (`clinic.shared.guards`)."""

    class Meta:
        abstract = True


class StatusChange(AppendOnly):
    """One move of something that has a life: what screens read. The concrete table adds `subject`."""

    from_status = models.CharField(max_length=30, blank=True)
    to_status = models.CharField(max_length=30)
    at = models.DateTimeField(db_default=Now())  # when it was entered
    happened_at = models.DateTimeField(null=True)  # when it happened, where that was written down first
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.TextField(blank=True, default="")
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        abstract = True

    @classmethod
    def of(cls, subject: models.Model, before: str, after: str, *, by: Any, reason: str = "", **more: Any) -> Any:
        """The row of one move, not written yet."""
        actor = current_actor()
        row: Any = cls
        return row(
            subject=subject,
            from_status=before,
            to_status=after,
            by=by,
            reason=reason,
            ip=actor.ip,
            request_id=actor.request_id,
            **more,
        )

    @classmethod
    def beside(cls, subject: models.Model, before: str, after: str, *, by: Any, reason: str = "", **more: Any) -> Also:
        """The row of one move, written in the statement that writes its subject; without an object where it can be."""
        if more or _has_more(cls):
            return beside(cls.of(subject, before, after, by=by, reason=reason, **more))
        actor = current_actor()
        values = {
            "from_status": str(before),
            "to_status": str(after),
            "by_id": getattr(by, "pk", None),
            "reason": reason,
            "ip": address(actor.ip),
            "request_id": actor.request_id,
        }
        return beside_values(cls, "subject_id", values)

    @classmethod
    def record(cls, subject: models.Model, before: str, after: str, *, by: Any, reason: str = "", **more: Any) -> Any:
        """Write the row of a move by itself; `statuses.begin` and `statuses.move` write it with the moved row."""
        row = cls.of(subject, before, after, by=by, reason=reason, **more)
        row.save(force_insert=True)
        return row


@cache
def _has_more(log: type[StatusChange]) -> bool:
    """Whether the rows of a log need other values than every log's."""
    usual = {"id", "subject", *(each.name for each in StatusChange._meta.local_fields)}
    return any(each.name not in usual and not each.null for each in log._meta.local_concrete_fields)


class IdempotencyKey(models.Model):
    """What was answered to a request that carried `Idempotency-Key`, so that a repeat gets the same answer."""

    key = models.CharField(max_length=200)
    scope = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_once")]
