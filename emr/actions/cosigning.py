"""A second signature below a record that is signed already."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.statuses import move
from clinic.shared.text import normalise
from emr.actions.common import locked
from emr.models import Cosign, CosignStatusChange, Encounter
from emr.statuses import COSIGN_MOVES, CosignStatus, EncounterStatus


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
