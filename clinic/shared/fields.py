"""Form fields that read what people type: any digits, any spelling; errors say what and how."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.shared import calendar, money, text


class PlainText(forms.CharField):
    """A line (or, with a Textarea, lines) of text in one spelling."""

    def to_python(self, value: Any) -> str:
        return text.normalise(super().to_python(value), lines=isinstance(self.widget, forms.Textarea))


class PhoneField(forms.CharField):
    """A phone number, cleaned to E.164. `region` is the country whose local spellings are understood."""

    widget = forms.TextInput

    def __init__(self, *, region: str = "IR", **options: Any) -> None:
        self.region = region
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "tel", "autocomplete": "tel"}

    def clean(self, value: Any) -> str:
        return _read(self, value, lambda raw: text.normalise_phone(raw, self.region)) or ""


class NationalCodeField(forms.CharField):
    """An Iranian national code of ten digits with its check digit."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        return _read(self, value, text.normalise_national_code) or ""


class DateField(forms.Field):
    """A date in one line, of either calendar."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.date):
            return calendar.format_date(value, "en", "numeric", calendar.current_calendar())
        return value

    def clean(self, value: Any) -> dt.date | None:
        return _read(self, value, calendar.parse_date)


class DateParts(forms.MultiWidget):
    """Day, month by name, year: three inputs of the reader's calendar."""

    template_name = "partials/date_parts.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"day": forms.TextInput(), "month": forms.TextInput(), "year": forms.TextInput()}, attrs)

    def decompress(self, value: dt.date | None) -> list[Any]:
        if not value:
            return [None, None, None]
        year, month, day = calendar.year_month_day(value)
        return [day, month, year]


class BirthDateField(forms.Field):
    """A birth date of three inputs; never in the future."""

    widget = DateParts

    def clean(self, value: Any) -> dt.date | None:
        day, month, year = (str(part or "") for part in (value or ["", "", ""]))
        if not self.required and not (day or month or year).strip():
            return None
        return _read(self, " ", lambda _raw: calendar.parse_birth_date(day, month, year))


class MoneyInput(forms.TextInput):
    """An input with the shown unit at its end."""

    template_name = "partials/money_input.html"


class MoneyField(forms.Field):
    """An amount in the clinic's currency, typed in the shown unit (Toman where that is chosen)."""

    widget = MoneyInput

    def __init__(self, *, minimum: Decimal | None = Decimal(0), **options: Any) -> None:
        self.minimum = minimum
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            _unit, divisor, places = money.shown_unit()
            return money.format_number(value / divisor, places=places or None)
        return value

    def clean(self, value: Any) -> Decimal | None:
        raw = re.sub(r"[\s,٬،']", "", text.normalise(value)).replace("٫", ".").replace("−", "-")
        if not raw:
            if self.required:
                raise ValidationError(_("Enter an amount."), code="required")
            return None
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", raw):
            said = _("Write the amount in digits, for example %(example)s.")
            raise ValidationError(said % {"example": money.format_number(250000)}, code="unreadable")
        return self._checked(Decimal(raw))

    def _checked(self, amount: Decimal) -> Decimal:
        _unit, divisor, _places = money.shown_unit()
        exact = amount * divisor
        if abs(exact) >= Decimal(10) ** 16:
            raise ValidationError(_("This amount is too large."), code="large")
        if exact != money.quantise(exact):
            raise ValidationError(_("This amount has more decimals than the currency."), code="decimals")
        if self.minimum is not None and exact < self.minimum:
            raise ValidationError(
                _("The amount must be %(least)s or more.") % {"least": money.format_money(self.minimum)}, code="minimum"
            )
        return exact


def _read(field: forms.Field, value: Any, read: Any) -> Any:
    """The value read, nothing for an empty optional one, or the problem as a form error."""
    if isinstance(value, str) and not value.strip() and value != " " and not field.required:
        return None
    if value is None and not field.required:
        return None
    try:
        return read(value)
    except text.InputProblem as problem:
        raise ValidationError(str(problem), code=problem.code) from problem
