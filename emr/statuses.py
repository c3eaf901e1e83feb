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
