"""What happened in an online visit: written once, for the record."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.shared.models import AppendOnly
from scheduling.models.diary import Appointment


class OnlineSide(models.TextChoices):
    """The two ends of an online visit."""

    PATIENT = "patient", _("Patient")
    CLINIC = "clinic", _("Clinic")


class OnlineKind(models.TextChoices):
    """What can happen; the words stand on timelines."""

    JOINED = "joined", _("Came into the waiting room")
    LATE = "late", _("Came late")
    LEFT = "left", _("Connection ended")
    RECONNECTED = "reconnected", _("Came back")
    ADMITTED = "admitted", _("Was let in")
    CONNECTED = "connected", _("Picture and sound connected")
    FALLBACK = "fallback", _("Went on without video")
    ENDED = "ended", _("The doctor ended the visit")


class WithoutVideo(models.TextChoices):
    """Why a visit goes on by chat or phone."""

    NO_CONNECTION = "no_connection", _("No connection between the two")
    NO_CAMERA = "no_camera", _("No camera or microphone was found")
    DENIED = "denied", _("Camera and microphone were not allowed")
    ASKED_CALL = "asked_call", _("Asked to be called by phone")


class OnlineEvent(AppendOnly):
    """One thing that happened at one end. `minutes` is how late she came; `reason` one of `WithoutVideo`."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="online_events")
    kind = models.CharField(max_length=12, choices=OnlineKind.choices)
    side = models.CharField(max_length=10, choices=OnlineSide.choices)
    at = models.DateTimeField(db_default=Now())
    # None: the patient came by her link, without signing in.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=20, blank=True, default="", choices=WithoutVideo.choices)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("event of an online visit")
        verbose_name_plural = _("events of online visits")
        indexes = [models.Index(fields=["appointment", "at"], name="online_events_of")]
