"""The hand-over to the national e-prescription."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.text import normalise
from emr.actions.common import locked
from emr.models import Encounter, HandOff
from emr.statuses import EncounterStatus

CODE = re.compile(r"[0-9A-Za-z-]{4,40}")


@action
def hand_off(*, encounter: Encounter, tracking_code: str = "", by: User) -> HandOff:
    """Note under which tracking code the prescription stands in the national e-prescription.

    Where the clinic's `E_PRESCRIPTION` names a service, it is asked for the code; else the doctor types the one that
    the insurer's page gave. Correcting the code keeps the old one in the history. Raises Conflict for an unsigned
    record or one without drugs, Invalid for a code that cannot be one.
    """
    row = locked(encounter, by, Perm.PRESCRIBE)
    if row.status != EncounterStatus.SIGNED:
        raise Conflict(_("Sign the record first: then the prescription is final."), code="open")
    lines = list(row.prescriptions.filter(is_cancelled=False).select_related("medication"))
    if not lines:
        raise Conflict(_("There is nothing prescribed to register."), code="empty")
    kept = HandOff.objects.filter(encounter=row).first() or HandOff(encounter=row)
    if settings.E_PRESCRIPTION and not tracking_code:
        send: Callable[..., dict[str, Any]] = import_string(settings.E_PRESCRIPTION)
        kept.answer = send(encounter=row, lines=lines)
        kept.system, tracking_code = settings.E_PRESCRIPTION, str(kept.answer.get("tracking_code", ""))
    code = normalise(tracking_code).replace(" ", "")
    if not CODE.fullmatch(code):
        raise Invalid(_("A tracking code is 4 to 40 digits or Latin letters."), field="tracking_code")
    kept.tracking_code, kept.handed_by = code, by
    kept.save()
    return kept
