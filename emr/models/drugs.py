"""The clinic's list of drugs and what was prescribed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited
from emr.models.record import Encounter


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
