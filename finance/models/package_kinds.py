"""Packages as they are offered: services with counts, one price, and rules."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import Audited, money_field
from scheduling.models import Service


class CommissionOn(models.TextChoices):
    """What a doctor's share of a session is counted from."""

    VALUE = "value", _("the value of the session in the package")
    LIST = "list", _("the list price of the service")


class PackageRules(models.Model):
    """What holds for a kind of package; a sold one keeps its own copy."""

    transferable = models.BooleanField(_("may be given to another patient"), default=False)
    shareable = models.BooleanField(_("the family may use it too"), default=False)
    counts_missed = models.BooleanField(_("a session pays the fee for a missed visit"), default=False)
    freeze_days = models.PositiveSmallIntegerField(_("days it may be frozen in all"), default=0)
    commission_on = models.CharField(
        _("commission is counted from"), max_length=5, choices=CommissionOn.choices, default=CommissionOn.VALUE
    )

    class Meta:
        abstract = True


class PackageKind(PackageRules, Audited):
    """A package as it is offered: services with counts, one price, and its rules."""

    name = models.CharField(_("name"), max_length=120)
    price = money_field(verbose_name=_("price"))
    valid_days = models.PositiveSmallIntegerField(_("days it is valid"), default=0)  # 0: without an end
    is_active = models.BooleanField(_("on sale"), default=True)
    history = History()

    class Meta:
        verbose_name = _("kind of package")
        verbose_name_plural = _("kinds of packages")
        ordering = ["name", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(price__gte=0), name="package_price")]

    def __str__(self) -> str:
        return self.name


class PackageKindLine(Audited):
    """One service of a kind and how many sessions of it."""

    kind = models.ForeignKey(PackageKind, on_delete=models.PROTECT, related_name="lines")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField(_("sessions"))  # 0: not in it any more
    history = History()

    class Meta:
        verbose_name = _("service of a package")
        verbose_name_plural = _("services of packages")
        constraints = [models.UniqueConstraint(fields=["kind", "service"], name="service_once_in_kind")]
