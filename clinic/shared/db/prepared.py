"""Statements that the server keeps: parsed and planned once for a connection, not at every request."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from clinic.shared.db.here import here

_VALUE = re.compile(r"%\((\w+)\)s|%%")


class Statement:
    """SQL with `%(name)s` for values and `%%` for a percent sign, for what is asked often.

    The server infers the type of a value from what stands beside it; where nothing does, the SQL casts it. One name
    has one type. What only `reads`, and locks nothing, begins no transaction on the server.
    """

    def __init__(self, sql: str, *, reads: bool = False) -> None:
        self.reads = reads
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
        return ask(self.sql, [values[name] for name in self.names], begins=not self.reads)

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


def ask(sql: str, values: list[Any], *, begins: bool = True) -> list[tuple[Any, ...]]:
    """All rows of a statement with its values as `$1`, `$2`, …; see `prepared` for `begins`.

    Each clinic has a statement of its own: one that served another clinic before is parsed and planned again by the
    server, since its names mean other tables now.
    """
    clinic = here()
    cursor = clinic.prepared(begins=begins)  # never closed: it lives as long as its connection
    cursor.execute(f"{sql} /* {clinic.schema_name} */", values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
