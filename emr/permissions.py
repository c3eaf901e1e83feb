"""Who may touch which record. A role opens the door; these say which rows stand behind it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.errors import Forbidden
from clinic.shared.text import search_key
from emr.models import Audience, Cosign, Encounter, File, GlassBreak, NoteReader, Privacy
from emr.statuses import CosignStatus, EncounterStatus
from scheduling.models import Practitioner

GLASS_OPEN = dt.timedelta(hours=4)  # how long a note opened in an emergency stays open to who opened it


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
    mine = Q(patient__access__user=user, patient__access__held_at=None)
    mine |= Q(patient__merged_into__access__user=user, patient__merged_into__access__held_at=None)
    return Encounter.objects.filter(mine, status=EncounterStatus.SIGNED).distinct()


def peers_of(user: User) -> set[int]:
    """The doctors of the account's own specialty, itself among them: its discipline."""
    everybody = list(Practitioner.objects.values_list("pk", "user_id", "specialty"))
    own = {search_key(specialty) for _pk, account, specialty in everybody if account == user.pk} - {""}
    return {pk for pk, account, specialty in everybody if account == user.pk or search_key(specialty) in own}


def readable_by(user: User) -> Q:
    """The notes that an account may read, among those that its role opens: for filters of Encounter."""
    named = NoteReader.objects.filter(user=user).values("encounter")
    broken = GlassBreak.objects.filter(user=user, at__gte=timezone.now() - GLASS_OPEN).values("encounter")
    asked = Cosign.objects.filter(asked_of=user).exclude(status=CosignStatus.WITHDRAWN).values("encounter")
    return (
        Q(privacy=Privacy.EVERYBODY)
        | Q(privacy=Privacy.DISCIPLINE, practitioner__in=peers_of(user))
        | Q(practitioner__user=user)
        | Q(signed_by=user)
        | Q(pk__in=named)
        | Q(pk__in=broken)
        | Q(pk__in=asked)
    )


def closed_to(user: User, notes: Iterable[tuple[int, str]]) -> set[int]:
    """Of notes (id, level), those that this account may not read; nothing is asked where all are everybody's."""
    private = {pk for pk, level in notes if level != Privacy.EVERYBODY}
    if not private:
        return set()
    return private - set(Encounter.objects.filter(readable_by(user), pk__in=private).values_list("pk", flat=True))


def may_read_note(user: User, record: Encounter) -> bool:
    """Whether an account reads this very note."""
    return may_read(user) and not closed_to(user, [(record.pk, record.privacy)])


def require_note(by: User | None, record: Encounter) -> None:
    """Raise Forbidden for a note that is not `by`'s to read; None is the clinic's own doing."""
    if by is not None and closed_to(by, [(record.pk, record.privacy)]):
        raise Forbidden(_("This note is private. Open it with a reason if the patient's safety asks for it."))


def may_add_files(user: User) -> bool:
    """Whether the account adds photos and documents."""
    return user.can(Perm.FILES_ADD)


def may_change_file(user: User, file: File) -> bool:
    """Whether the account describes, releases and removes a file: clinical ones are the writers' of records alone."""
    if file.audience == Audience.CLINICAL:
        return user.can(Perm.RECORD_WRITE) or (user.can(Perm.RECORD_VIEW) and file.uploaded_by_id == user.pk)
    return user.can(Perm.FILES_ADD)


def visible_files(user: User, *, removed: bool = False) -> QuerySet[File]:
    """The files that an account of the clinic may see: all for who treats, else what is for reception, too."""
    kept = File.objects.all() if removed else File.objects.filter(removed_at=None)
    if user.can(Perm.RECORD_VIEW):
        return kept
    return kept.filter(audience=Audience.DESK) if user.can(Perm.PATIENTS_VIEW) else kept.none()


def files_released_to(user: User) -> QuerySet[File]:
    """The files that were released to the patients for whom this account acts."""
    mine = Q(patient__access__user=user) | Q(patient__merged_into__access__user=user)
    return File.objects.filter(mine, removed_at=None, released_at__isnull=False).distinct()
