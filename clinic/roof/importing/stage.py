"""The rows of a file in a temporary table: order, twins and strangers are the database's work, not memory's."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from clinic.patients.models import Patient
from clinic.roof.importing.context import Context
from clinic.roof.importing.rows import COLUMNS, TYPES, Row
from clinic.roof.importing.treatment import MASK
from scheduling.models import Appointment, Source

PATIENTS, APPOINTMENTS = Patient._meta.db_table, Appointment._meta.db_table
CHUNK = 2000


def prepare() -> None:
    """Empty tables that end with the transaction: the rows, and whose each row is."""
    columns = ", ".join(f'"{name}" {TYPES.get(name, "text")}' for name in COLUMNS)
    with connection.cursor() as cursor:
        # One import of a clinic at a time; the second waits and then finds everything there.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import ' || current_schema()))")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_rows, pg_temp.import_owners, pg_temp.import_people")
        cursor.execute(f"CREATE TEMP TABLE import_rows ({columns}) ON COMMIT DROP")
        cursor.execute("CREATE TEMP TABLE import_owners (line integer, patient_id bigint) ON COMMIT DROP")
        cursor.execute("CREATE TEMP TABLE import_people (person text, patient_id bigint) ON COMMIT DROP")


def fill(rows: Iterable[Row]) -> None:
    """Take the rows in."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY pg_temp.import_rows ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([getattr(row, name) for name in COLUMNS])
        cursor.execute("CREATE INDEX ON pg_temp.import_rows (person)")
        cursor.execute("CREATE INDEX ON pg_temp.import_rows (external)")
        cursor.execute("ANALYZE pg_temp.import_rows")


TWINS = """
    WITH twins AS (
        SELECT line, min(line) OVER same AS first, cells = first_value(cells) OVER (same ORDER BY line) AS alike
        FROM pg_temp.import_rows
        WINDOW same AS (PARTITION BY CASE WHEN external = '' THEN 'row ' || cells ELSE external END)
    )
    DELETE FROM pg_temp.import_rows r USING twins t WHERE r.line = t.line AND t.line > t.first
    RETURNING r.line, t.first, t.alike, r.cells
"""


def take_out_twins() -> Iterator[tuple[int, int, bool, str]]:
    """Remove rows that repeat an earlier one: (line, earlier line, whether they are alike, cells)."""
    with connection.cursor() as cursor:
        cursor.execute(TWINS)
        while found := cursor.fetchmany(CHUNK):
            yield from found


def take_out_known(context: Context) -> int:
    """Remove rows whose appointment is here already; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM pg_temp.import_rows r USING {APPOINTMENTS} a "  # noqa: S608 (a table of ours)
            "WHERE r.external <> '' AND a.source = %s AND a.external_id = %s || r.external",
            [Source.IMPORT, context.prefix],
        )
        return int(cursor.rowcount)


def own_by_name(context: Context) -> None:
    """Give rows to the patients that came from the same system under the same id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pg_temp.import_owners SELECT r.line, coalesce(p.merged_into_id, p.id) "  # noqa: S608 (fixed text)
            f"FROM pg_temp.import_rows r JOIN {PATIENTS} p ON p.source = %s AND p.external_id = r.person "
            "WHERE position(%s in r.person) = 0",
            [context.source, MASK],
        )


def own_by_code() -> None:
    """Give rows to the one patient of the clinic who has the same national code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pg_temp.import_owners SELECT r.line, p.id FROM pg_temp.import_rows r "  # noqa: S608 (fixed text)
            "JOIN (SELECT person, max(national_code) AS code FROM pg_temp.import_rows WHERE national_code <> '' "
            "      GROUP BY person HAVING count(DISTINCT national_code) = 1) told USING (person) "
            "JOIN (SELECT national_code, min(id) AS id FROM "
            f"      {PATIENTS} WHERE national_code <> '' AND merged_into_id IS NULL "
            "      GROUP BY national_code HAVING count(*) = 1) p ON p.national_code = told.code "
            "WHERE NOT EXISTS (SELECT FROM pg_temp.import_owners o WHERE o.line = r.line)"
        )


def strangers() -> Iterator[Row]:
    """One row for each person nobody here knows, the one that names her where there is any."""
    return _rows(
        "SELECT DISTINCT ON (person) {columns} FROM pg_temp.import_rows r "
        "WHERE position(%s in person) = 0 "
        "AND NOT EXISTS (SELECT FROM pg_temp.import_owners o WHERE o.line = r.line) "
        "ORDER BY person, last_name = '', line",
        [MASK],
    )


def masked() -> Iterator[Row]:
    """Rows whose ids are masked, in the order in which they happened."""
    return _rows(
        "SELECT {columns} FROM pg_temp.import_rows r WHERE position(%s in person) > 0 ORDER BY day, count, line", [MASK]
    )


def tell_people(people: Iterable[tuple[str, int]]) -> None:
    """Note who the persons of the file became."""
    _copy("import_people (person, patient_id)", people)


def tell_owners(owners: Iterable[tuple[int, int]]) -> None:
    """Note whose single rows are."""
    _copy("import_owners (line, patient_id)", owners)


def own_by_person() -> None:
    """Give rows to the patients just made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pg_temp.import_owners SELECT r.line, p.patient_id "
            "FROM pg_temp.import_rows r JOIN pg_temp.import_people p USING (person)"
        )
        cursor.execute("CREATE INDEX ON pg_temp.import_owners (line)")
        cursor.execute("ANALYZE pg_temp.import_owners")


def unowned() -> Iterator[Row]:
    """Rows that belong to nobody."""
    return _rows(
        "SELECT {columns} FROM pg_temp.import_rows r "
        "WHERE NOT EXISTS (SELECT FROM pg_temp.import_owners o WHERE o.line = r.line) ORDER BY line",
        [],
    )


def appointments() -> Iterator[tuple[Row, int]]:
    """(row, patient) of every appointment, in the order in which they happen."""
    rows = _cursor(
        "SELECT {columns}, o.patient_id FROM pg_temp.import_rows r JOIN pg_temp.import_owners o ON o.line = r.line "
        "WHERE day IS NOT NULL ORDER BY day, starts_at, r.line",
        [],
    )
    for *values, patient_id in rows:
        yield Row(*values), patient_id


def count_appointments() -> int:
    """How many rows are appointments still to write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_temp.import_rows WHERE day IS NOT NULL")
        return int(cursor.fetchone()[0])


def _rows(sql: str, parameters: list[Any]) -> Iterator[Row]:
    for values in _cursor(sql, parameters):
        yield Row(*values)


def _cursor(sql: str, parameters: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql.replace("{columns}", ", ".join(f'r."{name}"' for name in COLUMNS)), parameters)
        while found := cursor.fetchmany(CHUNK):
            yield from found


def _copy(target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY pg_temp.{target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
