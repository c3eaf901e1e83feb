"""Every accent can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.shared.colour import DARK_SURFACE, contrast, ramp, theme_css


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("ffffff", "000000", 21.0), ("ffffff", "ffffff", 1.0), ("767676", "ffffff", 4.54)]
)
def test_contrast(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio


@given(st.integers(0, 0xFFFFFF))
def test_every_pair_is_readable(value: int) -> None:
    shades = ramp(f"{value:06x}")
    assert contrast("ffffff", shades.accent) >= 5
    assert contrast(shades.tint, shades.tint_ink) >= 4.6
    assert contrast(DARK_SURFACE, shades.dark_accent) >= 5.2
    assert contrast(shades.dark_tint, shades.dark_tint_ink) >= 4.6
    assert contrast("10151a", shades.dark_accent) >= 4.5


def test_a_good_colour_stays() -> None:
    assert ramp("0f766e").accent == "0f766e"


@pytest.mark.parametrize("wrong", ["", "fff", "12345g", "0f766e;}"])
def test_no_colour(wrong: str) -> None:
    with pytest.raises(ValueError, match="six hex digits"):
        ramp(wrong)


def test_style_sheet() -> None:
    css = theme_css("ffcc00")
    assert "--accent:#" in css
    assert "prefers-color-scheme:dark" in css
