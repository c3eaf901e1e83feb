"""Items, lots, movements, what services consume."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field, quantity_field
from clinic.shared.money import language
from scheduling.models import Service, Visit


class Item(Audited):
    """Something kept in stock, counted in its unit of use."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=20)
    step = quantity_field(verbose_name=_("smallest amount"), default=1)
    low_level = quantity_field(verbose_name=_("warn below"), default=0)
    sale_price = money_field(verbose_name=_("sale price"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=models.Q(step__gt=0), name="item_step")]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and language() == "en" else self.name


class Lot(models.Model):
    """An amount of an item with one expiry date in one branch; never below zero."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("lot number"), max_length=40, blank=True)
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    quantity = quantity_field(verbose_name=_("quantity"), default=0)
    unit_cost = money_field(verbose_name=_("cost of one unit"), default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="stock_not_negative"),
            models.UniqueConstraint(
                fields=["item", "branch", "number", "expires_on"], name="lot_of_item", nulls_distinct=False
            ),
        ]


class MovementKind(models.TextChoices):
    PURCHASE = "purchase", _("Received")
    CONSUME = "consume", _("Used in a visit")
    SALE = "sale", _("Sold")
    RETURN_IN = "return_in", _("Returned")
    RETURN_OUT = "return_out", _("Sent back")
    TRANSFER_IN = "transfer_in", _("Came from another branch")
    TRANSFER_OUT = "transfer_out", _("Went to another branch")
    FOUND = "found", _("Found")
    LOST = "lost", _("Lost")
    EXPIRED = "expired", _("Expired")
    DAMAGED = "damaged", _("Damaged")
    REVERSAL = "reversal", _("Taken back")


# What a person may write down by hand: received or found adds, the rest takes away.
ADDS = {MovementKind.PURCHASE, MovementKind.FOUND}
TAKES = {MovementKind.LOST, MovementKind.DAMAGED, MovementKind.EXPIRED}


class StockMovement(AppendOnly):
    """One change of one lot: who, why, for which visit. Corrected by another movement only."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="movements")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=MovementKind.choices)
    quantity = quantity_field()  # signed
    unit_cost = money_field()
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="movements")
    reason = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=80)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [models.UniqueConstraint(fields=["cause", "kind", "lot"], name="movement_once")]
        indexes = [
            models.Index(fields=["item", "-at"], name="movements_of_item"),
            models.Index(fields=["visit"], name="movements_of_visit", condition=models.Q(visit__isnull=False)),
        ]


class TemplateLine(Audited):
    """What one service is expected to use."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="consumption")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field(verbose_name=_("quantity"))
    history = History()

    class Meta:
        verbose_name = _("expected consumption")
        verbose_name_plural = _("expected consumption")
        constraints = [
            models.UniqueConstraint(fields=["service", "item"], name="template_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="template_positive"),
        ]


class ConsumptionLine(Audited):
    """What a visit really used beside what its service expected; posted once when the visit ends."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="consumption")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    expected = quantity_field(default=0)
    actual = quantity_field(verbose_name=_("used"))
    posted_at = models.DateTimeField(null=True, blank=True)
    # A visit that was reopened is posted again: each time has its own cause.
    times_posted = models.PositiveSmallIntegerField(default=0)
    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "item"], name="consumption_once"),
            models.CheckConstraint(condition=models.Q(actual__gte=0), name="consumption_not_negative"),
        ]
        verbose_name = _("consumption of a visit")
        verbose_name_plural = _("consumption of visits")


class Discrepancy(Audited):
    """A visit used more than the books had: to be settled by a count, never a negative stock."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="discrepancies")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()  # how much was missing
    cause = models.CharField(max_length=80)
    settled_at = models.DateTimeField(null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("shortage to settle")
        verbose_name_plural = _("shortages to settle")
        constraints = [models.UniqueConstraint(fields=["cause", "item"], name="discrepancy_once")]
