"""What is typed about debts: shape only, the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import DateField, MoneyField, PlainText
from finance.forms import Once
from finance.models import ContactKind
from loyalty.forms import WholeNumber

SAID = [(kind.value, kind.label) for kind in (ContactKind.PROMISED, ContactKind.CALLED, ContactKind.NOTED)]


class ContactForm(forms.Form):
    """What came of a call."""

    kind = forms.ChoiceField(label=_("What happened"), choices=SAID)
    promised_on = DateField(label=_("Promised for"), required=False)
    next_on = DateField(label=_("Call again on"), required=False)
    note = PlainText(label=_("Note"), max_length=200, required=False)


class WriteOffForm(Once):
    """How much is given up, and why."""

    amount = MoneyField(label=_("Amount"))
    reason = PlainText(label=_("Reason"), max_length=200)


class DebtRulesForm(forms.Form):
    """When patients are reminded by themselves."""

    is_on = forms.BooleanField(label=_("remind by SMS without anybody’s asking"), required=False)
    after_days = WholeNumber(label=_("days after the bill"), min_value=1, max_value=365)
    every_days = WholeNumber(label=_("days between two reminders"), min_value=1, max_value=365)
    most = WholeNumber(
        label=_("reminders at most"), min_value=1, max_value=20,
        help_text=_("After that somebody calls. Counted from the oldest open bill."),
    )  # fmt: skip
    least = MoneyField(
        label=_("smallest debt"), required=False, help_text=_("Nobody is reminded of less. Empty: of any amount.")
    )


class SearchForm(forms.Form):
    """What the list of debtors is narrowed to."""

    q = PlainText(max_length=80, required=False)
    older = forms.TypedChoiceField(
        choices=[(0, ""), (30, ""), (60, ""), (90, "")], coerce=int, empty_value=0, required=False
    )
    sort = forms.ChoiceField(choices=[("", ""), ("age", "")], required=False)

    def wanted(self) -> dict[str, Any]:
        """What was asked; what cannot be read is not asked."""
        self.full_clean()
        data = self.cleaned_data
        return {"q": data.get("q") or "", "older": data.get("older") or 0, "sort": data.get("sort") or ""}
