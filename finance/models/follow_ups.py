"""Free follow-up: after a paid visit the next ones with the same doctor cost nothing, or less, for some days."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange
from finance.models.documents import Invoice
from finance.statuses import FollowUpStatus
from scheduling.models import Practitioner, Service


class FollowUpWindow(Audited):
    """What one paid visit gives: so many visits of its service with its doctor until a day, at `percent` of the price.

    How many of them were used is counted from the lines of bills whose price names this window.
    """

    status = models.CharField(max_length=10, choices=FollowUpStatus.choices, default=FollowUpStatus.ACTIVE)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="follow_up_windows")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="follow_up_window")
    begins = models.DateField()
    until = models.DateField()  # the last day
    visits = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField(default=0)
    history = History()

    class Meta:
        verbose_name = _("free follow-up")
        verbose_name_plural = _("free follow-ups")
        indexes = [
            models.Index(
                fields=["patient", "practitioner"], name="follow_ups_to_use",
                condition=models.Q(status=FollowUpStatus.ACTIVE),
            )
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visits__gt=0, percent__lt=100, until__gte=models.F("begins")),
                name="follow_up_gives_something",
            )
        ]

    @property
    def days(self) -> int:
        """How many days after the first visit it lasts."""
        return (self.until - self.begins).days


class FollowUpWindowStatusChange(StatusChange):
    """One move of a free follow-up."""

    subject = models.ForeignKey(FollowUpWindow, on_delete=models.PROTECT, related_name="moves")
