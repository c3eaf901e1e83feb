"""Files of a practice that counts the visits of a treatment: first consultations, then visit 1, 2, 3 …

The ids in these files may be masked (`*********20-05`), so that several people share one; `masked.py` tells them apart.
"""

from clinic.roof.importing.context import Context
from clinic.roof.importing.errors import RowProblem
from clinic.roof.importing.rows import Row
from clinic.roof.importing.values import read_count, read_day, short

VISITS = ("patient_id", "ortho_maintenance_date", "ortho_maintenance_count")
CONSULTS = ("date", "patient_id")
CONSULTATION = 0  # the count of a first consultation: visit 1 follows it
MOST_VISITS = 999
MASK = "*"


def read_visit(values: dict[str, str], context: Context) -> Row:
    """`patient_id,ortho_maintenance_date,ortho_maintenance_count`."""
    count = read_count(values["ortho_maintenance_count"], "ortho_maintenance_count", MOST_VISITS)
    return _row(values["patient_id"], values["ortho_maintenance_date"], "ortho_maintenance_date", count, context)


def read_consult(values: dict[str, str], context: Context) -> Row:
    """`date,patient_id`."""
    return _row(values["patient_id"], values["date"], "date", CONSULTATION, context)


def _row(person: str, date: str, column: str, count: int, context: Context) -> Row:
    if not person:
        raise RowProblem("patient_id is empty.")
    if "|" in person:
        raise RowProblem(f"patient_id {short(person)}: the mark | cannot be part of an id.")
    if not date:
        raise RowProblem(f"{column} is empty.")
    day = read_day(date, column)
    if day > context.today:
        raise RowProblem(f"{column} {short(date)}: a visit that has happened cannot lie in the future.")
    return Row(line=0, person=person, external=f"{person}|{day}|{count}", day=day, count=count)
