"""What is counted: a sum, or notes one kind after the other."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import User
from clinic.shared.fields import MoneyField, PlainText
from clinic.shared.money import format_money, shown_unit
from clinic.shared.tenancy import current_clinic
from finance.forms import Once
from finance.queries.drawers import NOTES
from scheduling.forms.setup import WholeNumber

MOST_NOTES = 100_000


class Counted(Once):
    """A sum that may be counted note by note; then the notes decide."""

    sum_field = "counted"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.worths = {f"note_{place}": note for place, note in enumerate(NOTES.get(current_clinic().currency, []))}
        for name, note in self.worths.items():
            label = format_money(Decimal(note))
            field = WholeNumber(label=label, required=False, min_value=0, max_value=MOST_NOTES)
            field.widget.attrs["data-worth"] = f"{Decimal(note) / shown_unit()[1]:f}"
            self.fields[name] = field

    def notes(self) -> list[BoundField]:
        """The fields of the notes."""
        return [self[name] for name in self.worths]

    def rest(self) -> list[BoundField]:
        """The other visible fields."""
        return [field for field in self.visible_fields() if field.name not in self.worths]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counts = {note: data.pop(name, None) or 0 for name, note in self.worths.items()}
        data["notes"] = {note: count for note, count in counts.items() if count}
        if data["notes"]:
            data[self.sum_field] = sum((Decimal(note) * count for note, count in data["notes"].items()), Decimal(0))
            self.errors.pop(self.sum_field, None)
        elif data.get(self.sum_field) is None and self.sum_field not in self.errors:
            self.add_error(self.sum_field, _("Count the cash and write the sum, zero where there is none."))
        return data


class OpenForm(Counted):
    """The cash in the drawer when the shift begins."""

    sum_field = "opening"
    opening = MoneyField(label=_("Cash in the drawer"), required=False)
    missing = forms.BooleanField(
        label=_("it should be what the last shift left: note the difference as missing or too much"), required=False
    )


class CountForm(Counted):
    """The drawer at the end of a shift."""

    counted = MoneyField(label=_("Counted cash"), required=False)
    banked = MoneyField(label=_("Of it to the bank"), required=False)
    left = MoneyField(label=_("Stays in the drawer"), required=False, help_text=_("The rest goes into the safe."))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["banked"] = data.get("banked") or Decimal(0)
        return data


class HandOverForm(Counted):
    """The drawer as it goes to a colleague."""

    to = forms.ChoiceField(label=_("To whom"))
    counted = MoneyField(label=_("Counted cash"), required=False)
    note = PlainText(label=_("Note, where the sum is not what it should be"), required=False, max_length=200)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [(key, user.full_name) for key, user in self.people.items()]

    def clean_to(self) -> User:
        """The colleague herself."""
        return self.people[self.cleaned_data["to"]]


class SettleForm(forms.Form):
    """What may have happened."""

    note = PlainText(label=_("What may have happened"), max_length=200)


class CloseDayForm(Counted):
    """The drawer at the end of a day without shifts."""

    counted = MoneyField(label=_("Counted cash"), required=False)
    note = PlainText(label=_("Note, where the sum is not what it should be"), required=False, max_length=200)

    def count_nothing(self) -> None:
        """With shifts the cash is counted already."""
        for name in ["counted", *self.worths]:
            del self.fields[name]
        self.worths = {}

    def clean(self) -> dict[str, Any]:
        return super().clean() if "counted" in self.fields else self.cleaned_data
