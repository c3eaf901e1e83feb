"""The clinics of the platform. Lives in `public` only; a clinic's own data never points here."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from clinic.shared.audit import History
from clinic.shared.models import AuditedQuerySet, StatusChange
from clinic.shared.tenancy import ClinicInfo
from clinic.shared.writing import Written
from tenants.statuses import ClinicStatus, RequestStatus


class Clinic(TenantMixin):
    """A clinic: its schema, its look and its defaults."""

    auto_create_schema = False
    auto_drop_schema = False

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    status = models.CharField(max_length=20, choices=ClinicStatus.choices, default=ClinicStatus.BUILDING)
    language = models.CharField(_("language"), max_length=2, default="fa")
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tehran")
    currency = models.CharField(_("currency"), max_length=3, default="IRR")
    money_display = models.CharField(_("money shown as"), max_length=10, blank=True, default="")
    accent = models.CharField(_("colour"), max_length=6, default="0f766e")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    history = History()

    objects = AuditedQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")

    def __str__(self) -> str:
        return self.name

    def info(self, host: str, flags: dict[str, Any] | None = None) -> ClinicInfo:
        """The plain values that every layer may know."""
        return ClinicInfo(
            id=self.pk,
            schema_name=self.schema_name,
            name=self.name,
            name_en=self.name_en,
            host=host,
            language=self.language,
            time_zone=self.time_zone,
            currency=self.currency,
            money_display=self.money_display,
            accent=self.accent,
            status=self.status,
            is_demo=self.is_demo,
            flags=flags or {},
        )


class ClinicStatusChange(StatusChange):
    """One move of a clinic's life."""

    subject = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="moves")


class Domain(DomainMixin):
    """A host name of a clinic."""


class ClinicRequest(Written):
    """Somebody asked for a clinic on the platform."""

    clinic_name = models.CharField(_("clinic's name"), max_length=120)
    subdomain = models.CharField(_("address"), max_length=40)
    owner_name = models.CharField(_("your name"), max_length=120)
    owner_phone = models.CharField(_("mobile number"), max_length=20)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, default="fa")
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tehran")
    currency = models.CharField(_("currency"), max_length=3, default="IRR")
    note = models.TextField(_("anything we should know"), blank=True)
    status = models.CharField(max_length=20, choices=RequestStatus.choices, default=RequestStatus.WAITING)
    clinic = models.ForeignKey(Clinic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    history = History()

    objects = AuditedQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic request")
        verbose_name_plural = _("clinic requests")


class ClinicRequestStatusChange(StatusChange):
    """One move of a request."""

    subject = models.ForeignKey(ClinicRequest, on_delete=models.PROTECT, related_name="moves")
