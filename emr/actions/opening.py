"""Opening a patient's record: who she is, what is asked of her, and that somebody looked, in one statement."""

from functools import cache
from typing import Any, NamedTuple

from clinic.accounts.queries import LARGEST
from clinic.patients.models import Patient
from clinic.shared.actions import single
from clinic.shared.actor import current_actor
from clinic.shared.chart import PATIENTS, Known
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement

_WHOLE = Joined(p=Patient, m=Patient)
# OFFSET keeps the ids a value of their own: they are not looked for again in every question.
_OPENED = f"""
    WITH noted AS (
        INSERT INTO patients_accesslog (patient_id, user_id, what, ip, request_id)
        SELECT id, %(user)s::bigint, %(what)s, %(ip)s::inet, %(request)s FROM patients_patient
        WHERE id = %(id)s::bigint AND merged_into_id IS NULL)
    SELECT {_WHOLE.sql}, hers.ids{{asked}}
    FROM patients_patient p LEFT JOIN patients_patient m ON m.id = p.merged_into_id, LATERAL (
        SELECT p.id || ARRAY(SELECT o.id FROM patients_patient o WHERE o.merged_into_id = p.id ORDER BY o.id) AS ids
        OFFSET 0) hers
    WHERE p.id = %(id)s::bigint
"""  # noqa: S608 -- columns of our own models; values are parameters


class Opened(NamedTuple):
    """A patient, the ids whose rows are hers (`ids_of`), and what the questions are answered."""

    patient: Patient
    ids: tuple[int, ...]
    facts: Known


@single
def open_record(*, pk: int, what: str, by: Any, asked: tuple[str, ...] = ()) -> Opened | None:
    """A patient whose reading is noted as `what`, with what is `asked` of her; None where there is none.

    Of one who was merged into another nothing is noted: `merged_into` says whose record stands.
    """
    if pk > LARGEST:
        return None
    actor = current_actor()
    values = {"user": by.pk if by else None, "what": what, "ip": actor.ip, "request": actor.request_id}
    row = _statement(asked).row(id=pk, **values)
    if row is None:
        return None
    patient, into, ids, *answers = _WHOLE.read(row)
    patient.merged_into = into
    return Opened(patient, tuple(ids), dict(zip(asked, answers, strict=True)))


@cache  # as many as there are sets of rights and filters
def _statement(asked: tuple[str, ...]) -> Statement:
    answers = "".join(f", ({text})" for text in asked).replace(PATIENTS, "hers.ids")
    return Statement(_OPENED.format(asked=answers))
