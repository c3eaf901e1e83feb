"""What is known of a patient: conditions and allergies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited
from emr.models.record import Encounter


class Condition(Audited):
    """A diagnosis or problem (FHIR Condition), coded in ICD-10 where a code was chosen."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="conditions")
    encounter = models.ForeignKey(Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions")
    code = models.CharField(_("ICD-10"), max_length=12, blank=True)
    title = models.CharField(_("diagnosis"), max_length=250)
    is_problem = models.BooleanField(_("keep on the problem list"), default=False)
    onset_on = models.DateField(_("since"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    ended_on = models.DateField(null=True, blank=True)
    entered_in_error = models.BooleanField(default=False)
    wrong_why = models.CharField(_("why it is wrong"), max_length=200, blank=True, default="")
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
    # A substance (seven places), or a whole group (J01C: all penicillins).
    atc = models.CharField(_("ATC code"), max_length=7, blank=True, default="")
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
