"""Codes by which a phone hands files over."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited
from emr.models.files import Audience, FileKind
from scheduling.models import Visit


class PhoneLink(Audited):
    """A code on the screen that lets one phone send files of one patient, once and for a short time."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=FileKind.choices, default=FileKind.PHOTO)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.CLINICAL)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    # The first phone that opens it gets a secret of its own; the link is worth nothing to a second one.
    opened_at = models.DateTimeField(null=True, blank=True)
    holder_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    received = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(db_default=Now())
    history = History(excluded_fields=["token_hash", "holder_hash"])

    class Meta:
        verbose_name = _("code for a phone")
        verbose_name_plural = _("codes for phones")
