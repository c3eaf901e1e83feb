"""Amounts and quantities in JSON: text or number, any digits, never finer than the currency."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.shared.money import quantise
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import normalise


class Amount(serializers.DecimalField):
    """An amount in the clinic's currency (the smallest shown unit is the currency's own, never Toman)."""

    default_error_messages = {"decimals": _("This amount has more decimals than the currency.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", Decimal(0))
        super().__init__(max_digits=16, decimal_places=2, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        value = super().to_internal_value(_plain(data))
        if value != quantise(value, current_clinic().currency):
            self.fail("decimals")
        return value


class Quantity(serializers.DecimalField):
    """A quantity with up to three decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=11, decimal_places=3, min_value=Decimal("0.001"), **options)

    def to_internal_value(self, data: Any) -> Decimal:
        return super().to_internal_value(_plain(data))


class Whole(serializers.IntegerField):
    """A whole number above zero, in any digits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=10**9, **options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(_plain(data))


def _plain(data: Any) -> Any:
    """Typed text without separators and in Latin digits; everything else as it came."""
    if not isinstance(data, str):
        return data
    return "".join(mark for mark in normalise(data[:100]).replace("٫", ".") if mark not in " ,٬،")
