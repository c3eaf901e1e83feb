"""Life of an encounter's record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EncounterStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


MOVES: dict[str, set[str]] = {
    EncounterStatus.DRAFT: {EncounterStatus.SIGNED, EncounterStatus.ENTERED_IN_ERROR},
    EncounterStatus.SIGNED: {EncounterStatus.ENTERED_IN_ERROR},
    EncounterStatus.ENTERED_IN_ERROR: set(),
}


class CosignStatus(models.TextChoices):
    ASKED = "asked", _("Asked")
    SIGNED = "signed", _("Signed")
    RETURNED = "returned", _("Returned with a remark")
    WITHDRAWN = "withdrawn", _("Withdrawn")


COSIGN_MOVES: dict[str, set[str]] = {
    CosignStatus.ASKED: {CosignStatus.SIGNED, CosignStatus.RETURNED, CosignStatus.WITHDRAWN},
    CosignStatus.SIGNED: set(),
    CosignStatus.RETURNED: set(),
    CosignStatus.WITHDRAWN: set(),
}
