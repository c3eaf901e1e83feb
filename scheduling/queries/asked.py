"""What somebody who books by the API names: everything in one question."""

from typing import NamedTuple

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.patients.queries.people import OWN_PATIENT
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement
from scheduling.models import Practitioner, Service
from scheduling.queries.policy import CONDITIONS, JOIN_CONDITIONS, Conditions, made_conditions

_ASKED = Joined(s=Service, d=Practitioner, b=Branch, p=Patient, **CONDITIONS)
_ASK = Statement(f"""
    SELECT {_ASKED.sql} FROM (SELECT) AS once
    LEFT JOIN scheduling_service s ON s.id = %(service)s
    LEFT JOIN scheduling_practitioner d ON d.id = %(doctor)s
    LEFT JOIN accounts_branch b ON b.id = %(branch)s
    LEFT JOIN ({OWN_PATIENT}) p ON true
    {JOIN_CONDITIONS}
""")  # noqa: S608 (our own text)


class Asked(NamedTuple):
    """What was found of it; `own` is the patient that the account is itself, `known` are the conditions of booking."""

    service: Service | None
    doctor: Practitioner | None
    branch: Branch | None
    own: Patient | None
    known: Conditions


def asked_for(*, service: int, doctor: int, branch: int, user: User) -> Asked:
    """A service, a doctor and a branch by their ids, and who asks."""
    row = _ASK.rows(service=service, doctor=doctor, branch=branch, user=user.pk)[0]
    found = _ASKED.read(row)
    named, conditions = found[:4], found[4:]
    return Asked(*named, known=made_conditions(*conditions))
