"""Packages that were sold, with what is left of them."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange, money_field
from clinic.shared.money import rounded_down
from finance.models.documents import Invoice
from finance.models.kept import kept
from finance.models.package_kinds import PackageKind, PackageRules
from finance.statuses import PackageStatus
from scheduling.models import Service


class Package(PackageRules, Audited):
    """A package that was sold: its price is a debt of the clinic until sessions are used, refunded or expire."""

    status = models.CharField(max_length=10, choices=PackageStatus.choices, default=PackageStatus.ACTIVE)
    kind = models.ForeignKey(PackageKind, on_delete=models.PROTECT, related_name="sold")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="packages")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="package")
    name = models.CharField(_("name"), max_length=120)
    price = money_field(verbose_name=_("price"))  # after the discount
    sold_on = models.DateField(_("sold on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)  # the last day
    frozen_on = models.DateField(_("frozen on"), null=True, blank=True)
    frozen_days = models.PositiveSmallIntegerField(default=0)  # used up of those allowed
    history = History()

    GUARD_SQL = kept("finance_package", "branch_id", "invoice_id", "price", "sold_on")

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        indexes = [
            models.Index(
                fields=["valid_until"], name="packages_to_expire", condition=models.Q(status=PackageStatus.ACTIVE)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=PackageStatus.FROZEN, frozen_on__isnull=False)
                | models.Q(~models.Q(status=PackageStatus.FROZEN), frozen_on__isnull=True),
                name="frozen_since_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_days__lte=models.F("freeze_days")), name="frozen_as_long_as_allowed"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PackageStatusChange(StatusChange):
    """One move of a package."""

    subject = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="status_moves")


class PackageItem(Audited):
    """The sessions of one service in a sold package: how many and what they are worth, and what is left of both."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="items")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField(_("sessions"))
    left = models.PositiveSmallIntegerField(_("sessions left"))
    value = money_field(verbose_name=_("value"))
    value_left = money_field(verbose_name=_("value left"))
    history = History()

    GUARD_SQL = kept("finance_packageitem", "package_id", "service_id", "count", "value")

    class Meta:
        verbose_name = _("sessions of a package")
        verbose_name_plural = _("sessions of packages")
        constraints = [
            models.UniqueConstraint(fields=["package", "service"], name="service_once_in_package"),
            models.CheckConstraint(
                condition=models.Q(count__gt=0, left__gte=0, left__lte=models.F("count")), name="sessions_in_package"
            ),
            models.CheckConstraint(
                condition=models.Q(value_left__gte=0, value_left__lte=models.F("value"))
                & (models.Q(left__gt=0) | models.Q(value_left=0)),
                name="value_in_package",
            ),
        ]

    @property
    def used(self) -> int:
        """Sessions that are not there any more."""
        return self.count - self.left

    @property
    def share_left(self) -> Decimal:
        """How much of it is there, from 0 to 1."""
        return Decimal(self.left) / self.count

    @property
    def next_value(self) -> Decimal:
        """What the next session is worth: an equal part, the last one takes the rest."""
        return self.value_left if self.left == 1 else rounded_down(self.value / self.count)
