"""Memberships as they are offered: a price for each period, and what it gives."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import Audited, money_field
from scheduling.models import Service


class MembershipTerms(models.Model):
    """What holds for a membership; a sold one keeps its own copy."""

    name = models.CharField(_("name"), max_length=120)
    price = money_field(verbose_name=_("price of a period"))
    months = models.PositiveSmallIntegerField(_("period"), choices=[(1, _("Monthly")), (12, _("Yearly"))], default=1)
    shareable = models.BooleanField(_("the family may use it too"), default=False)
    priority = models.BooleanField(_("goes first in the line"), default=False)
    freeze_days = models.PositiveSmallIntegerField(_("days it may be frozen in all"), default=0)

    class Meta:
        abstract = True


class MembershipPlan(MembershipTerms, Audited):
    """A membership as it is offered."""

    is_active = models.BooleanField(_("on sale"), default=True)
    history = History()

    class Meta:
        verbose_name = _("kind of membership")
        verbose_name_plural = _("kinds of memberships")
        ordering = ["name", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(price__gt=0), name="membership_price")]

    def __str__(self) -> str:
        return self.name


class MembershipPlanLine(Audited):
    """What it gives for one service, or (without one) for all the others: a discount, sessions that cost nothing."""

    plan = models.ForeignKey(MembershipPlan, on_delete=models.PROTECT, related_name="lines")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    discount_percent = models.PositiveSmallIntegerField(_("percent off"), default=0)
    sessions = models.PositiveSmallIntegerField(_("sessions included in each period"), default=0)
    history = History()

    class Meta:
        verbose_name = _("benefit of a membership")
        verbose_name_plural = _("benefits of memberships")
        constraints = [
            models.UniqueConstraint(fields=["plan", "service"], nulls_distinct=False, name="benefit_once_in_plan"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__lte=100)
                & (models.Q(sessions=0) | models.Q(service__isnull=False)),
                name="benefit_of_plan",
            ),
        ]
