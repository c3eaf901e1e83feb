"""Who reads a note: levels, people named, emergencies; and who signs it a second time."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.events import publish
from clinic.shared.statuses import move
from clinic.shared.text import normalise
from emr.actions.common import locked
from emr.events import GlassBroken
from emr.models import Cosign, CosignStatusChange, Encounter, GlassBreak, NoteReader, Privacy
from emr.permissions import may_read_note, readable_by
from emr.statuses import COSIGN_MOVES, CosignStatus, EncounterStatus

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


@action
def ask_cosign(*, encounter: Encounter, of: User, by: User) -> Cosign:
    """Ask a supervisor to sign a signed record as well; again while it waits gives the same request.

    Raises Conflict while the record is a draft, Invalid for oneself or somebody who writes no records.
    """
    row = locked(encounter, by)
    if row.status != EncounterStatus.SIGNED:
        raise Conflict(_("Sign the record yourself first."), code="open")
    if of.pk == by.pk or not of.can(Perm.RECORD_WRITE):
        raise Invalid(_("Choose a colleague who writes medical records."), field="of")
    waiting = row.cosigns.filter(asked_of=of, status=CosignStatus.ASKED).first()
    if waiting:
        return waiting
    request = Cosign(encounter=row, asked_of=of, asked_by=by)
    request.save()
    CosignStatusChange.record(request, "", CosignStatus.ASKED, by=by)
    return request


@action
def answer_cosign(*, request: Cosign, to: str, note: str = "", by: User) -> Cosign:
    """Sign as the second one, or return it with a remark (`to` is `signed` or `returned`); the asker may withdraw.

    Raises Forbidden for anybody else, Invalid for a return without a remark, Conflict once it was answered.
    """
    row = Cosign.objects.select_for_update(of=("self",)).get(pk=request.pk)
    asker = to == CosignStatus.WITHDRAWN
    if by.pk != (row.asked_by_id if asker else row.asked_of_id) or not by.can(Perm.RECORD_WRITE):
        raise Forbidden(_("This request was made to somebody else."))
    note = normalise(note)[:300]
    if to == CosignStatus.RETURNED and not note:
        raise Invalid(_("Say what should be changed or added."), field="note")
    return move(
        row,
        to,
        moves=COSIGN_MOVES,
        log=CosignStatusChange,
        by=by,
        changes={"note": note, "answered_at": timezone.now()},
    )
