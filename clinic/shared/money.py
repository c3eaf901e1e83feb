"""Money: decimals of one currency a clinic, shown in the reader's digits and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.utils.translation import get_language
from persiantools import digits as persian_digits

from clinic.shared.text import to_persian_digits

EXPONENTS: dict[str, int] = {
    "IRR": 0, "JPY": 0, "KRW": 0, "VND": 0, "ISK": 0,
    "USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "AUD": 2, "NZD": 2, "CHF": 2, "SEK": 2, "NOK": 2, "DKK": 2,
    "AED": 2, "SAR": 2, "QAR": 2, "TRY": 2, "AFN": 2, "INR": 2, "PKR": 2, "CNY": 2,
}  # fmt: skip
SYMBOLS: dict[str, str] = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
NAMES: dict[str, dict[str, str]] = {
    "fa": {"IRR": "ریال", "TOMAN": "تومان", "USD": "دلار", "EUR": "یورو", "GBP": "پوند", "AED": "درهم", "TRY": "لیر"},
    "en": {"IRR": "rial", "TOMAN": "toman", "USD": "dollars", "EUR": "euros", "GBP": "pounds"},
}
TOMAN = "toman"

current_currency: ContextVar[str] = ContextVar("current_currency", default="IRR")
current_display_unit: ContextVar[str] = ContextVar("current_display_unit", default="")


@contextmanager
def use_currency(currency: str, display_unit: str = "") -> Iterator[None]:
    """Show and read money in this currency (and unit, such as "toman") for a while."""
    tokens = current_currency.set(currency), current_display_unit.set(display_unit)
    try:
        yield
    finally:
        current_currency.reset(tokens[0])
        current_display_unit.reset(tokens[1])


def exponent(currency: str) -> int:
    """How many decimals the currency has; KeyError for one that is not supported."""
    return EXPONENTS[currency]


def quantise(amount: Decimal | int | str, currency: str | None = None) -> Decimal:
    """The amount in whole smallest units, half away from zero."""
    places = exponent(currency or current_currency.get())
    return Decimal(amount).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def rounded_down(amount: Decimal, currency: str | None = None) -> Decimal:
    """The amount in whole smallest units, none of them begun."""
    places = exponent(currency or current_currency.get())
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)


def language(lang: str | None = None) -> str:
    """The language of numbers and names: "fa" or "en"."""
    return "fa" if (lang or get_language() or "en").startswith("fa") else "en"


def format_number(value: Decimal | int | float | str, lang: str | None = None, places: int | None = None) -> str:
    """A number with separators in the reader's digits; `places` fixes the decimals, else trailing zeros go."""
    number = Decimal(str(value))
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        text = f"{abs(number):,.{places}f}"
    else:
        text = f"{abs(number):,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    minus = number < 0 and any(digit in "123456789" for digit in text)
    if language(lang) == "fa":
        text = to_persian_digits(text).replace(",", "٬").replace(".", "٫")
        # The mark keeps the sign on the left of the digits inside right-to-left text.
        return f"\u200e−{text}" if minus else text
    return f"−{text}" if minus else text


def shown_unit(currency: str | None = None, display_unit: str | None = None) -> tuple[str, Decimal, int]:
    """(unit key, divisor, decimals) in which amounts of the currency are shown."""
    currency = currency or current_currency.get()
    display_unit = current_display_unit.get() if display_unit is None else display_unit
    if currency == "IRR" and display_unit == TOMAN:
        return "TOMAN", Decimal(10), 0
    return currency, Decimal(1), exponent(currency)


def unit_name(currency: str | None = None, lang: str | None = None, display_unit: str | None = None) -> str:
    """The word for the shown unit: "تومان", "rial", "£"."""
    unit, _, _ = shown_unit(currency, display_unit)
    if language(lang) == "en" and unit in SYMBOLS:
        return SYMBOLS[unit]
    return NAMES[language(lang)].get(unit, unit)


def format_amount(
    amount: Decimal | int | str,
    currency: str | None = None,
    lang: str | None = None,
    display_unit: str | None = None,
) -> str:
    """The figure alone, for table columns whose head names the unit."""
    unit, divisor, places = shown_unit(currency, display_unit)
    value = quantise(amount, currency) / divisor
    if unit == "TOMAN" and value != value.to_integral_value():
        places = 1
    return format_number(value, lang, places)


def format_money(
    amount: Decimal | int | str,
    currency: str | None = None,
    lang: str | None = None,
    display_unit: str | None = None,
) -> str:
    """The amount as read: "۴۵٬۰۰۰ تومان", "450,000 rial", "£12.50"."""
    figure = format_amount(amount, currency, lang, display_unit)
    name = unit_name(currency, lang, display_unit)
    if name in SYMBOLS.values():
        return figure.replace("−", "−" + name) if figure.startswith("−") else name + figure
    return f"{figure}\u00a0{name}"


def amount_in_words(
    amount: Decimal | int | str,
    currency: str | None = None,
    lang: str | None = None,
    display_unit: str | None = None,
) -> str:
    """The amount in words for receipts: "چهل و پنج هزار تومان", "twelve pounds and 50/100"."""
    unit, divisor, places = shown_unit(currency, display_unit)
    value = quantise(amount, currency) / divisor
    whole = int(abs(value).to_integral_value(rounding=ROUND_DOWN))
    rest = int((abs(value) - whole).scaleb(places or 1).to_integral_value()) if value != int(value) else 0
    fa = language(lang) == "fa"
    words = persian_digits.to_word(whole) if fa else number_in_words(whole)
    name = NAMES["fa" if fa else "en"].get(unit, unit)
    text = f"{words} {name}"
    if rest:
        part = f"{rest:0{places or 1}d}/{10 ** (places or 1)}"
        text += f" و {to_persian_digits(part)}" if fa else f" and {part}"
    if value < 0:
        text = f"منفی {text}" if fa else f"minus {text}"
    return text


_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ("", " thousand", " million", " billion", " trillion", " quadrillion")


def number_in_words(number: int) -> str:
    """A whole number in English words."""
    if number < 1000:
        return _below_thousand(number)
    groups: list[str] = []
    for scale in _SCALES:
        number, part = divmod(number, 1000)
        if part:
            groups.append(_below_thousand(part) + scale)
        if not number:
            break
    return " ".join(reversed(groups))


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    low = _SMALL[rest] if rest < 20 else _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    if not hundreds:
        return low
    return f"{_SMALL[hundreds]} hundred" + (f" and {low}" if rest else "")


def split_by_largest_remainder(
    total: Decimal, weights: Sequence[Decimal | int], currency: str | None = None
) -> list[Decimal]:
    """The total in parts proportional to the weights; the parts add up to it to the last smallest unit.

    Raises ValueError when there is no weight above zero, or one below.
    """
    scale = exponent(currency or current_currency.get())
    shares = [Decimal(weight) for weight in weights]
    whole = sum(shares, Decimal(0))
    if whole <= 0 or min(shares) < 0:
        raise ValueError("weights must be zero or more, and one above zero")
    units = int(quantise(total, currency).scaleb(scale))
    sign, units = (-1, -units) if units < 0 else (1, units)
    exact = [units * share / whole for share in shares]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: units - sum(parts)]:
        parts[i] += 1
    return [Decimal(sign * part).scaleb(-scale) for part in parts]
