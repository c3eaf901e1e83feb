"""A row as the importer understands it, whatever file it came from."""

import datetime as dt
from dataclasses import dataclass, fields


@dataclass(slots=True)
class Row:
    """Who, when, what. `person` and `external` are the other system's names of the patient and the appointment.

    `day` without `starts_at`: the hour is not known. Neither: the row tells of a patient alone. `count` is the number
    of this visit in a patient's treatment, where ids are masked.
    """

    line: int
    person: str
    external: str = ""
    day: dt.date | None = None
    starts_at: dt.datetime | None = None
    count: int | None = None
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    national_code: str = ""
    birth_date: dt.date | None = None
    sex: str = "unknown"
    service: str = ""
    practitioner: str = ""
    branch: str = ""
    status: str = ""
    minutes: int | None = None
    note: str = ""
    cells: str = ""  # as they came, for the report


COLUMNS = [field.name for field in fields(Row)]
TYPES = {
    "line": "integer", "day": "date", "starts_at": "timestamptz", "count": "integer", "birth_date": "date",
    "minutes": "integer",
}  # fmt: skip
