"""What is typed when something is given back, or taken off."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import MoneyField, PlainText
from finance.actions.returns import Return
from finance.forms import Once
from finance.models import PaymentMethod
from finance.queries.credits import Left


class ReturnForm(Once):
    """Which lines are given back and how much of each, why, and how the money goes."""

    reason = PlainText(label=_("Reason"), max_length=200)
    way = forms.ChoiceField(label=_("Money goes back"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, lines: list[Left], ways: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = ways
        for row in lines:
            name = f"line-{row.line.pk}"
            self.fields[name] = MoneyField(label=row.line.name, required=False, initial=row.amount)

    @property
    def rows(self) -> list[tuple[Left, Any]]:
        """Each line with its field."""
        return [(row, self[f"line-{row.line.pk}"]) for row in self.lines]

    def returns(self) -> list[Return]:
        """What was chosen; a whole line comes back with its whole quantity, a part of it with whole pieces if any."""
        found = []
        for row in self.lines:
            amount = self.cleaned_data.get(f"line-{row.line.pk}")
            if amount:
                found.append(Return(row.line.pk, amount, _pieces(row, amount)))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = any(data.get(f"line-{row.line.pk}") for row in self.lines)
        if not typed and not any(name.startswith("line-") for name in self.errors):
            raise forms.ValidationError(_now("Write an amount beside what is given back."))
        return data


def _pieces(row: Left, amount: Decimal) -> Decimal:
    """How many pieces an amount is: all that is left, or a whole number of them, else none (the price is reduced)."""
    if amount == row.amount:
        return row.quantity
    one = row.line.total / row.line.quantity
    if not one:
        return Decimal(0)
    pieces = amount / one
    return pieces if pieces == int(pieces) and pieces <= row.quantity else Decimal(0)


def ways_back(another: bool) -> list[tuple[str, Any]]:
    """How money may go back; another channel for those who may choose one."""
    ways: list[tuple[str, Any]] = [
        ("", _("the way it was paid")),
        (PaymentMethod.WALLET.value, _("into the patient’s credit")),
    ]
    if another:
        ways += [
            (PaymentMethod.CASH.value, _("in cash")),
            (PaymentMethod.CARD_TO_CARD.value, _("to her card")),
            (PaymentMethod.TRANSFER.value, _("to her account")),
        ]
    return ways
