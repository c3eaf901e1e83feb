"""What doctors get of bills: the terms of each line."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.shared.models import AppendOnly, money_field
from finance.models.documents import Invoice, InvoiceLine
from finance.models.share_rules import CommissionRule
from finance.models.share_terms import Terms
from scheduling.models import Practitioner


class Commission(Terms, AppendOnly):
    """The terms of one line of a bill, resolved once when it was issued; `price` is what the share is counted from."""

    line = models.OneToOneField(InvoiceLine, on_delete=models.PROTECT, related_name="commission")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="commissions")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(CommissionRule, on_delete=models.PROTECT, related_name="+")
    referred = models.BooleanField(default=False)
    price = money_field()

    class Meta:
        verbose_name = _("doctor’s share")
        verbose_name_plural = _("doctors’ shares")
