"""What hangs on a patient, found from the models themselves: a table that is added later is carried, too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from clinic.patients.models import Patient, PatientMerge
from clinic.shared.models import AppendOnly


@dataclass(frozen=True)
class Link:
    """A column that points at patients, and why its rows stay where they are in a merge (empty: they move)."""

    model: type[models.Model]
    field: str
    stays: str = ""

    @property
    def label(self) -> str:
        """Its name among the rows that moved: `scheduling.visit.patient`."""
        return f"{self.model._meta.label_lower}.{self.field}"

    def rows(self, **wanted: Any) -> models.QuerySet[Any]:
        """Rows of the table, whoever they belong to."""
        return models.QuerySet(self.model).filter(**wanted)


def links() -> Iterator[Link]:
    """Every column of every table of the clinic that points at a patient, history excepted."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy or hasattr(model, "history_id"):
            continue
        stays = getattr(model, "stays_on_merge", "")
        if issubclass(model, AppendOnly):
            stays = "Its rows are written once."
        for field in model._meta.local_concrete_fields:
            if field.remote_field is not None and field.remote_field.model is Patient:
                yield Link(model, field.name, stays)


def clashing(link: Link) -> list[str]:
    """The names of what the database allows once a patient in this table: of two such rows one stays behind."""
    meta = link.model._meta
    once = [
        rule.name
        for rule in meta.constraints
        if isinstance(rule, models.UniqueConstraint) and link.field in rule.fields
    ]
    together = ["+".join(fields) for fields in meta.unique_together if link.field in fields]
    return [*once, *together, *([link.field] if getattr(meta.get_field(link.field), "unique", False) else [])]


def merge_of(merge_id: int) -> PatientMerge:
    """A merge with both patients."""
    return PatientMerge.objects.select_related("source", "target").get(pk=merge_id)
