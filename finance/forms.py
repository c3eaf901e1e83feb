"""What is typed about money: shape only, the rules are in the actions."""

import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import MoneyField, PlainText
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import to_latin_digits
from finance.models import PaymentMethod, PayPoint, PayPointKind
from loyalty.forms import WholeNumber

AT_THE_DESK = [PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.CARD_TO_CARD, PaymentMethod.TRANSFER]
# Online payments are made by the gateway's word, deposits and packages pay their bills by themselves,
# a cheque has a form of its own.
BY_ITSELF = {PaymentMethod.ONLINE, PaymentMethod.DEPOSIT, PaymentMethod.PACKAGE, PaymentMethod.CHEQUE,
    PaymentMethod.INSURER,
}  # fmt: skip
BY_HAND = [(m.value, m.label) for m in PaymentMethod if m not in BY_ITSELF]


def at_the_desk() -> list[PaymentMethod]:
    """The ways to pay with money here: cards pay cards in Iran only."""
    return [m for m in AT_THE_DESK if m != PaymentMethod.CARD_TO_CARD or current_clinic().currency == "IRR"]


class Once(forms.Form):
    """A form that works once however often it is sent."""

    form_token = forms.CharField(max_length=60, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"form_token": secrets.token_urlsafe(12), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)


class PayForm(Once):
    """A payment at the desk: how, how much, and what was handed over."""

    method = forms.ChoiceField(label=_("Paid by"), choices=BY_HAND)
    amount = MoneyField(label=_("Amount"))
    tendered = MoneyField(label=_("Handed over"), required=False)
    points = WholeNumber(label=_("Points to use"), required=False, min_value=1, max_value=10**9)
    code = PlainText(
        label=_("Code of the gift card"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    reference = PlainText(label=_("Reference number"), required=False, max_length=60)
    terminal = forms.ChoiceField(label=_("Card terminal"), required=False)
    account = forms.ChoiceField(label=_("To which account"), required=False)
    last4 = PlainText(label=_("Last four digits of her card"), required=False, max_length=4)

    def __init__(self, *args: Any, points: Iterable[PayPoint] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(point.pk): point for point in points}
        for kind in PayPointKind:
            here = [(pk, str(point)) for pk, point in self.places.items() if point.kind == kind]
            field = self.fields[str(kind.value)]
            assert isinstance(field, forms.ChoiceField)
            field.choices = here
            field.initial = here[0][0] if here else None
        self.fields["last4"].widget.attrs |= {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}
        self.fields["amount"].required = self.data.get("method") != PaymentMethod.POINTS  # their worth is the amount

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        method = data.get("method")
        if method == PaymentMethod.POINTS:
            data["amount"] = None
            self.errors.pop("amount", None)  # that field is not shown
            if data.get("points") is None and "points" not in self.errors:
                self.add_error("points", _("Write how many points, one or more."))
        if method == PaymentMethod.GIFT and not data.get("code") and "code" not in self.errors:
            self.add_error("code", _("Write the code of the gift card."))
        if method != PaymentMethod.CASH:
            data["tendered"] = None
        if method != PaymentMethod.POINTS:
            data["points"] = None
        terminal, account = data.pop("terminal", ""), data.pop("account", "")
        by_transfer = method in (PaymentMethod.CARD_TO_CARD, PaymentMethod.TRANSFER)
        data["point"] = self.places.get(terminal if method == PaymentMethod.CARD else account if by_transfer else "")
        data["last4"] = to_latin_digits(data.get("last4") or "") if method == PaymentMethod.CARD_TO_CARD else ""
        return data


class DepositForm(Once):
    """Money into a patient's credit."""

    method = forms.ChoiceField(label=_("Paid by"), choices=[(m.value, m.label) for m in AT_THE_DESK])
    amount = MoneyField(label=_("Amount"))
    reference = PlainText(label=_("Reference number"), required=False, max_length=60)


class TakeDepositForm(Once):
    """The deposit of an appointment; its amount is not typed."""

    method = forms.ChoiceField(
        label=_("Paid by"), choices=[(m.value, m.label) for m in [*AT_THE_DESK, PaymentMethod.WALLET]]
    )
    tendered = MoneyField(label=_("Handed over"), required=False)
    reference = PlainText(label=_("Reference number"), required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("method") != PaymentMethod.CASH:
            data["tendered"] = None
        return data


class GatewayForm(forms.Form):
    """The clinic's account with the gateway."""

    merchant_id = PlainText(
        label=_("merchant id"),
        required=False,
        max_length=40,
        help_text=_("The number that the gateway gave the clinic, 36 letters and digits. Empty: the platform’s."),
    )
    is_on = forms.BooleanField(label=_("patients may pay online"), required=False)


class RefundForm(Once):
    """Money back, and what becomes of the bill."""

    amount = MoneyField(label=_("Amount to pay back"))
    reason = PlainText(label=_("Reason"), max_length=200)
    credit = forms.ChoiceField(
        label=_("The bill"),
        choices=[
            ("yes", _("is reduced by this amount; the patient owes nothing for it")),
            ("no", _("is owed again; this payment was a mistake")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
