"""The clinical record: encounters, conditions, allergies, prescriptions."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange
from emr.statuses import EncounterStatus
from scheduling.models import Practitioner, Service, Visit

# What was signed stays as it was signed, whoever asks: later words stand in dated additions.
FROZEN = """
CREATE OR REPLACE FUNCTION ext.signed_record_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.complaint, OLD.note, OLD.advice, OLD.follow_up_on, OLD.follow_up_service_id, OLD.follow_up_note,
        OLD.patient_id, OLD.visit_id, OLD.practitioner_id, OLD.signed_at, OLD.signed_by_id)
       IS DISTINCT FROM
       (NEW.complaint, NEW.note, NEW.advice, NEW.follow_up_on, NEW.follow_up_service_id, NEW.follow_up_note,
        NEW.patient_id, NEW.visit_id, NEW.practitioner_id, NEW.signed_at, NEW.signed_by_id)
    THEN
        RAISE EXCEPTION 'record % is signed: write an addendum', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FROZEN_TRIGGER = """
CREATE OR REPLACE TRIGGER signed_record_is_frozen BEFORE UPDATE ON emr_encounter
    FOR EACH ROW WHEN (OLD.status = 'signed') EXECUTE FUNCTION ext.signed_record_is_frozen();
"""


class Encounter(Audited):
    """The record of one visit (FHIR Encounter), written without saving and locked by signing."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="encounter")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="encounters")
    status = models.CharField(max_length=20, choices=EncounterStatus.choices, default=EncounterStatus.DRAFT)
    complaint = models.TextField(_("complaint"), blank=True)
    note = models.TextField(_("note"), blank=True)
    advice = models.TextField(_("recommendations to the patient"), blank=True)
    # What the doctor asked the desk to do next.
    follow_up_on = models.DateField(_("see again on"), null=True, blank=True)
    follow_up_service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("for")
    )
    follow_up_note = models.CharField(_("what for"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)  # a stale save gets 409
    # The open page that wrote last: its own later save is never stale, even if the answer got lost on the way.
    saved_from = models.CharField(max_length=40, blank=True, default="", editable=False)
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History(excluded_fields=["saved_from"])

    GUARD_SQL = [FROZEN, FROZEN_TRIGGER]

    class Meta:
        verbose_name = _("record of a visit")
        verbose_name_plural = _("records of visits")
        indexes = [models.Index(fields=["patient", "-created_at"], name="encounters_of_patient")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status=EncounterStatus.SIGNED)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="signed_by_somebody",
            )
        ]

    @property
    def is_open(self) -> bool:
        """Whether it may still be written; a signed one gets dated additions only."""
        return self.status == EncounterStatus.DRAFT


class EncounterStatusChange(StatusChange):
    """One move of an encounter."""

    subject = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="moves")


class Addendum(Audited):
    """A dated addition to a signed record."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("addition"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    history = History()

    class Meta:
        verbose_name = _("addition to a record")
        verbose_name_plural = _("additions to records")
        ordering = ["pk"]


class Condition(Audited):
    """A diagnosis or problem (FHIR Condition), coded in ICD-10 where a code was chosen."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="conditions")
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions")
    code = models.CharField(_("ICD-10"), max_length=12, blank=True)
    title = models.CharField(_("diagnosis"), max_length=250)
    is_problem = models.BooleanField(_("keep on the problem list"), default=False)
    ended_on = models.DateField(null=True, blank=True)
    entered_in_error = models.BooleanField(default=False)
    history = History()

    class Meta:
        verbose_name = _("diagnosis")
        verbose_name_plural = _("diagnoses")
        indexes = [models.Index(fields=["patient"], name="conditions_of_patient")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})" if self.code else self.title


class Severity(models.TextChoices):
    MILD = "mild", _("Mild")
    MODERATE = "moderate", _("Moderate")
    SEVERE = "severe", _("Severe")


class AllergyIntolerance(Audited):
    """An allergy, in words that warn (FHIR AllergyIntolerance)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(_("substance"), max_length=120)
    reaction = models.CharField(_("reaction"), max_length=200, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, default=Severity.MODERATE)
    ended_on = models.DateField(null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("allergy")
        verbose_name_plural = _("allergies")
        indexes = [models.Index(fields=["patient"], name="allergies_of_patient")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.substance


class Medication(Audited):
    """A drug of the clinic's own list (FHIR Medication)."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    form = models.CharField(_("form"), max_length=40, blank=True)
    strength = models.CharField(_("strength"), max_length=40, blank=True)
    substance = models.CharField(_("substance"), max_length=120, blank=True)
    atc = models.CharField(_("ATC code"), max_length=10, blank=True)
    default_dose = models.CharField(_("usual dose in words"), max_length=200, blank=True)
    search_text = models.TextField(editable=False, default="")
    is_active = models.BooleanField(_("in use"), default=True)
    history = History(excluded_fields=["search_text"])

    class Meta:
        verbose_name = _("drug")
        verbose_name_plural = _("drugs")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "form", "strength"],
                condition=models.Q(is_active=True),
                name="drug_once",
                violation_error_message=_("This drug is already on the list."),
            )
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.strength, self.form]))


class MedicationRequest(Audited):
    """One line of a prescription (FHIR MedicationRequest)."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="prescriptions")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="prescriptions")
    medication = models.ForeignKey(Medication, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("drug"), max_length=200)
    dose = models.CharField(_("dose in words"), max_length=200, blank=True)
    quantity = models.CharField(_("quantity"), max_length=40, blank=True)
    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    is_cancelled = models.BooleanField(default=False)
    warning_overridden = models.CharField(max_length=300, blank=True)
    history = History()

    class Meta:
        verbose_name = _("prescription line")
        verbose_name_plural = _("prescription lines")
        indexes = [models.Index(fields=["patient", "-created_at"], name="drugs_of_patient")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
