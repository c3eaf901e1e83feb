"""Objects of several models from one row of a statement that joins them."""

from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, models


class Columns:
    """The columns of a model in a statement that joins several: `sql` names them, `of` makes the object."""

    def __init__(self, model: type[models.Model], alias: str) -> None:
        fields = model._meta.concrete_fields
        self.model, self.count = model, len(fields)
        self.names = [field.attname for field in fields]
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.key = fields.index(cast(Any, model._meta.pk))
        if any(hasattr(field, "from_db_value") for field in fields):
            raise TypeError(f"{model.__name__} has values that Django itself must read.")

    def of(self, values: tuple[Any, ...]) -> Any:
        """The object; None where a LEFT JOIN found none."""
        return None if values[self.key] is None else self.model.from_db(DEFAULT_DB_ALIAS, self.names, values)


class Joined:
    """Several models in one row of a statement, in this order, then whatever else it selects."""

    def __init__(self, **parts: type[models.Model]) -> None:
        self.parts = [Columns(model, alias) for alias, model in parts.items()]
        self.sql = ", ".join(part.sql for part in self.parts)

    def read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Its objects, and what else stands in the row."""
        found: list[Any] = []
        start = 0
        for part in self.parts:
            found.append(part.of(row[start : start + part.count]))
            start += part.count
        return (*found, *row[start:])
