"""Photos and documents of patients, and the codes by which a phone hands them over."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited
from emr.models.orders import ServiceRequest
from scheduling.models import Visit


class FileKind(models.TextChoices):
    PHOTO = "photo", _("Photo")
    RESULT = "result", _("Test result")
    LETTER = "letter", _("Letter or report")
    PRESCRIPTION = "prescription", _("Prescription from elsewhere")
    CARD = "card", _("Identity or insurance card")
    CONSENT = "consent", _("Signed paper")
    OTHER = "other", _("Other document")


class Audience(models.TextChoices):
    """Who of the clinic sees a file; the patient sees it once it is released."""

    CLINICAL = "clinical", _("Those who treat")
    DESK = "desk", _("Those who treat, and reception")


class File(Audited):
    """A photo or a document of a patient (FHIR DocumentReference, Media). What was sent is never kept as it came."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="files")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    order = models.ForeignKey(ServiceRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("kind"), max_length=20, choices=FileKind.choices, default=FileKind.PHOTO)
    title = models.CharField(_("what it shows"), max_length=120, blank=True)
    taken_on = models.DateField(_("taken on"))
    audience = models.CharField(_("who sees it"), max_length=10, choices=Audience.choices, default=Audience.CLINICAL)
    # Random names below the clinic's own folder; the name it came by is not kept.
    stored = models.CharField(max_length=120, editable=False)
    stored_thumb = models.CharField(max_length=120, blank=True, editable=False)
    stored_page = models.CharField(max_length=120, blank=True, editable=False)
    mime = models.CharField(max_length=40, editable=False)
    size = models.PositiveIntegerField(editable=False)  # bytes
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    pages = models.PositiveSmallIntegerField(default=1, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    # The form before the visit that asked for it, and which of its questions.
    intake = models.ForeignKey("emr.Intake", null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    asked_for = models.CharField(max_length=10, blank=True, editable=False)
    drawn_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="drawings")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    came_by = models.CharField(max_length=10, default="page", editable=False)  # page, phone, intake, api
    released_at = models.DateTimeField(_("released to the patient"), null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History()

    erased_files = ("stored", "stored_thumb", "stored_page")

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["patient", "-taken_on", "-id"], name="files_of_patient")]
        ordering = ["-taken_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mime__in=["image/jpeg", "image/png", "application/pdf"]), name="file_of_known_kind"
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown, compared and drawn on; a PDF is shown by its first page."""
        return self.mime.startswith("image/")
