"""Letters, certificates and referrals: templates of the clinic, and what was issued from them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange
from emr.statuses import LetterStatus
from scheduling.models import Practitioner, Visit

# What was issued stays as it was issued; only that it was recalled may be said of it.
FROZEN = """
CREATE OR REPLACE FUNCTION ext.issued_letter_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ext.is_erasing(TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF (OLD.title, OLD.body, OLD.practitioner_id, OLD.year, OLD.serial, OLD.issued_at, OLD.language)
       IS DISTINCT FROM
       (NEW.title, NEW.body, NEW.practitioner_id, NEW.year, NEW.serial, NEW.issued_at, NEW.language)
       OR NEW.status IN ('draft', 'dropped')
       OR (OLD.patient_id <> NEW.patient_id AND NOT ext.follows_merge(TG_TABLE_SCHEMA, OLD.patient_id, NEW.patient_id))
    THEN
        RAISE EXCEPTION 'letter % is issued: write another one', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FROZEN_TRIGGER = """
CREATE OR REPLACE TRIGGER issued_letter_is_frozen BEFORE UPDATE ON emr_letter
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION ext.issued_letter_is_frozen();
"""


class LetterKind(models.TextChoices):
    LETTER = "letter", _("Letter")
    CERTIFICATE = "certificate", _("Certificate")
    SICK_LEAVE = "sick_leave", _("Sick note")
    REFERRAL = "referral", _("Referral")


class Paper(models.TextChoices):
    A4 = "a4", "A4"
    A5 = "a5", "A5"


class Language(models.TextChoices):
    FA = "fa", "فارسی"
    EN = "en", "English"


class LetterTemplate(Audited):
    """A text with placeholders (`{patient}`), in one language."""

    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind.choices, default=LetterKind.LETTER)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.FA)
    title = models.CharField(_("heading"), max_length=120)
    text = models.TextField(_("text"))
    paper = models.CharField(_("paper"), max_length=2, choices=Paper.choices, default=Paper.A5)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "language"], condition=models.Q(is_active=True), name="letter_template_once",
                violation_error_message=_("There is one of this name already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Letter(Audited):
    """One letter about a patient: written, then issued with a number and frozen."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="letters")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="letters")
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="letters")
    template = models.ForeignKey(LetterTemplate, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    status = models.CharField(max_length=20, choices=LetterStatus.choices, default=LetterStatus.DRAFT)
    title = models.CharField(_("heading"), max_length=120)
    body = models.TextField(_("text"))
    addressee = models.CharField(_("to whom"), max_length=120, blank=True)
    paper = models.CharField(_("paper"), max_length=2, choices=Paper.choices, default=Paper.A5)
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # of the clinic's calendar
    serial = models.PositiveIntegerField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    for_patient = models.BooleanField(_("the patient sees it online"), default=False)
    history = History()

    GUARD_SQL = [FROZEN, FROZEN_TRIGGER]

    class Meta:
        verbose_name = pgettext_lazy("paper", "letter")
        verbose_name_plural = pgettext_lazy("paper", "letters")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["patient", "-created_at"], name="letters_of_patient")]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="letter_number_once"),
            models.CheckConstraint(
                condition=models.Q(status=LetterStatus.DRAFT, serial=None)
                | models.Q(serial__isnull=False, issued_at__isnull=False)
                | models.Q(status=LetterStatus.DROPPED, serial=None),
                name="letter_numbered_when_issued",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """What stands on the paper: year and serial."""
        return f"{self.year}/{self.serial}" if self.serial else ""


class LetterStatusChange(StatusChange):
    """One move of a letter."""

    subject = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="moves")
