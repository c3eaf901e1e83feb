"""What is asked of laboratories and imaging, and what comes back."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange
from emr.statuses import OrderStatus
from scheduling.models import Practitioner, Visit


class OrderKind(models.TextChoices):
    LAB = "lab", _("Laboratory")
    IMAGING = "imaging", _("Imaging")
    OTHER = "other", pgettext_lazy("order", "Other")


class Flag(models.TextChoices):
    """How a result stands to its reference range."""

    NORMAL = "normal", pgettext_lazy("result", "Normal")
    LOW = "low", pgettext_lazy("result", "Low")
    HIGH = "high", pgettext_lazy("result", "High")
    ABNORMAL = "abnormal", pgettext_lazy("result", "Abnormal")
    CRITICAL = "critical", pgettext_lazy("result", "Critical")


class OrderItem(Audited):
    """Something that can be ordered: one examination, or a panel of several (FHIR ActivityDefinition)."""

    kind = models.CharField(_("kind"), max_length=10, choices=OrderKind.choices, default=OrderKind.LAB)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    loinc = models.CharField(_("LOINC code"), max_length=12, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    low = models.DecimalField(_("normal from"), max_digits=12, decimal_places=3, null=True, blank=True)
    high = models.DecimalField(_("normal up to"), max_digits=12, decimal_places=3, null=True, blank=True)
    low_women = models.DecimalField(_("women: from"), max_digits=12, decimal_places=3, null=True, blank=True)
    high_women = models.DecimalField(_("women: up to"), max_digits=12, decimal_places=3, null=True, blank=True)
    normal_text = models.CharField(_("normal in words"), max_length=80, blank=True)
    panel = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="panels")
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("examination")
        verbose_name_plural = _("examinations")
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"], condition=models.Q(is_active=True), name="order_item_once",
                violation_error_message=_("There is one of this name already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def limits_for(self, sex: str) -> tuple[Decimal | None, Decimal | None]:
        """The reference range for a person."""
        if sex == "female" and (self.low_women is not None or self.high_women is not None):
            return self.low_women, self.high_women
        return self.low, self.high


class ServiceRequest(Audited):
    """An order of one or more examinations, with what came of it (FHIR ServiceRequest and DiagnosticReport)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="orders")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=10, choices=OrderKind.choices)
    status = models.CharField(max_length=20, choices=OrderStatus.choices, default=OrderStatus.REQUESTED)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    question = models.CharField(_("clinical question"), max_length=300, blank=True)
    place = models.CharField(_("where"), max_length=120, blank=True)
    conclusion = models.TextField(_("report"), blank=True)
    resulted_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(_("shown to the patient since"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="orders_of_patient"),
            models.Index(fields=["practitioner", "status"], name="orders_of_doctor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(released_at=None) | models.Q(reviewed_at__isnull=False), name="seen_before_shown"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class ServiceRequestStatusChange(StatusChange):
    """One move of an order."""

    subject = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="moves")


class Result(Audited):
    """One examination of an order, and its value once it is there (FHIR Observation)."""

    order = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="results")
    item = models.ForeignKey(OrderItem, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("examination"), max_length=120)
    number = models.DecimalField(_("value"), max_digits=14, decimal_places=4, null=True, blank=True)
    text = models.CharField(_("value in words"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    low = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    high = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    normal_text = models.CharField(max_length=80, blank=True)
    flag = models.CharField(_("flag"), max_length=10, choices=Flag.choices, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["order", "name"], name="result_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def as_typed(self) -> str:
        """The value as an input shows it."""
        return f"{self.number.normalize():f}" if self.number is not None else self.text

    @property
    def is_there(self) -> bool:
        """Whether a value was entered."""
        return self.number is not None or bool(self.text)
