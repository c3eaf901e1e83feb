"""Credit notes: what a bill is reduced by after it was issued, line by line, written once."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.models import AppendOnly, money_field, quantity_field
from finance.models.documents import Bearer, Invoice, InvoiceLine


class CreditKind(models.TextChoices):
    RETURN = "return", _("Given back")
    DISCOUNT = "discount", _("Discount after the bill")


class CreditNote(AppendOnly):
    """A bill is reduced by a dated document with a number of its own; the bill and its lines stay as issued."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=CreditKind.choices, default=CreditKind.RETURN)
    amount = money_field(verbose_name=_("amount"))
    reason = models.CharField(_("reason"), max_length=200)
    bearer = models.CharField(max_length=8, choices=Bearer.choices, blank=True)  # of a discount
    business_date = models.DateField()
    issued_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    form_token = models.CharField(max_length=70, unique=True, null=True)

    class Meta:
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        indexes = [models.Index(fields=["branch", "business_date"], name="credit_notes_of_day")]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="credit_note_positive")]


class CreditLine(AppendOnly):
    """What a credit note takes off one line; `quantity` is zero where only the price was reduced."""

    note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="credits")
    quantity = quantity_field(default=0)
    amount = money_field()

    class Meta:
        verbose_name = _("line of a credit note")
        verbose_name_plural = _("lines of credit notes")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0, quantity__gte=0), name="credit_line_positive"),
            models.UniqueConstraint(fields=["note", "line"], name="line_once_in_credit_note"),
        ]
