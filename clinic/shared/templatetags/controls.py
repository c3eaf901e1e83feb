"""Django form fields in the kit's look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString


def kind(field: BoundField) -> str:
    """Which frame a field needs: check, choices (cards or list), group (several inputs), hidden or input."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.MultiWidget | forms.SelectDateWidget):
        return "group"
    return "input"


def control(field: BoundField, **extra: Any) -> SafeString:
    """The input itself, with its class; Django itself ties it to hint and error (`_helptext`, `_error`)."""
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in extra.items() if value not in ("", None)}
    shape = kind(field)
    if shape in ("input", "group"):
        attrs.setdefault("class", f"c-input {field.field.widget.attrs.get('class', '')}".strip())
    if shape == "input" and isinstance(field.field.widget, forms.Textarea):
        attrs.setdefault("rows", field.field.widget.attrs.get("rows", 3))
    return field.as_widget(attrs=attrs)
