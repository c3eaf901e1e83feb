"""Who may touch which record. A role opens the door; these say which rows stand behind it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.errors import Forbidden
from emr.models import Encounter
from emr.statuses import EncounterStatus


def may_read(user: User) -> bool:
    """Whether the account reads clinical records; patients are the clinic's, not a branch's."""
    return user.can(Perm.RECORD_VIEW)


def may_write(user: User, branch: Any = None) -> bool:
    """Whether the account writes records (of visits in this branch)."""
    return user.can(Perm.RECORD_WRITE, branch)


def may_prescribe(user: User, branch: Any = None) -> bool:
    """Whether the account prescribes (in visits of this branch)."""
    return user.can(Perm.PRESCRIBE, branch)


def require_write(by: User | None, branch: Any = None, permission: Perm = Perm.RECORD_WRITE) -> None:
    """Raise Forbidden unless `by` may write here; None is the clinic's own doing (seed, import)."""
    if by is not None and not by.can(permission, branch):
        raise Forbidden(_("Only who may write medical records in this branch can do this."))


def released_to(user: User) -> QuerySet[Encounter]:
    """The signed records of the patients for whom this account may act: all that a patient may know of."""
    mine = Q(patient__access__user=user) | Q(patient__merged_into__access__user=user)
    return Encounter.objects.filter(mine, status=EncounterStatus.SIGNED).distinct()
