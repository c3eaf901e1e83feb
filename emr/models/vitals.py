"""What is measured of a patient: blood pressure, weight, whatever the clinic adds; and which values are usual."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited
from scheduling.models import Visit


@dataclass(frozen=True)
class Measure:
    """Something that can be measured: its words and unit, how exactly, and what a living body can show."""

    code: str
    name: Any
    unit: str
    places: int
    lowest: Decimal
    highest: Decimal
    chart: str = ""  # measures of one chart are drawn together
    loinc: str = ""
    computed: bool = False


def _measure(code: str, name: Any, unit: str, places: int, limits: tuple[str, str], **more: Any) -> Measure:
    return Measure(code, name, unit, places, Decimal(limits[0]), Decimal(limits[1]), **more)


MEASURES: dict[str, Measure] = {
    each.code: each
    for each in (
        _measure("systolic", _("Systolic pressure"), "mmHg", 0, ("40", "300"), chart="pressure", loinc="8480-6"),
        _measure("diastolic", _("Diastolic pressure"), "mmHg", 0, ("20", "200"), chart="pressure", loinc="8462-4"),
        _measure("pulse", pgettext_lazy("vital", "Pulse"), "/min", 0, ("20", "300"), loinc="8867-4"),
        _measure("temperature", _("Temperature"), "°C", 1, ("30", "44"), loinc="8310-5"),
        _measure("breathing", _("Breathing rate"), "/min", 0, ("4", "100"), loinc="9279-1"),
        _measure("oxygen", _("Oxygen saturation"), "%", 0, ("40", "100"), loinc="59408-5"),
        _measure("weight", _("Weight"), "kg", 1, ("0.3", "400"), loinc="29463-7"),
        _measure("height", _("Height"), "cm", 1, ("20", "250"), loinc="8302-2"),
        _measure("bmi", _("Body mass index"), "kg/m²", 1, ("5", "120"), loinc="39156-5", computed=True),
        _measure("glucose", _("Blood sugar"), "mg/dL", 0, ("10", "900"), loinc="2339-0"),
    )
}


class VitalKind(Audited):
    """Something more that this clinic measures."""

    name = models.CharField(_("name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    places = models.PositiveSmallIntegerField(_("decimal places"), default=0)
    lowest = models.DecimalField(_("lowest plausible value"), max_digits=9, decimal_places=2)
    highest = models.DecimalField(_("highest plausible value"), max_digits=9, decimal_places=2)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("kind of measurement")
        verbose_name_plural = _("kinds of measurements")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(is_active=True), name="vital_kind_once",
                violation_error_message=_("There is one of this name already."),
            ),
            models.CheckConstraint(condition=models.Q(lowest__lt=models.F("highest")), name="vital_kind_limits"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def measure(self) -> Measure:
        """The same, as the built-in ones are."""
        return Measure(f"c{self.pk}", self.name, self.unit, self.places, self.lowest, self.highest)


class VitalRange(Audited):
    """The values that this clinic takes as usual at an age; where a kind has any, ours are not asked."""

    code = models.CharField(_("of what"), max_length=20)
    sex = models.CharField(_("sex"), max_length=10, blank=True)
    age_from = models.PositiveSmallIntegerField(_("from age (years)"), default=0)
    age_to = models.PositiveSmallIntegerField(_("below age (years)"), default=150)
    low = models.DecimalField(_("usual from"), max_digits=9, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(_("usual up to"), max_digits=9, decimal_places=2, null=True, blank=True)
    alarm_low = models.DecimalField(_("alarming below"), max_digits=9, decimal_places=2, null=True, blank=True)
    alarm_high = models.DecimalField(_("alarming above"), max_digits=9, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("usual values")
        verbose_name_plural = _("usual values")
        ordering = ["code", "age_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(age_from__lt=models.F("age_to")), name="vital_range_ages")
        ]

    def __str__(self) -> str:
        return str(MEASURES[self.code].name) if self.code in MEASURES else self.code


class VitalSign(Audited):
    """One value of one moment (FHIR Observation, vital-signs)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="vitals")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="vitals")
    code = models.CharField(_("of what"), max_length=20)
    value = models.DecimalField(_("value"), max_digits=9, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    measured_at = models.DateTimeField(_("measured at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_in_error = models.BooleanField(default=False)
    history = History()

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        indexes = [models.Index(fields=["patient", "-measured_at"], name="vitals_of_patient")]
        ordering = ["measured_at", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"
