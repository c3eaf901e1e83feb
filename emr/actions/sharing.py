"""Who reads a note: levels, people named, emergencies."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.events import publish
from clinic.shared.text import normalise
from emr.actions.common import locked
from emr.events import GlassBroken
from emr.models import Encounter, GlassBreak, NoteReader, Privacy
from emr.permissions import may_read_note, readable_by

SHORTEST_REASON = 5  # letters


@action
def set_privacy(*, encounter: Encounter, level: str, readers: Iterable[User] = (), by: User) -> Encounter:
    """Say who reads a note, signed or not. `readers` are named people, for the level `named` only; who sets it stays
    one of them. Raises Invalid for an unknown level or a reader without the right to records."""
    row = locked(encounter, by)
    if level not in Privacy.values:
        raise Invalid(_("Choose one of the answers."), field="level")
    wanted = {user.pk: user for user in readers} if level == Privacy.NAMED else {}
    for user in wanted.values():
        if not user.can(Perm.RECORD_VIEW):
            raise Invalid(_("%(name)s does not read medical records.") % {"name": user}, field="readers")
    row.privacy = level
    row.save()
    if not Encounter.objects.filter(readable_by(by), pk=row.pk).exists():
        wanted[by.pk] = by
    for reader in row.readers.exclude(user__in=wanted):
        reader.delete()
    for pk in set(wanted) - set(row.readers.values_list("user", flat=True)):
        NoteReader(encounter=row, user=wanted[pk]).save()
    return row


@action
def break_glass(*, encounter: Encounter, reason: str, by: User) -> GlassBreak:
    """Open a private note in an emergency, for four hours. The owner is told at once who did it and why, not what it
    says. Raises Invalid without a reason, Forbidden for who reads no records, Conflict for who may read it anyway."""
    if not by.can(Perm.RECORD_VIEW):
        raise Forbidden(_("Only who reads medical records can do this."))
    row = Encounter.objects.select_for_update(of=("self",)).select_related("patient").get(pk=encounter.pk)
    if may_read_note(by, row):
        raise Conflict(_("You may read this note already."), code="open")
    reason = normalise(reason)[:300]
    if len(reason) < SHORTEST_REASON:
        raise Invalid(_("Say why it cannot wait for the author."), field="reason")
    glass = GlassBreak.objects.create(encounter=row, patient=row.patient, user=by, reason=reason)
    log_access(patient=row.patient, what="emergency", by=by)
    publish(GlassBroken(glass_id=glass.pk))
    return glass
