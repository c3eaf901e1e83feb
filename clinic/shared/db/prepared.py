"""Statements that the server keeps: parsed and planned once for a connection, not at every request."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

_VALUE = re.compile(r"%\((\w+)\)s|%%")


class Statement:
    """SQL with `%(name)s` for values and `%%` for a percent sign, for what is asked often.

    The server infers the type of a value from what stands beside it; where nothing does, the SQL casts it. One name
    has one type.
    """

    def __init__(self, sql: str) -> None:
        self.names: list[str] = []
        self.sql = _VALUE.sub(self._number, " ".join(sql.split()))

    def _number(self, found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Ask it; all rows."""
        return ask(self.sql, [values[name] for name in self.names])

    def row(self, **values: Any) -> tuple[Any, ...] | None:
        """Ask it; the first row, None where there is none."""
        found = self.rows(**values)
        return found[0] if found else None


@cache
def _statement(sql: str) -> Statement:
    return Statement(sql)


def rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement of constant text; see `Statement`."""
    return _statement(sql).rows(**values)


def ask(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement with its values as `$1`, `$2`, …

    Each clinic has a statement of its own: one that served another clinic before is parsed and planned again by the
    server, since its names mean other tables now.
    """
    clinic: Any = connections[DEFAULT_DB_ALIAS]  # the connection itself: every look through its proxy costs a search
    cursor = clinic.prepared()  # never closed: it lives as long as its connection
    cursor.execute(f"{sql} /* {clinic.schema_name} */", values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
