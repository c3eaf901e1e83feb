"""One import from the file to the report: everything in one transaction."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation

from clinic.roof.importing import stage
from clinic.roof.importing.context import Context
from clinic.roof.importing.diary import Diary
from clinic.roof.importing.errors import RowProblem
from clinic.roof.importing.layouts import layout_of
from clinic.roof.importing.masked import find_masked_people
from clinic.roof.importing.people import find_people
from clinic.roof.importing.progress import Progress
from clinic.roof.importing.reading import Table
from clinic.roof.importing.report import Report
from clinic.roof.importing.rows import Row
from clinic.roof.importing.setup import Setup
from clinic.shared.actor import from_where
from clinic.shared.tenancy import current_clinic

STEP = 500  # rows between two drawings of the bar


@dataclass
class Result:
    """What an import did, or would do."""

    read: int = 0
    known: int = 0
    patients: int = 0
    appointments: int = 0
    visits: int = 0


def run_import(table: Table, report: Report, context: Context, out: Any, *, dry_run: bool = False) -> Result:
    """Import a file; nothing of it stays where anything fails, or in a dry run. Raises FileProblem."""
    result = Result()
    with transaction.atomic(), from_where(ip=None, request_id="import"):
        stage.prepare()
        # Reasons are for whoever runs the command; names that stay in the clinic are in the clinic's language.
        with translation.override("en"), Progress(out, "Reading") as bar:
            stage.fill(_rows(table, report, context, result, bar))
            for line, first, alike, cells in stage.take_out_twins():
                twin = f"the same row as line {first}." if alike else f"line {first} has this appointment_id already."
                report.refuse(line, twin, split_cells(cells))
        with translation.override(current_clinic().language):
            _write(report, context, out, result)
        if dry_run:
            transaction.set_rollback(True)
    return result


def _rows(table: Table, report: Report, context: Context, result: Result, bar: Progress) -> Iterator[Row]:
    layout = layout_of(table.header)
    for line, cells in table.rows():
        result.read += 1
        if result.read % STEP == 0:
            bar(table.read, result.read)
        try:
            row = layout.row(line, cells, context)
        except RowProblem as problem:
            report.refuse(line, str(problem), cells)
            continue
        row.cells = join_cells(cells)
        yield row
    bar(1.0, result.read)


def _write(report: Report, context: Context, out: Any, result: Result) -> None:
    def refuse(row: Row, reason: str) -> None:
        report.refuse(row.line, reason, split_cells(row.cells))

    result.known = stage.take_out_known(context)
    result.patients = find_masked_people(context) + find_people(context, refuse)
    total, done = max(stage.count_appointments(), 1), 0
    with Progress(out, "Writing") as bar:

        def tell(rows: int) -> None:
            nonlocal done
            done += rows
            bar(done / total, done)

        written = Diary(context, Setup(context), refuse).write(tell)
    result.appointments, result.visits = written.appointments, written.visits


def join_cells(cells: list[str]) -> str:
    """The cells of a row in one text, for the report."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue().replace("\x00", "")


def split_cells(text: str) -> list[str]:
    """The cells again."""
    return next(csv.reader([text]), [])
