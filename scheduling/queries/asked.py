"""What somebody who books by the API names: everything in one question."""

from typing import NamedTuple

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.patients.queries.people import OWN_PATIENT
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement
from scheduling.models import Practitioner, Service

_ASKED = Joined(s=Service, d=Practitioner, b=Branch, p=Patient)
_ASK = Statement(f"""
    SELECT {_ASKED.sql} FROM (SELECT) AS once
    LEFT JOIN scheduling_service s ON s.id = %(service)s
    LEFT JOIN scheduling_practitioner d ON d.id = %(doctor)s
    LEFT JOIN accounts_branch b ON b.id = %(branch)s
    LEFT JOIN ({OWN_PATIENT}) p ON true
""")  # noqa: S608 (our own text)


class Asked(NamedTuple):
    """What was found of it; `own` is the patient that the account is itself."""

    service: Service | None
    doctor: Practitioner | None
    branch: Branch | None
    own: Patient | None


def asked_for(*, service: int, doctor: int, branch: int, user: User) -> Asked:
    """A service, a doctor and a branch by their ids, and who asks."""
    return Asked(*_ASKED.read(_ASK.rows(service=service, doctor=doctor, branch=branch, user=user.pk)[0]))
