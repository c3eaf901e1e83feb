"""A report as tables of typed cells: one shape for the page, for CSV and for a spreadsheet."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from clinic.shared.calendar import format_date
from clinic.shared.money import language, unit_name
from clinic.shared.sheets import csv_answer, safe_cell

MONEY, TEXT, DAY, COUNT = "money", "text", "day", "count"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def as_csv(name: str, tables: Sequence[Table]) -> HttpResponse:
    """All tables in one file, each under its title; amounts are plain numbers in the clinic's currency."""
    lines: list[list[Any]] = []
    for table in tables:
        lines += [[], [table.title], [label for label, _kind in table.columns]]
        lines += [[_plain(cell) for cell in row.cells] for row in table.rows]
    return csv_answer(name, [_("Amounts in %(unit)s") % {"unit": unit_name(display_unit="")}], lines)


def _plain(cell: Any) -> Any:
    return format_date(cell, "en", "numeric") if isinstance(cell, dt.date) else cell


def as_xlsx(name: str, tables: Sequence[Table]) -> HttpResponse:
    """A workbook with a sheet for each table; numbers are numbers, and no text is ever a formula or a link."""
    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, safe)
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.##"})
    for number, table in enumerate(tables, 1):
        sheet = book.add_worksheet(f"{number}")
        if language() == "fa":
            sheet.right_to_left()
        sheet.write_string(0, 0, safe_cell(table.title), bold)
        for column, (label, kind) in enumerate(table.columns):
            sheet.write_string(1, column, safe_cell(label), bold)
            sheet.set_column(column, column, 40 if kind == TEXT else 18)
        for line, row in enumerate(table.rows, 2):
            for column, cell in enumerate(row.cells):
                if isinstance(cell, Decimal | int):
                    sheet.write_number(line, column, cell, money)
                else:
                    sheet.write_string(line, column, safe_cell(_plain(cell)))
    book.close()
    answer = HttpResponse(out.getvalue(), content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer
