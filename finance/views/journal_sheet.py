"""The accountant's file: every journal line of some days, under columns that stay what they are (decision 9)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from clinic.shared.calendar import year_month_day
from clinic.shared.tenancy import current_clinic
from finance.models import JournalLine
from finance.queries.books import name_of
from finance.views.report_tables import MONEY, TEXT, Table

# Their names and order are a promise to programs that read the file: add at the end, never rename.
COLUMNS = (
    "entry", "line", "date", "date_jalali", "kind", "description", "memo", "account_code", "account_name", "debit",
    "credit", "currency", "branch", "doctor", "document", "takes_back", "posted_at",
)  # fmt: skip
AMOUNTS = {"debit", "credit"}


def journal_table(lines: QuerySet[JournalLine], title: str) -> Table:
    """The lines as a table for a file."""
    table = Table(title, [(name, MONEY if name in AMOUNTS else TEXT) for name in COLUMNS])
    for cells in rows(lines):
        table.add(*cells)
    return table


def rows(lines: QuerySet[JournalLine]) -> Iterator[list[Any]]:
    """One list a line, in the order of COLUMNS; amounts in the clinic's currency, one of the two sides empty."""
    currency = current_clinic().currency
    found = lines.select_related("journal", "account", "branch", "practitioner")
    for line in found.order_by("business_date", "journal_id", "pk").iterator(5000):
        journal, day = line.journal, line.business_date
        yield [
            str(journal.pk), str(line.pk), day.isoformat() if day else "", _jalali(line), journal.kind,
            journal.kind_label, journal.memo, line.account.code, name_of(line.account),
            line.amount if line.amount > 0 else "", -line.amount if line.amount < 0 else "", currency,
            line.branch.name if line.branch else "", line.practitioner.name if line.practitioner else "",
            journal.cause, str(journal.reverses_id or ""), journal.posted_at.isoformat(timespec="seconds"),
        ]  # fmt: skip


def _jalali(line: JournalLine) -> str:
    if not line.business_date:
        return ""
    return "/".join(f"{part:02d}" for part in year_month_day(line.business_date, "jalali"))
