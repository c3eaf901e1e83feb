"""What the desk keeps about a person: labels, family and guardians, noted calls; and the clinic's own choices."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.patients.models.people import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited


class Tone(models.TextChoices):
    """The colours of the house that a label may have."""

    PLAIN = "plain", _("Grey")
    ACCENT = "accent", _("The clinic's colour")
    INFO = "info", _("Blue")
    OK = "ok", _("Green")
    WARN = "warn", _("Amber")
    DANGER = "danger", _("Red")


class Tag(Audited):
    """A label that the clinic puts on patients: "VIP", "school contract". Nothing medical."""

    name = models.CharField(_("name"), max_length=40)
    tone = models.CharField(_("colour"), max_length=10, choices=Tone.choices, default=Tone.PLAIN)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class PatientTag(Audited):
    """A label on a patient."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="tag_rows")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History()

    erased_whole = True

    class Meta:
        verbose_name = _("label of a patient")
        verbose_name_plural = _("labels of patients")
        constraints = [models.UniqueConstraint(fields=["patient", "tag"], name="labelled_once")]


class Kin(models.TextChoices):
    """What the other person is to the patient."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    GUARDIAN = "guardian", _("Guardian")
    CHILD = "child", _("Child")
    WARD = "ward", _("Under guardianship of the patient")
    SPOUSE = "spouse", _("Spouse")
    SIBLING = "sibling", _("Brother or sister")
    OTHER = "other", _("Other relative or companion")


# What the patient is to the other person, where that person has a card too.
INVERSE: dict[str, str] = {
    Kin.MOTHER: Kin.CHILD,
    Kin.FATHER: Kin.CHILD,
    Kin.GUARDIAN: Kin.WARD,
    Kin.WARD: Kin.GUARDIAN,
    Kin.SPOUSE: Kin.SPOUSE,
    Kin.SIBLING: Kin.SIBLING,
    Kin.OTHER: Kin.OTHER,
}


class RelatedPerson(Audited):
    """Somebody who belongs to a patient (FHIR RelatedPerson): another patient, or a name and a number.

    `decides`: signs consents and answers questions of treatment; `pays`: bills go to this person; `is_told`: may be
    told about visits. Acting online is another matter: that is `PatientAccess`, bound to a number that was checked.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="relatives")
    relative = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="relative_of")
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    kin = models.CharField(_("relation"), max_length=10, choices=Kin.choices, default=Kin.OTHER)
    decides = models.BooleanField(_("decides for the patient"), default=False)
    pays = models.BooleanField(_("pays the bills"), default=False)
    is_told = models.BooleanField(_("is told about visits"), default=False)
    history = History()

    erased_whole = True

    class Meta:
        verbose_name = _("related person")
        verbose_name_plural = _("related persons")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(relative__isnull=False) | ~models.Q(name=""), name="relative_is_somebody"
            ),
            models.CheckConstraint(condition=~models.Q(patient=models.F("relative")), name="relative_is_another"),
            models.UniqueConstraint(fields=["patient", "relative"], name="related_once"),
        ]


class ContactKind(models.TextChoices):
    """How somebody of the clinic and the patient spoke."""

    CALLED = "called", _("We called")
    CALL_CAME = "call_came", _("The patient called")
    NOT_REACHED = "not_reached", _("Called, not reached")
    AT_DESK = "at_desk", _("Said at the desk")
    OTHER = "other", _("Other")


class ContactNote(Audited):
    """What was said outside of visits and messages, written by the desk. Nothing medical."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contact_notes")
    kind = models.CharField(_("how"), max_length=12, choices=ContactKind.choices, default=ContactKind.CALLED)
    text = models.CharField(_("what was said"), max_length=500)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History()

    erased_whole = True

    class Meta:
        verbose_name = _("noted call")
        verbose_name_plural = _("noted calls")
        indexes = [models.Index(fields=["patient", "-at"], name="calls_noted_of_patient")]


class PatientRules(Audited):
    """The clinic's own choices about patients; the newest row counts."""

    shows_readers = models.BooleanField(_("patients see who read their record"), default=False)
    # A number that was silent so long may have another owner: whoever signs in is asked first. 0 = never ask.
    ask_after_days = models.PositiveSmallIntegerField(_("ask after so many days of silence"), default=180)
    # The law asks clinics to keep records; nothing is erased before.
    keep_years = models.PositiveSmallIntegerField(_("keep records for years"), default=10)
    history = History()

    class Meta:
        verbose_name = _("rules of patients' data")
        verbose_name_plural = _("rules of patients' data")
        constraints = [models.CheckConstraint(condition=models.Q(keep_years__lte=100), name="kept_at_most")]
