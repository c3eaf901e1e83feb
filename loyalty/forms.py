"""What is typed about points."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import MoneyField
from clinic.shared.text import normalise


class WholeNumber(forms.IntegerField):
    """A whole number in any digits, with or without separators."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> int | None:
        text = normalise(str(value or ""))
        return super().to_python("".join(mark for mark in text if mark not in " ,٬،"))


class RulesForm(forms.Form):
    """The owner's rules of points."""

    is_active = forms.BooleanField(label=_("Points are on"), required=False)
    money_per_point = MoneyField(label=_("Money that earns one point"))
    point_value = MoneyField(label=_("Worth of one point when it pays"))
    cap_percent = WholeNumber(label=_("Points pay at most this percent of a bill"), min_value=0, max_value=100)
    months_valid = WholeNumber(label=_("Months until points end"), min_value=1, max_value=120)
