"""What is typed of plans and cheques."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import DateField, MoneyField, PlainText
from finance.forms import Once
from scheduling.forms.setup import WholeNumber


class PlanForm(forms.Form):
    """A bill in parts: how many, from when, how far apart."""

    down = MoneyField(label=_("First part (empty: like the others)"), required=False)
    count = WholeNumber(label=_("Number of parts"), min_value=1, max_value=60, initial=3)
    first = DateField(label=_("First part on"))
    every = forms.ChoiceField(
        label=_("Then"), choices=[("month", _("every month")), ("30", _("every 30 days")), ("7", _("every week"))]
    )
    note = PlainText(label=_("note"), required=False, max_length=200)


class EndPlanForm(forms.Form):
    """Why a plan ends."""

    reason = PlainText(label=_("Why"), max_length=200)


class ChequeForm(Once):
    """A cheque as it lies on the table."""

    amount = MoneyField(label=_("Amount"))
    due_on = DateField(label=_("Day on the cheque"))
    bank = PlainText(label=_("Bank"), max_length=60)
    number = PlainText(label=_("Cheque number"), max_length=30)
    national_number = PlainText(label=_("Sayad number"), required=False, max_length=16)
    holder = PlainText(label=_("Account of (if not the patient)"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("number", "national_number"):
            self.fields[name].widget.attrs |= {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}


class ChequeMoveForm(forms.Form):
    """What became of a cheque."""

    reason = PlainText(label=_("Why"), required=False, max_length=200)


class SettleTerminalForm(Once):
    """What the bank paid out of a terminal."""

    gross = MoneyField(label=_("Sum of the card payments"))
    fee = MoneyField(label=_("Kept by the bank as its fee"), required=False)
    reference = PlainText(label=_("Reference number"), required=False, max_length=60)

    def clean_fee(self) -> Decimal:
        """None is no fee."""
        return self.cleaned_data.get("fee") or Decimal(0)


class PayPointForm(forms.Form):
    """A terminal or an account."""

    kind = forms.ChoiceField(
        label=_("kind"), choices=[("terminal", _("Card terminal")), ("account", _("Bank account"))]
    )
    name = PlainText(label=_("Name"), max_length=60)
    number = PlainText(label=_("Number of the terminal, card or account"), required=False, max_length=34)
    is_active = forms.BooleanField(label=_("in use"), required=False, initial=True)
