"""A report as tables of typed cells: one shape for the page and for files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MONEY, TEXT, DAY, COUNT = "money", "text", "day", "count"


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns; `href` opens what is behind it, `strong` is a sum."""

    cells: Sequence[Any]
    href: str = ""
    strong: bool = False
    drawer: bool = False


@dataclass
class Table:
    """Columns as (words, kind of cell) and their rows."""

    title: str
    columns: Sequence[tuple[str, str]]
    rows: list[Row] = field(default_factory=list)

    def add(self, *cells: Any, href: str = "", strong: bool = False, drawer: bool = False) -> None:
        """One row more."""
        self.rows.append(Row(cells, href, strong, drawer))

    @property
    def shown(self) -> list[tuple[Row, list[tuple[Any, str, str]]]]:
        """Rows with (cell, kind, words of the column), for the page."""
        kinds = [(kind, label) for label, kind in self.columns]
        return [
            (row, [(cell, kind, label) for cell, (kind, label) in zip(row.cells, kinds, strict=True)])
            for row in self.rows
        ]
