"""The clinic's list of drugs and what was prescribed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited
from emr.models.dosing import DoseUnit, dose_words
from emr.models.record import Encounter


class Medication(Audited):
    """A drug of the clinic's own list (FHIR Medication)."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    form = models.CharField(_("form"), max_length=40, blank=True)
    strength = models.CharField(_("strength"), max_length=40, blank=True)
    substance = models.CharField(_("substance"), max_length=120, blank=True)
    atc = models.CharField(_("ATC code"), max_length=10, blank=True)
    unit = models.CharField(_("counted in"), max_length=20, choices=DoseUnit.choices, blank=True, default="")
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
    # The dose as picked ({amount, unit, often, when}); its words are made in the reader's language.
    dosing = models.JSONField(default=dict, blank=True)
    # What spoke against it when it was prescribed ({kind, severity, text, advice}), and why it was prescribed anyway.
    warnings = models.JSONField(default=list, blank=True)
    warning_overridden = models.CharField(max_length=300, blank=True)
    is_ongoing = models.BooleanField(_("taken on and on"), default=False)
    stopped_on = models.DateField(_("stopped on"), null=True, blank=True)
    stopped_why = models.CharField(_("why it was stopped"), max_length=200, blank=True, default="")
    history = History()

    class Meta:
        verbose_name = _("prescription line")
        verbose_name_plural = _("prescription lines")
        indexes = [models.Index(fields=["patient", "-created_at"], name="drugs_of_patient")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def dose_words(self) -> str:
        """The dose for whoever reads it: picked parts in her language, else the doctor's own words."""
        return ", ".join(filter(None, [dose_words(self.dosing), self.dose])) if self.dosing else self.dose


class HandOff(Audited):
    """A prescription registered with the national e-prescription, found there by its tracking code."""

    encounter = models.OneToOneField(Encounter, on_delete=models.PROTECT, related_name="hand_off")
    tracking_code = models.CharField(_("tracking code"), max_length=40)
    system = models.CharField(_("registered with"), max_length=60, blank=True)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answer: Any = models.JSONField(default=dict, blank=True)  # what the service answered, as it came
    history = History()

    class Meta:
        verbose_name = _("registered prescription")
        verbose_name_plural = _("registered prescriptions")

    def __str__(self) -> str:
        return self.tracking_code
