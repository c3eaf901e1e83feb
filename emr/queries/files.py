"""Files as screens show them, by who looks."""

from dataclasses import dataclass

from django.db.models import QuerySet

from clinic.accounts.models import User
from clinic.patients.models import Patient
from emr.models import File
from emr.permissions import may_change_file, visible_files
from emr.queries.chart import whole_of

LAST = 3


@dataclass(frozen=True)
class Shown:
    """One file with what this account may do with it."""

    file: File
    may_change: bool


def files_of(patient: Patient, user: User, *, kind: str = "") -> QuerySet[File]:
    """What this account may see of a patient's files, the latest first."""
    found = visible_files(user).filter(whole_of(patient)).select_related("uploaded_by", "visit__service")
    return found.filter(kind=kind) if kind else found


def gallery_of(patient: Patient, user: User, *, kind: str = "", limit: int = 60) -> list[Shown]:
    """The gallery: two queries, however many files there are."""
    return [Shown(file, may_change_file(user, file)) for file in files_of(patient, user, kind=kind)[:limit]]


def pictures_of(patient: Patient, user: User) -> list[File]:
    """What can be compared, oldest first."""
    return list(
        files_of(patient, user).filter(mime__startswith="image/", kind="photo").order_by("taken_on", "pk")[:200]
    )
