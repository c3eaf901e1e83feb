"""`manage.py import_appointments`: patients and visits from another system."""

import re
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.accounts.models import Branch
from clinic.roof.importing.context import Context
from clinic.roof.importing.errors import FileProblem
from clinic.roof.importing.reading import Table
from clinic.roof.importing.report import Report, report_path
from clinic.roof.importing.run import Result, run_import
from clinic.shared.tenancy import use_clinic
from tenants.queries import clinic_by_schema


class Command(BaseCommand):
    help = "Import patients and visits from a CSV file (docs/import.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file, plain or .gz")
        parser.add_argument("--clinic", required=True, help="schema name")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
        parser.add_argument("--branch", default="", help="name of the branch (else the first one)")
        parser.add_argument("--system", default="", help="name of the other system, if there are several")
        parser.add_argument("--encoding", default="", help="for example cp1256; else UTF-8 or UTF-16 by its mark")
        parser.add_argument("--report", default="", help="where refused rows go (else FILE.refused.csv)")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_by_schema(options["clinic"])
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']!r} at work.")
        if not re.fullmatch(r"[a-z0-9_-]{0,12}", options["system"]):
            raise CommandError("--system has at most 12 small letters, digits, - and _.")
        began = time.monotonic()
        with use_clinic(clinic):
            context = Context(_branch(options["branch"]), options["system"])
            try:
                with Table(options["file"], options["encoding"]) as table:
                    report = Report(report_path(options["file"], options["report"]), table.header)
                    result = run_import(table, report, context, self.stderr, dry_run=options["dry_run"])
            except FileProblem as problem:
                raise CommandError(f"Nothing was imported. {problem}") from problem
        self._tell(result, report, time.monotonic() - began, dry_run=options["dry_run"])

    def _tell(self, result: Result, report: Report, seconds: float, *, dry_run: bool) -> None:
        for line in report.summary():
            self.stdout.write(line)
        self.stdout.write(
            f"{result.read:,} rows read in {seconds:.1f} s: {result.patients:,} new patients, "
            f"{result.appointments:,} new appointments ({result.visits:,} visits), {result.known:,} were here already, "
            f"{report.refused:,} refused."
        )
        if dry_run:
            self.stdout.write("This was a dry run: nothing was written.")
        try:
            if path := report.write():
                self.stdout.write(f"Refused rows with their reasons: {path}")
        except OSError as error:
            self.stderr.write(f"The report cannot be written to {report.path} ({error.strerror}); use --report FILE.")


def _branch(name: str) -> Branch:
    branches = Branch.objects.order_by("pk")
    found = branches.filter(name=name).first() if name else branches.first()
    if found is None:
        names = ", ".join(branches.values_list("name", flat=True))
        raise CommandError(f"The clinic has no branch {name!r}. It has: {names or 'none'}.")
    return found
