"""Lives of clinics and of the requests for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClinicStatus(models.TextChoices):
    BUILDING = "building", _("Being built")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


CLINIC_MOVES: dict[str, set[str]] = {
    ClinicStatus.BUILDING: {ClinicStatus.ACTIVE, ClinicStatus.CLOSED},
    ClinicStatus.ACTIVE: {ClinicStatus.SUSPENDED, ClinicStatus.CLOSED},
    ClinicStatus.SUSPENDED: {ClinicStatus.ACTIVE, ClinicStatus.CLOSED},
    ClinicStatus.CLOSED: set(),
}


class RequestStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for a decision")
    APPROVED = "approved", _("Approved, being built")
    READY = "ready", _("Ready")
    REJECTED = "rejected", _("Rejected")


REQUEST_MOVES: dict[str, set[str]] = {
    RequestStatus.WAITING: {RequestStatus.APPROVED, RequestStatus.REJECTED},
    RequestStatus.APPROVED: {RequestStatus.READY, RequestStatus.WAITING},
    RequestStatus.READY: set(),
    RequestStatus.REJECTED: {RequestStatus.WAITING},
}
