"""What is typed at a cash desk: sums, counts by notes, reasons."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import MoneyField, PlainText
from finance.actions.cash import BY_HAND
from finance.forms import Once


class CashMoveForm(Once):
    """Cash in or out that is no payment."""

    kind = forms.ChoiceField(label=_("What happens"), choices=[(kind.value, kind.label) for kind in BY_HAND])
    amount = MoneyField(label=_("Amount"))
    reason = PlainText(label=_("What for"), required=False, max_length=200)


class CashRulesForm(forms.Form):
    """How a branch keeps its cash."""

    uses_shifts = forms.BooleanField(label=_("cash is taken in shifts only"), required=False)
    is_blind = forms.BooleanField(
        label=_("the drawer is counted without seeing what it should hold"), required=False, initial=True
    )


class DeskForm(forms.Form):
    """A cash desk."""

    name = PlainText(label=_("Name"), max_length=60)
    name_en = PlainText(label=_("English name"), max_length=60, required=False)
    is_shared = forms.BooleanField(label=_("colleagues may take cash here too"), required=False, initial=True)
    is_active = forms.BooleanField(label=_("in use"), required=False, initial=True)
