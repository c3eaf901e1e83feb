"""A patient's whole record, made ready to be handed over."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.patients.models.people import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited


class RecordExport(Audited):
    """One request for the whole record: made in the background, kept for a day, then emptied.

    `bundle` is FHIR R4 as JSON, `paper` the same to read, as PDF. Neither is kept in the history.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="exports")
    asked_at = models.DateTimeField(_("asked for"), db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, blank=True)
    token = models.CharField(max_length=43, unique=True)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    bundle = models.BinaryField(null=True)
    paper = models.BinaryField(null=True)
    history = History(excluded_fields=["token", "bundle", "paper"])

    class Meta:
        verbose_name = _("record made ready")
        verbose_name_plural = _("records made ready")
        indexes = [
            models.Index(fields=["asked_at"], name="exports_to_make", condition=models.Q(ready_at=None)),
            models.Index(fields=["expires_at"], name="exports_to_forget", condition=models.Q(bundle__isnull=False)),
        ]

    @property
    def is_there(self) -> bool:
        """Whether it can be taken now."""
        return self.bundle is not None and self.expires_at is not None and timezone.now() < self.expires_at
