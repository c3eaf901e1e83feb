"""Amounts shown, said and shared out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.shared import money
from clinic.shared.money import amount_in_words, format_money, format_number, split_by_largest_remainder


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "unit", "shown"),
    [
        ("450000", "IRR", "fa", "toman", "۴۵٬۰۰۰\u00a0تومان"),
        ("450005", "IRR", "fa", "toman", "۴۵٬۰۰۰٫۵\u00a0تومان"),
        ("450000", "IRR", "fa", "", "۴۵۰٬۰۰۰\u00a0ریال"),
        ("450000", "IRR", "en", "toman", "45,000\u00a0toman"),
        ("-450000", "IRR", "fa", "", "\u200e−۴۵۰٬۰۰۰\u00a0ریال"),
        ("1234.5", "GBP", "en", "", "£1,234.50"),
        ("-1234.5", "GBP", "en", "", "−£1,234.50"),
        ("1234.5", "GBP", "fa", "", "۱٬۲۳۴٫۵۰\u00a0پوند"),
        ("0", "GBP", "en", "", "£0.00"),
        ("-0.004", "GBP", "en", "", "£0.00"),
        ("12", "SEK", "en", "", "12.00\u00a0SEK"),
        ("450000", "GBP", "en", "toman", "£450,000.00"),
    ],
)
def test_format_money(amount: str, currency: str, lang: str, unit: str, shown: str) -> None:
    assert format_money(Decimal(amount), currency, lang, unit) == shown


@pytest.mark.parametrize(
    ("value", "places", "fa", "en"),
    [
        (1234567, None, "۱٬۲۳۴٬۵۶۷", "1,234,567"),
        (Decimal("1234.50"), None, "۱٬۲۳۴٫۵", "1,234.5"),
        (0.1, 1, "۰٫۱", "0.1"),
        (-3, None, "\u200e−۳", "−3"),
        (Decimal("1E+3"), None, "۱٬۰۰۰", "1,000"),
        (0, 2, "۰٫۰۰", "0.00"),
    ],
)
def test_format_number(value: int | float | Decimal, places: int | None, fa: str, en: str) -> None:
    assert (format_number(value, "fa", places), format_number(value, "en", places)) == (fa, en)


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "unit", "words"),
    [
        ("450000", "IRR", "fa", "toman", "چهل و پنج هزار تومان"),
        ("0", "GBP", "en", "", "zero pounds"),
        ("12.5", "GBP", "en", "", "twelve pounds and 50/100"),
        ("12.05", "GBP", "en", "", "twelve pounds and 05/100"),
        (
            "1234567",
            "IRR",
            "en",
            "",
            "one million two hundred and thirty-four thousand five hundred and sixty-seven rial",
        ),
        ("-21", "GBP", "en", "", "minus twenty-one pounds"),
        ("12.5", "GBP", "fa", "", "دوازده پوند و ۵۰/۱۰۰"),
    ],
)
def test_words(amount: str, currency: str, lang: str, unit: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency, lang, unit) == words


@pytest.mark.parametrize(
    ("total", "weights", "currency", "parts"),
    [
        ("100", [1, 1, 1], "IRR", ["34", "33", "33"]),
        ("10.00", [1, 1, 1], "GBP", ["3.34", "3.33", "3.33"]),
        ("-10.00", [1, 1, 1], "GBP", ["-3.34", "-3.33", "-3.33"]),
        ("0.01", [1, 1], "GBP", ["0.01", "0.00"]),
        ("100", [0, 3, 1], "IRR", ["0", "75", "25"]),
    ],
)
def test_split(total: str, weights: list[int], currency: str, parts: list[str]) -> None:
    assert split_by_largest_remainder(Decimal(total), weights, currency) == [Decimal(part) for part in parts]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_no_split(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split_by_largest_remainder(Decimal(10), weights, "IRR")


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_parts_add_up(units: int, weights: list[int]) -> None:
    total = Decimal(units).scaleb(-2)
    parts = split_by_largest_remainder(total, weights, "GBP")
    assert sum(parts) == total
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_the_currency_of_the_moment() -> None:
    with money.use_currency("GBP"):
        assert format_money(Decimal("1.5"), lang="en") == "£1.50"
        with money.use_currency("IRR", "toman"):
            assert money.unit_name(lang="fa") == "تومان"
        assert money.unit_name(lang="en") == "£"


def test_unknown_currencies_are_refused() -> None:
    with pytest.raises(KeyError):
        money.quantise(Decimal(1), "XXX")
