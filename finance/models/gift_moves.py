"""Value that came to gift cards and went, written once; and codes that were none."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.shared.models import AppendOnly, money_field
from finance.models.documents import Payment
from finance.models.gifts import GiftCard


class GiftMoveKind(models.TextChoices):
    SOLD = "sold", _("Sold")
    PAID = "paid", _("Paid with it")
    GIVEN_BACK = "given_back", _("Given back to it")
    REFUNDED = "refunded", _("Refunded")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Sale cancelled")


class GiftMove(AppendOnly):
    """Value that came to a gift card (above zero) or went, each cause once."""

    card = models.ForeignKey(GiftCard, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12, choices=GiftMoveKind.choices)
    cause = models.CharField(max_length=80, unique=True)
    value = money_field()
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="gift_moves")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("move of a gift card")
        verbose_name_plural = _("moves of gift cards")


class GiftTry(models.Model):
    """A code that was looked up and is none, by whom: whoever guesses is stopped."""

    who = models.CharField(max_length=60, db_index=True)
    at = models.DateTimeField(db_default=Now())
