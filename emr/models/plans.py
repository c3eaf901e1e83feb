"""Treatment plans: goals, sessions to come, consent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Consent, Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange
from emr.statuses import PlanStatus
from scheduling.models import Practitioner, Service


class CarePlan(Audited):
    """What is to be reached with a patient, and by which sessions (FHIR CarePlan)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(_("title"), max_length=120)
    status = models.CharField(max_length=20, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("planned until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    for_patient = models.BooleanField(_("the patient sees it online"), default=True)
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    history = History()

    class Meta:
        verbose_name = _("treatment plan")
        verbose_name_plural = _("treatment plans")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["patient"], name="plans_of_patient")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="plan_has_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.title


class CarePlanStatusChange(StatusChange):
    """One move of a plan."""

    subject = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="moves")


class PlanGoal(Audited):
    """Something to be reached."""

    plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="goals")
    text = models.CharField(_("goal"), max_length=200)
    due_on = models.DateField(_("until"), null=True, blank=True)
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class PlannedSessions(Audited):
    """So many sessions of a service, so many days apart. Which are done, the visits say."""

    plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="sessions")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField(_("sessions"))
    every_days = models.PositiveSmallIntegerField(_("every (days)"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("planned sessions")
        verbose_name_plural = _("planned sessions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(count__gte=1, count__lte=200), name="sessions_count"),
            models.UniqueConstraint(fields=["plan", "service"], name="sessions_of_service_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service} × {self.count}"
