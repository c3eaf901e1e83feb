"""A patient's background: illnesses and operations of the past, the family, the way of life."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.patients.models import Patient
from clinic.shared import calendar
from clinic.shared.audit import History
from clinic.shared.models import Audited

JALALI_BEHIND = 621  # years; the months do not matter for a year that somebody remembers


class BackgroundKind(models.TextChoices):
    """FHIR: Condition and Procedure of the past, FamilyMemberHistory, social Observation."""

    ILLNESS = "illness", _("Past illness")
    SURGERY = "surgery", _("Operation")
    FAMILY = "family", _("In the family")
    SMOKING = "smoking", _("Smoking")
    ALCOHOL = "alcohol", _("Alcohol")
    SUBSTANCES = "substances", _("Other substances")
    OCCUPATION = "occupation", _("Occupation")
    LIVING = "living", _("Living conditions")
    WOMEN = "women", _("Pregnancies and cycle")
    VACCINE = "vaccine", _("Vaccination")


class Relative(models.TextChoices):
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    SISTER = "sister", pgettext_lazy("relative", "Sister")
    BROTHER = "brother", pgettext_lazy("relative", "Brother")
    CHILD = "child", pgettext_lazy("relative", "Child")
    GRANDPARENT = "grandparent", pgettext_lazy("relative", "Grandparent")
    OTHER = "other", pgettext_lazy("relative", "Other relative")


class BackgroundEntry(Audited):
    """One fact of a patient's background; what proved wrong stays, marked so."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="background")
    kind = models.CharField(_("kind"), max_length=12, choices=BackgroundKind.choices)
    title = models.CharField(_("what"), max_length=200)
    relative = models.CharField(_("who"), max_length=12, choices=Relative.choices, blank=True, default="")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)  # of the Gregorian calendar
    detail = models.CharField(_("more"), max_length=300, blank=True, default="")
    entered_in_error = models.BooleanField(default=False)
    history = History()

    class Meta:
        verbose_name = _("background")
        verbose_name_plural = _("backgrounds")
        indexes = [models.Index(fields=["patient"], name="background_of_patient")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year=None) | models.Q(year__gte=1850, year__lte=2200), name="background_year"
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_year(self) -> int | None:
        """The year in the reader's calendar."""
        if self.year and calendar.current_calendar() == "jalali":
            return self.year - JALALI_BEHIND
        return self.year
