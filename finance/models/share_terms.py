"""How a doctor's share is counted: what a rule says, and each line of a bill keeps."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Basis(models.TextChoices):
    """When a share is earned."""

    INVOICED = "invoiced", _("when the bill is issued")
    COLLECTED = "collected", _("as the money comes")


class DiscountIn(models.TextChoices):
    """What a discount does to a share."""

    STATED = "stated", _("as each discount says who bears it")
    GROSS = "gross", _("never: the share is of the price before discounts")
    NET = "net", _("always: the share is of the price after discounts")


def percent_field(**kwargs: Any) -> models.DecimalField:
    """A rate in percent, 0 to 100."""
    return models.DecimalField(max_digits=5, decimal_places=2, **kwargs)


class Terms(models.Model):
    """How a share is counted; each line of a bill keeps its own copy."""

    rate = percent_field(verbose_name=_("percent"))
    basis = models.CharField(_("earned"), max_length=10, choices=Basis.choices, default=Basis.INVOICED)
    discounts = models.CharField(_("discounts lower it"), max_length=6, choices=DiscountIn.choices, default="stated")
    less_consumables = models.BooleanField(_("after the cost of what was used"), default=False)
    after_collected = models.BooleanField(_("payable only when the patient has paid"), default=False)
    hold_days = models.PositiveSmallIntegerField(_("days it is held"), default=0)

    class Meta:
        abstract = True
