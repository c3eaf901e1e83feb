"""Tables of a report as files: plain text, or a workbook."""

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from clinic.shared.calendar import format_date
from clinic.shared.money import language, unit_name
from clinic.shared.sheets import csv_answer, safe_cell
from finance.views.report_tables import TEXT, Table

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
