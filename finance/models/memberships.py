"""Memberships that were sold, with their paid periods and what is left of each."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange, money_field
from finance.models.documents import Invoice
from finance.models.kept import kept
from finance.models.membership_plans import MembershipPlan, MembershipTerms
from finance.statuses import MembershipStatus
from scheduling.models import Service, Visit


class Membership(MembershipTerms, Audited):
    """A patient's membership; it renews until it is ended."""

    status = models.CharField(max_length=10, choices=MembershipStatus.choices, default=MembershipStatus.ACTIVE)
    plan = models.ForeignKey(MembershipPlan, on_delete=models.PROTECT, related_name="sold")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="memberships")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    renews = models.BooleanField(_("renews"), default=True)  # False: ends with its period
    frozen_on = models.DateField(_("frozen on"), null=True, blank=True)
    frozen_days = models.PositiveSmallIntegerField(default=0)  # used up of those allowed
    history = History()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "patient"],
                condition=models.Q(status__in=[MembershipStatus.ACTIVE, MembershipStatus.FROZEN]),
                name="one_running_membership",
            ),
            models.CheckConstraint(
                condition=models.Q(status=MembershipStatus.FROZEN, frozen_on__isnull=False)
                | models.Q(~models.Q(status=MembershipStatus.FROZEN), frozen_on__isnull=True),
                name="membership_frozen_on",
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_days__lte=models.F("freeze_days")), name="membership_frozen_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipStatusChange(StatusChange):
    """One move of a membership."""

    subject = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="status_moves")


class MembershipPeriod(Audited):
    """One paid stretch of a membership: its price is a debt that becomes revenue day by day."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="periods")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="membership_period")
    starts_on = models.DateField()
    ends_on = models.DateField()  # the first day that is not in it
    days = models.PositiveSmallIntegerField()  # of which it becomes revenue; freezing adds none
    frozen_days = models.PositiveSmallIntegerField(default=0)
    price = money_field()
    earned = money_field(default=0)
    returned = money_field(default=0)  # refunded, or cancelled with the bill
    history = History()

    GUARD_SQL = kept("finance_membershipperiod", "membership_id", "invoice_id", "price")

    class Meta:
        verbose_name = _("period of a membership")
        verbose_name_plural = _("periods of memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "starts_on"], condition=models.Q(returned__lt=models.F("price")),
                name="membership_period_once",
            ),
            models.CheckConstraint(
                condition=models.Q(earned__gte=0, returned__gte=0, price__gte=models.F("earned") + models.F("returned"))
                & models.Q(ends_on__gt=models.F("starts_on"), days__gt=0),
                name="earned_in_period",
            ),
        ]  # fmt: skip

    @property
    def owed(self) -> Decimal:
        """What of it is neither earned nor given back."""
        return self.price - self.earned - self.returned


class MembershipRight(Audited):
    """What one period gives for a service, or (without one) for all the others, and the sessions left of it."""

    period = models.ForeignKey(MembershipPeriod, on_delete=models.PROTECT, related_name="rights")
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="+")
    discount_percent = models.PositiveSmallIntegerField(default=0)
    sessions = models.PositiveSmallIntegerField(default=0)
    left = models.PositiveSmallIntegerField(default=0)
    history = History()

    class Meta:
        verbose_name = _("right of a period")
        verbose_name_plural = _("rights of periods")
        constraints = [
            models.UniqueConstraint(fields=["period", "service"], nulls_distinct=False, name="right_once_in_period"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__lte=100, left__gte=0, left__lte=models.F("sessions")),
                name="sessions_of_right",
            ),
        ]


class MembershipUse(AppendOnly):
    """What a membership took off a bill (above zero), or what came back with it; each cause once.

    `sessions` is 1 for an included one; `list_price` is what the visit would have cost without the membership.
    """

    right = models.ForeignKey(MembershipRight, on_delete=models.PROTECT, related_name="uses")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="membership_uses")
    sessions = models.SmallIntegerField(default=0)
    amount = money_field()
    list_price = money_field()
    cause = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("use of a membership")
        verbose_name_plural = _("uses of memberships")
