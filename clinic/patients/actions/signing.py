"""Consents that are signed by hand: the drawn strokes beside the very text, its version, time, address and device."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.patients.models import CONSENTS, Consent, Patient
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.errors import Invalid
from clinic.shared.strokes import read_strokes


@action
def sign_consent(
    *,
    patient: Patient,
    kind: str,
    by: Any,
    title: str = "",
    text: str = "",
    version: str = "",
    signature: Any = None,
    signed_name: str = "",
    device: str = "",
) -> Consent:
    """Keep a signed consent; without a text the present one of the kind. `signature` are strokes (see `read_strokes`).

    Signing again while the same version stands keeps the first. Raises Invalid without a signature and for an
    unknown kind.
    """
    asked = CONSENTS.get(kind)
    if not text:
        if asked is None:
            raise Invalid(_("There is no such consent."), field="kind")
        title, text, version = str(asked.title), str(asked.text), asked.version
    strokes = read_strokes(signature)
    if not strokes and not signed_name.strip():
        raise Invalid(_("Sign with a finger, or write your full name."), field="signature")
    Patient.objects.select_for_update().get(pk=patient.pk)
    standing = Consent.objects.filter(patient=patient, kind=kind, version=version, withdrawn_at=None)
    standing = standing.exclude(signature=[], signed_name="")
    if found := standing.first():
        return found
    consent = Consent(
        patient=patient, kind=kind, version=version, text=f"{title}\n{text}", accepted_by=by, ip=current_actor().ip,
        signature=strokes, signed_name=signed_name.strip()[:160], device=device[:200],
    )  # fmt: skip
    consent.save()
    return consent
