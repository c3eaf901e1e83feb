"""What happened to sold packages, written once; and what was said for one visit."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field
from finance.models.documents import Invoice, Payment
from finance.models.packages import Package, PackageItem
from scheduling.models import Visit


class PackageMoveKind(models.TextChoices):
    SOLD = "sold", _("Sold")
    USED = "used", _("Session used")
    GIVEN_BACK = "given_back", _("Session given back")
    REFUNDED = "refunded", _("Refunded")
    EXPIRED = "expired", _("Expired")
    REVIVED = "revived", _("Valid again")
    CANCELLED = "cancelled", _("Sale cancelled")
    TRANSFERRED = "transferred", _("Given to another patient")
    FROZEN = "frozen", _("Frozen")
    UNFROZEN = "unfrozen", _("Usable again")
    EXTENDED = "extended", _("Extended")


class PackageMove(AppendOnly):
    """One thing that happened to a package: sessions and value that came (above zero) or went, each cause once.

    `list_price` is what the service would have cost, kept for commissions; `patient` whose visit it was, or who got it.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="moves")
    item = models.ForeignKey(PackageItem, null=True, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12, choices=PackageMoveKind.choices)
    cause = models.CharField(max_length=80, unique=True)
    sessions = models.SmallIntegerField(default=0)
    value = money_field(default=0)
    list_price = money_field(null=True)
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="package_moves")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="package_moves")
    number = models.PositiveSmallIntegerField(null=True)  # the 4 of "session 4 of 10"
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("move of a package")
        verbose_name_plural = _("moves of packages")


class PackageChoice(Audited):
    """Said for one visit: whether a package may pay it. Without a row it does."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="package_choice")
    uses = models.BooleanField(default=True)
    history = History()

    class Meta:
        verbose_name = _("choice of a package")
        verbose_name_plural = _("choices of packages")
