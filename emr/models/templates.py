"""Templates of notes, made by the clinic: what is asked in which kind of visit, and how answers are scored."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited
from scheduling.models import Service


class TemplateKind(models.TextChoices):
    VISIT = "visit", _("Visit")
    FIRST_VISIT = "first_visit", _("First visit")
    ASSESSMENT = "assessment", _("Assessment")
    PROCEDURE = "procedure", _("Procedure")
    THERAPY = "therapy", _("Therapy session")


class NoteTemplate(Audited):
    """A form for notes (FHIR Questionnaire). What it asks stands in its versions; the newest one is in use."""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=TemplateKind.choices, default=TemplateKind.VISIT)
    services: models.ManyToManyField = models.ManyToManyField(
        Service, blank=True, related_name="+", verbose_name=_("services")
    )
    # Opened by itself where the service (and, for a first visit, the patient) fits.
    is_first_choice = models.BooleanField(_("opens by itself"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("note template")
        verbose_name_plural = _("note templates")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="template_name_once",
                violation_error_message=_("A template of this name is in use already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def newest(self) -> "NoteTemplateVersion | None":
        """What it asks now; of prefetched versions without a query."""
        return max(self.versions.all(), key=lambda version: version.number, default=None)


class NoteTemplateVersion(AppendOnly):
    """What a template asked from one day on; never changed, so that old notes keep their questions.

    `content` is checked by `emr.queries.templates.checked`: sections with questions, and scores.
    """

    template = models.ForeignKey(NoteTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version of a note template")
        verbose_name_plural = _("versions of note templates")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]


class Phrase(Audited):
    """Words that a doctor writes often, put into a note by `/` and their short name. Without an owner the clinic's."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shortcut = models.CharField(_("short name"), max_length=30)
    text = models.TextField(_("text"))
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")
        ordering = ["shortcut", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "shortcut"],
                condition=models.Q(is_active=True),
                nulls_distinct=False,
                name="phrase_once",
                violation_error_message=_("There is a phrase of this short name already."),
            )
        ]

    def __str__(self) -> str:
        return self.shortcut
