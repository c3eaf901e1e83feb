"""Life of an encounter's record."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class OrderStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    UNDER_WAY = "under_way", _("Under way")
    RESULTED = "resulted", _("Result is in")
    REVIEWED = "reviewed", _("Seen by the doctor")
    CANCELLED = "cancelled", _("Cancelled")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


# A result that is corrected has to be seen again.
ORDER_MOVES: dict[str, set[str]] = {
    OrderStatus.REQUESTED: {
        OrderStatus.UNDER_WAY, OrderStatus.RESULTED, OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR,
    },
    OrderStatus.UNDER_WAY: {OrderStatus.RESULTED, OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR},
    OrderStatus.RESULTED: {OrderStatus.REVIEWED, OrderStatus.ENTERED_IN_ERROR},
    OrderStatus.REVIEWED: {OrderStatus.RESULTED, OrderStatus.ENTERED_IN_ERROR},
    OrderStatus.CANCELLED: set(),
    OrderStatus.ENTERED_IN_ERROR: set(),
}  # fmt: skip
ORDER_OPEN = frozenset({OrderStatus.REQUESTED, OrderStatus.UNDER_WAY})


class LetterStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    RECALLED = "recalled", _("Recalled")
    DROPPED = "dropped", _("Dropped")


LETTER_MOVES: dict[str, set[str]] = {
    LetterStatus.DRAFT: {LetterStatus.ISSUED, LetterStatus.DROPPED},
    LetterStatus.ISSUED: {LetterStatus.RECALLED},
    LetterStatus.RECALLED: set(),
    LetterStatus.DROPPED: set(),
}


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    COMPLETED = "completed", _("Completed")
    STOPPED = "stopped", pgettext_lazy("plan", "Stopped")


PLAN_MOVES: dict[str, set[str]] = {
    PlanStatus.DRAFT: {PlanStatus.ACTIVE, PlanStatus.STOPPED},
    PlanStatus.ACTIVE: {PlanStatus.COMPLETED, PlanStatus.STOPPED},
    PlanStatus.STOPPED: {PlanStatus.ACTIVE},
    PlanStatus.COMPLETED: {PlanStatus.ACTIVE},
}


class IntakeStatus(models.TextChoices):
    SENT = "sent", _("Waiting for the patient")
    FILLED = "filled", _("Filled, to be looked at")
    ACCEPTED = "accepted", _("Looked at")
    EXPIRED = "expired", _("Not filled in time")
    WITHDRAWN = "withdrawn", _("Withdrawn")


INTAKE_MOVES: dict[str, set[str]] = {
    IntakeStatus.SENT: {IntakeStatus.FILLED, IntakeStatus.EXPIRED, IntakeStatus.WITHDRAWN},
    IntakeStatus.FILLED: {IntakeStatus.ACCEPTED},
    IntakeStatus.ACCEPTED: set(),
    IntakeStatus.EXPIRED: set(),
    IntakeStatus.WITHDRAWN: set(),
}
