"""One accent a clinic, any colour: moved in lightness until every pair of text and ground can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, hypot, sin

DEFAULT_ACCENT = "0f766e"
WHITE_ON_ACCENT, TEXT_ON_TINT, DARK_ACCENT = 5.0, 4.6, 5.2
DARK_SURFACE = "1b2026"


@dataclass(frozen=True)
class Ramp:
    """The colours made of one accent, as hex without '#'."""

    accent: str
    hover: str
    tint: str
    tint_ink: str
    dark_accent: str
    dark_hover: str
    dark_tint: str
    dark_tint_ink: str


def is_hex(value: str) -> bool:
    """Whether the text is six hex digits."""
    return re.fullmatch(r"[0-9a-fA-F]{6}", value) is not None


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=512)
def ramp(hex_colour: str) -> Ramp:
    """All shades the pages need, readable whatever the colour; ValueError when it is not six hex digits."""
    if not is_hex(hex_colour):
        raise ValueError("a colour is six hex digits")
    light, chroma, hue = _to_oklch(hex_colour)
    light, accent = _move(light, -0.005, chroma, hue, lambda c: contrast("ffffff", c) >= WHITE_ON_ACCENT)
    tint = _from_oklch(0.965, min(chroma, 0.03), hue)
    _, tint_ink = _move(light, -0.005, chroma, hue, lambda c: contrast(tint, c) >= TEXT_ON_TINT)
    dark_tint = _from_oklch(0.29, min(chroma, 0.045), hue)
    dark_light, dark_accent = _move(
        0.72,
        0.005,
        min(chroma, 0.13),
        hue,
        lambda c: min(contrast(DARK_SURFACE, c), contrast(dark_tint, c)) >= DARK_ACCENT,
    )
    return Ramp(
        accent=accent,
        hover=_from_oklch(light - 0.05, chroma, hue),
        tint=tint,
        tint_ink=tint_ink,
        dark_accent=dark_accent,
        dark_hover=_from_oklch(dark_light + 0.05, min(chroma, 0.13), hue),
        dark_tint=dark_tint,
        dark_tint_ink=dark_accent,
    )


def theme_css(hex_colour: str) -> str:
    """The style sheet that gives a clinic its accent."""
    shades = ramp(hex_colour)
    pairs = {
        "accent": (shades.accent, shades.dark_accent),
        "accent-hover": (shades.hover, shades.dark_hover),
        "accent-ink": ("ffffff", "10151a"),
        "tint": (shades.tint, shades.dark_tint),
        "tint-ink": (shades.tint_ink, shades.dark_tint_ink),
    }
    light = "".join(f"--{name}:#{pair[0]};" for name, pair in pairs.items())
    dark = "".join(f"--{name}:#{pair[1]};" for name, pair in pairs.items())
    return (
        f":root{{{light}}}\n:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root[data-theme=auto]{{{dark}}}}}\n"
    )


def _move(light: float, step: float, chroma: float, hue: float, good: Callable[[str], bool]) -> tuple[float, str]:
    """Steps of lightness from where the colour is until it is good enough."""
    while 0 < light < 1:
        found = _from_oklch(light, chroma, hue)
        if good(found):
            return light, found
        light += step
    return (light, "000000") if step < 0 else (light, "ffffff")


def _channels(hex_colour: str) -> list[float]:
    values = [int(hex_colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def _luminance(hex_colour: str) -> float:
    red, green, blue = _channels(hex_colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(hex_colour: str) -> tuple[float, float, float]:
    red, green, blue = _channels(hex_colour)
    l = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)  # noqa: E741
    m = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    s = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s, hypot(a, b), atan2(b, a)


def _from_oklch(light: float, chroma: float, hue: float) -> str:
    """The nearest colour a screen can show: chroma gives way, lightness and hue stay."""
    light = min(max(light, 0.0), 1.0)
    while True:
        rgb = _to_rgb(light, chroma, hue)
        if chroma <= 0.001 or all(-0.001 <= v <= 1.001 for v in rgb):
            break
        chroma *= 0.96
    shown = [min(max(v, 0.0), 1.0) for v in rgb]
    encoded = [12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in shown]
    return "".join(f"{round(v * 255):02x}" for v in encoded)


def _to_rgb(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(hue), chroma * sin(hue)
    l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741
    m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )
