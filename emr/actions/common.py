"""What every write of a record asks first."""

import unicodedata

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.text import ZWNJ
from emr.models import Encounter
from emr.permissions import require_note, require_write
from emr.statuses import EncounterStatus

LONGEST_TEXT = 20_000


def locked(encounter: Encounter, by: User | None, permission: Perm = Perm.RECORD_WRITE) -> Encounter:
    """The row as it is now, locked; raises Forbidden where `by` may not write it."""
    row = (
        Encounter.objects.select_for_update(of=("self",))
        .select_related("visit", "patient", "practitioner", "template")
        .get(pk=encounter.pk)
    )
    require_write(by, row.visit.branch_id, permission)
    require_note(by, row)
    return row


def draft(encounter: Encounter, by: User | None, permission: Perm = Perm.RECORD_WRITE) -> Encounter:
    """As `locked`, and still open: raises Conflict once it is signed."""
    row = locked(encounter, by, permission)
    require_draft(row)
    return row


def require_draft(row: Encounter) -> None:
    """Raise Conflict for a record that is written no more."""
    if row.status != EncounterStatus.DRAFT:
        raise Conflict(_("This record is signed and stays as it is. Write an addition instead."), code="signed")


def tidy(text: str, field: str) -> str:
    """A doctor's words as typed, without what no screen can show; raises Invalid where they are too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (mark for mark in text if mark in f"\n\t{ZWNJ}" or unicodedata.category(mark) not in {"Cc", "Cs", "Cn"})
    text = unicodedata.normalize("NFC", "".join(kept)).rstrip()
    if len(text) > LONGEST_TEXT:
        raise Invalid(_("This text is longer than a record holds. Shorten it."), field=field)
    return text
