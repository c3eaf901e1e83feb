"""The patients of an import: known ones are found again, the others are registered."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.utils.translation import gettext as _

from clinic.patients.models import Patient
from clinic.patients.queries import search_text_of
from clinic.roof.importing import stage
from clinic.roof.importing.context import Context
from clinic.roof.importing.rows import Row
from clinic.roof.importing.treatment import MASK
from clinic.shared.bulk import reserve_ids, write_rows

Refuse = Callable[[Row, str], None]
T = TypeVar("T")


def chunks(rows: Iterable[T], size: int = stage.CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size`."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def find_people(context: Context, refuse: Refuse) -> int:
    """Give every row with a plain id its patient; returns how many patients are new."""
    stage.own_by_name(context)
    stage.own_by_code()
    new = 0
    for rows in chunks(row for row in stage.strangers() if row.last_name or row.count is not None):
        ids = reserve_ids(Patient, len(rows))
        write_patients(context, list(zip(ids, rows, strict=True)))
        stage.tell_people((row.person, pk) for pk, row in zip(ids, rows, strict=True))
        new += len(rows)
    stage.own_by_person()
    for row in stage.unowned():
        refuse(row, "Nobody here has this id yet, and no row gives a name: add last_name.")
    return new


def write_patients(context: Context, people: Sequence[tuple[int, Row]]) -> None:
    """Register patients under ids that were reserved for them."""
    write_rows(Patient, [_patient(context, pk, row) for pk, row in people])


def _patient(context: Context, pk: int, row: Row) -> Patient:
    patient = Patient(
        pk=pk,
        first_name=row.first_name,
        last_name=row.last_name or _("Patient %(id)s") % {"id": row.person.lstrip(MASK)[:60]},
        phone=row.phone,
        national_code=row.national_code,
        birth_date=row.birth_date,
        sex=row.sex,
        source=context.source,
        external_id=row.external if MASK in row.person else row.person,
    )
    patient.search_text = search_text_of(patient)
    return patient
