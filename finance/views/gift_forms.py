"""What is typed about gift cards: shape only, the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import MoneyField, PhoneField, PlainText
from finance.forms import Once
from loyalty.forms import WholeNumber


class SellGiftForm(Once):
    """How much, and what is written on it."""

    amount = MoneyField(label=_("Amount"))
    greeting = PlainText(label=_("Greeting on the card"), max_length=120, required=False)
    phone = PhoneField(
        label=_("Mobile of who gets it"), required=False,
        help_text=_("The code goes there by SMS; empty: only the printed card has it."),
    )  # fmt: skip
    name = PlainText(label=_("Name of who gets it"), max_length=60, required=False)


class WhyForm(forms.Form):
    """A reason."""

    reason = PlainText(label=_("Reason"), max_length=200)


class NewCodeForm(WhyForm):
    """Why, and who hears the new code."""

    phone = PhoneField(label=_("Mobile of who gets it"), required=False)


class GiftRulesForm(forms.Form):
    """How long gift cards are valid; the law of many countries sets the least."""

    is_on = forms.BooleanField(label=_("gift cards are sold"), required=False)
    valid_months = WholeNumber(
        label=_("months a gift card is valid"), min_value=0, max_value=120,
        help_text=_("0: without an end. Many countries set by law how long a gift card must be valid."),
    )  # fmt: skip


class CodeForm(forms.Form):
    """A code from a gift card."""

    code = PlainText(
        label=_("Code of the gift card"), max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
