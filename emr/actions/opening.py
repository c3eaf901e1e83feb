"""Opening a patient's record: who she is, and that somebody looked, in one statement."""

from typing import Any

from clinic.accounts.queries import LARGEST
from clinic.patients.models import Patient
from clinic.shared.actions import single
from clinic.shared.actor import current_actor
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement

_WHOLE = Joined(p=Patient, m=Patient)
_OPENED = Statement(f"""
    WITH noted AS (
        INSERT INTO patients_accesslog (patient_id, user_id, what, ip, request_id)
        SELECT id, %(user)s::bigint, %(what)s, %(ip)s::inet, %(request)s FROM patients_patient
        WHERE id = %(id)s::bigint AND merged_into_id IS NULL)
    SELECT {_WHOLE.sql}, ARRAY(SELECT o.id FROM patients_patient o WHERE o.merged_into_id = p.id ORDER BY o.id)
    FROM patients_patient p LEFT JOIN patients_patient m ON m.id = p.merged_into_id WHERE p.id = %(id)s::bigint
""")  # noqa: S608 (our own text)


@single
def open_record(*, pk: int, what: str, by: Any) -> tuple[Patient, tuple[int, ...]] | None:
    """A patient and the ids whose rows are hers (`ids_of`), her reading noted as `what`; None where there is none.

    Of one who was merged into another nothing is noted: `merged_into` says whose record stands.
    """
    if pk > LARGEST:
        return None
    actor = current_actor()
    values = {"user": by.pk if by else None, "what": what, "ip": actor.ip, "request": actor.request_id}
    row = _OPENED.row(id=pk, **values)
    if row is None:
        return None
    patient, into, merged = _WHOLE.read(row)
    patient.merged_into = into
    return patient, (patient.pk, *merged)
