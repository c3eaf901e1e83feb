"""Forms that patients fill before a visit: made by the clinic, sent by link, looked at by the desk."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange
from emr.statuses import IntakeStatus
from scheduling.models import Appointment, Service


class IntakeForm(Audited):
    """A form (FHIR Questionnaire). What it asks stands in its versions; the newest one is sent."""

    name = models.CharField(_("name"), max_length=120)
    services: models.ManyToManyField = models.ManyToManyField(
        Service, blank=True, related_name="+", verbose_name=_("services")
    )
    country = models.CharField(_("for mobile numbers of"), max_length=2, blank=True)  # ISO 3166, empty: of any country
    days_before = models.PositiveSmallIntegerField(_("days before the visit"), default=3)
    fresh_months = models.PositiveSmallIntegerField(_("months until it is asked again"), default=12)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("intake form")
        verbose_name_plural = _("intake forms")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class IntakeFormVersion(AppendOnly):
    """What a form asked from one day on: `content` is checked by `emr.queries.intake.checked`."""

    form = models.ForeignKey(IntakeForm, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="intake_version_once")]


class Intake(Audited):
    """One form for one patient (FHIR QuestionnaireResponse): its link, what she answered, who looked at it."""

    asked = models.ForeignKey(IntakeFormVersion, on_delete=models.PROTECT, related_name="intakes")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="intakes")
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="intakes"
    )
    status = models.CharField(max_length=20, choices=IntakeStatus.choices, default=IntakeStatus.SENT)
    cause = models.CharField(max_length=80, unique=True)
    token = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    answers = models.JSONField(default=dict, editable=False)
    filled_at = models.DateTimeField(null=True, blank=True)
    # How it was signed: strokes of a finger, or the name typed by who cannot draw; from where, on what.
    signature = models.JSONField(default=list, editable=False)
    signed_name = models.CharField(max_length=160, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    device = models.CharField(max_length=200, blank=True, editable=False)
    language = models.CharField(max_length=2, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History(excluded_fields=["token", "answers", "signature"])

    class Meta:
        verbose_name = _("filled form")
        verbose_name_plural = _("filled forms")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["patient", "-id"], name="intakes_of_patient")]


class IntakeStatusChange(StatusChange):
    """One move of a filled form."""

    subject = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="moves")


class IntakeDraft(models.Model):
    """What a patient has typed so far; gone once she has sent it."""

    intake = models.OneToOneField(Intake, on_delete=models.CASCADE, related_name="draft")
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(db_default=Now())
