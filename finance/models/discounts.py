"""Discounts that were asked for: given at once within a role's limit, else decided by somebody above."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.accounts.roles import Role
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange, money_field
from finance.models.credit_notes import CreditNote
from finance.models.documents import Bearer, Invoice, InvoiceLine
from finance.statuses import LIVE_DISCOUNTS, DiscountStatus
from scheduling.models import Visit


class DiscountLimit(Audited):
    """How much of a bill a role may take off without asking; roles without a row as `DEFAULT_LIMITS` says."""

    role = models.CharField(max_length=20, choices=Role.choices, unique=True)
    percent = models.PositiveSmallIntegerField(_("percent of the bill"))
    history = History()

    class Meta:
        verbose_name = _("limit of discounts")
        verbose_name_plural = _("limits of discounts")
        constraints = [models.CheckConstraint(condition=models.Q(percent__lte=100), name="discount_limit_in_hundred")]


class Discount(Audited):
    """A discount on a bill, on one of its lines, or on a visit whose bill is not issued yet."""

    status = models.CharField(max_length=10, choices=DiscountStatus.choices, default=DiscountStatus.ASKED)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="discounts")
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="discounts")
    line = models.ForeignKey(InvoiceLine, null=True, on_delete=models.PROTECT, related_name="discounts")
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # as it was asked for
    amount = money_field(verbose_name=_("amount"))  # what that was when it was asked for
    reason = models.CharField(_("reason"), max_length=120)
    bearer = models.CharField(_("borne by"), max_length=8, choices=Bearer.choices, default=Bearer.CLINIC)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.OneToOneField(CreditNote, null=True, on_delete=models.PROTECT, related_name="discount")
    form_token = models.CharField(max_length=70, unique=True, null=True)
    history = History()

    class Meta:
        verbose_name = _("discount")
        verbose_name_plural = _("discounts")
        indexes = [
            models.Index(fields=["branch"], name="discounts_to_decide", condition=models.Q(status=DiscountStatus.ASKED))
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="discount_positive"),
            models.CheckConstraint(
                condition=models.Q(visit__isnull=False) | models.Q(invoice__isnull=False), name="discount_of_something"
            ),
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(status__in=LIVE_DISCOUNTS), name="one_live_discount_of_visit"
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(status__in=LIVE_DISCOUNTS), name="one_live_discount_of_bill"
            ),
        ]


class DiscountStatusChange(StatusChange):
    """One move of a discount."""

    subject = models.ForeignKey(Discount, on_delete=models.PROTECT, related_name="moves")
