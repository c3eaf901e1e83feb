"""Where money that is not cash arrives: card terminals and bank accounts; what the bank paid out of a terminal."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field


class PayPointKind(models.TextChoices):
    TERMINAL = "terminal", _("Card terminal")
    ACCOUNT = "account", _("Bank account")


class PayPoint(Audited):
    """A card terminal of a branch, or a bank account that transfers and card-to-card payments go to."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="pay_points")
    kind = models.CharField(_("kind"), max_length=10, choices=PayPointKind.choices)
    name = models.CharField(_("name"), max_length=60)
    number = models.CharField(_("number"), max_length=34, blank=True)  # of the terminal, card or account
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("terminal or bank account")
        verbose_name_plural = _("terminals and bank accounts")
        ordering = ["kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["branch", "kind", "name"], name="pay_point_of_this_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()


class Settlement(AppendOnly):
    """What the bank paid out of a terminal: `gross` left the terminal, `fee` of it stayed with the bank."""

    point = models.ForeignKey(PayPoint, on_delete=models.PROTECT, related_name="settlements")
    gross = money_field()
    fee = money_field(default=0)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    business_date = models.DateField()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    form_token = models.CharField(max_length=70, unique=True, null=True)

    class Meta:
        verbose_name = _("settlement of a terminal")
        verbose_name_plural = _("settlements of terminals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(gross__gt=0, fee__gte=0, fee__lte=models.F("gross")), name="fee_in_settlement"
            )
        ]

    @property
    def net(self) -> Decimal:
        """What arrived at the bank."""
        return self.gross - self.fee
