"""Input of stock pages: the shape only, rules are in actions."""

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared import fields, text
from inventory.models import Item, MovementKind


class QuantityField(forms.DecimalField):
    """A quantity in digits of any keyboard, shown without empty decimals."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"required": _("Enter a quantity."), "invalid": _("Write a number.")})
        super().__init__(min_value=0, max_digits=14, decimal_places=3, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = text.normalise(value).replace("٫", ".").replace("٬", "").replace(",", "")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class Once(forms.Form):
    """A form whose second press writes nothing: its token is part of the cause."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"once": secrets.token_urlsafe(12), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes: the cleaned fields, with the cause."""
        given = dict(self.cleaned_data)
        return {"cause": f"form:{given.pop('once')}", **given}


class ItemChoice(forms.ModelChoiceField):
    """Items by their name in the reader's language."""

    def __init__(self, **options: Any) -> None:
        texts = {"required": _("Choose an item."), "invalid_choice": _("Choose an item of the list.")}
        super().__init__(empty_label=_("Choose an item"), error_messages=texts, **options)

    def label_from_instance(self, obj: Item) -> str:
        return f"{obj.title} ({obj.unit})"


class ReceiveForm(Once):
    """A purchase that came in."""

    item = ItemChoice(label=_("Item"), queryset=Item.objects.filter(is_active=True))
    quantity = QuantityField(label=_("Quantity"))
    unit_cost = fields.MoneyField(label=_("Cost of one unit"))
    number = fields.PlainText(label=_("Lot number"), max_length=40, required=False)
    expires_on = fields.DateField(label=_("Expires"), required=False)
    reason = fields.PlainText(label=_("Supplier or note"), max_length=200, required=False)


ADJUSTMENTS = [
    (kind.value, kind.label)
    for kind in (MovementKind.LOST, MovementKind.DAMAGED, MovementKind.EXPIRED, MovementKind.FOUND)
]


class AdjustForm(Once):
    """What happened to a lot."""

    kind = forms.ChoiceField(label=_("What happened"), choices=ADJUSTMENTS, widget=forms.RadioSelect)
    quantity = QuantityField(label=_("Quantity"))
    reason = fields.PlainText(label=_("Why"), max_length=200)


class CountForm(Once):
    """What was counted."""

    counted = QuantityField(label=_("Counted, all lots together"))


class ItemForm(forms.Form):
    """An item's set-up."""

    name = fields.PlainText(label=_("Name"), max_length=120)
    name_en = fields.PlainText(label=_("English name"), max_length=120, required=False)
    unit = fields.PlainText(label=_("Unit"), max_length=20, help_text=_("How it is counted: piece, ml, pair."))
    step = QuantityField(label=_("Smallest amount"), help_text=_("1 for whole pieces, 0.5 for halves."))
    low_level = QuantityField(label=_("Warn below"), help_text=_("0 for no warning."))
    sale_price = fields.MoneyField(label=_("Sale price"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)


class TemplateLineForm(forms.Form):
    """One line of what a service uses."""

    item = ItemChoice(label=_("Item"), queryset=Item.objects.filter(is_active=True))
    quantity = QuantityField(label=_("Quantity for one visit"))
