"""What a doctor uses again and again: diagnoses, drugs with their dose, whole prescriptions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import Audited
from emr.models.dosing import dose_words
from emr.models.drugs import Medication


class FavouriteDiagnosis(Audited):
    """A diagnosis that one doctor has at hand."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(_("ICD-10"), max_length=12, blank=True)
    title = models.CharField(_("diagnosis"), max_length=250)
    history = History()

    class Meta:
        verbose_name = _("favourite diagnosis")
        verbose_name_plural = _("favourite diagnoses")
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "code", "title"], name="favourite_diagnosis_once")]

    def __str__(self) -> str:
        return self.title


class DrugLine(Audited):
    """A drug with its dose, ready to prescribe."""

    medication = models.ForeignKey(Medication, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("drug"), max_length=200)
    dose = models.CharField(_("dose in words"), max_length=200, blank=True)
    dosing = models.JSONField(default=dict, blank=True)
    quantity = models.CharField(_("quantity"), max_length=40, blank=True)
    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def dose_words(self) -> str:
        """The dose in the reader's language."""
        return ", ".join(filter(None, [dose_words(self.dosing), self.dose])) if self.dosing else self.dose


class FavouriteDrug(DrugLine):
    """A drug with the dose that one doctor usually gives."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    history = History()

    class Meta:
        verbose_name = _("favourite drug")
        verbose_name_plural = _("favourite drugs")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name", "dose"], name="favourite_drug_once")]


class PrescriptionSet(Audited):
    """Drugs and advice that go together; of one doctor, or of the whole clinic."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=80)
    advice = models.TextField(_("recommendations to the patient"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("prescription set")
        verbose_name_plural = _("prescription sets")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=models.Q(is_active=True),
                nulls_distinct=False,
                name="prescription_set_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PrescriptionSetLine(DrugLine):
    """One drug of a set."""

    of_set = models.ForeignKey(PrescriptionSet, on_delete=models.CASCADE, related_name="lines")
    history = History()

    class Meta:
        verbose_name = _("drug of a set")
        verbose_name_plural = _("drugs of sets")
        ordering = ["pk"]
