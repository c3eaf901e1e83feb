"""How a patient does, in numbers: pain from 0 to 10, questionnaires of the clinic, over time."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited
from scheduling.models import Visit


class Better(models.TextChoices):
    LOWER = "lower", pgettext_lazy("score", "Lower is better")
    HIGHER = "higher", pgettext_lazy("score", "Higher is better")


class OutcomeMeasure(Audited):
    """A score: one number, or the sum of several questions with the same answers."""

    name = models.CharField(_("name"), max_length=80)
    questions = models.TextField(_("questions, one a line"), blank=True)
    lowest = models.PositiveSmallIntegerField(_("lowest answer"), default=0)
    highest = models.PositiveSmallIntegerField(_("highest answer"), default=10)
    better = models.CharField(_("meaning"), max_length=6, choices=Better.choices, default=Better.LOWER)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("outcome measure")
        verbose_name_plural = _("outcome measures")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(lowest__lt=models.F("highest")), name="outcome_limits"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(is_active=True), name="outcome_measure_once",
                violation_error_message=_("There is one of this name already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> list[str]:
        """The questions; the name itself where it is one number."""
        return [line.strip() for line in self.questions.splitlines() if line.strip()] or [self.name]

    @property
    def limits(self) -> tuple[Decimal, Decimal]:
        """The least and the highest score that can be."""
        count = len(self.asked)
        return Decimal(self.lowest * count), Decimal(self.highest * count)


class OutcomeScore(Audited):
    """One score of one moment (FHIR Observation)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="scores")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="scores")
    measure = models.ForeignKey(OutcomeMeasure, on_delete=models.PROTECT, related_name="scores")
    score = models.DecimalField(_("score"), max_digits=8, decimal_places=2)
    answers = models.JSONField(default=list, blank=True)
    measured_at = models.DateTimeField(_("asked at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_in_error = models.BooleanField(default=False)
    history = History()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["measured_at", "pk"]
        indexes = [models.Index(fields=["patient", "-measured_at"], name="scores_of_patient")]

    def __str__(self) -> str:
        return f"{self.measure} {self.score}"
