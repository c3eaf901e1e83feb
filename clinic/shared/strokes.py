"""Signatures as strokes of a finger: checked numbers, drawn again as SVG. No picture is taken from anybody."""

import json
from itertools import pairwise
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic.shared.errors import Invalid

WIDTH, HEIGHT = 600, 200
MOST_STROKES, MOST_POINTS = 80, 6_000
SHORTEST = 60  # a dot or a slip of the finger is no signature

Strokes = list[list[list[int]]]


def read_strokes(given: Any, *, field: str = "signature") -> Strokes:
    """Strokes out of what a browser sent (a list, or its JSON); an empty list for none.

    Raises Invalid for anything that is not points within the frame, or too short to be a signature.
    """
    try:
        strokes = json.loads(given) if isinstance(given, str) and given.strip() else (given or [])
        checked = [[_point(point) for point in stroke] for stroke in strokes]
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(_("The signature could not be read. Sign again."), field=field) from error
    checked = [stroke for stroke in checked if stroke]
    if len(checked) > MOST_STROKES or sum(map(len, checked)) > MOST_POINTS:
        raise Invalid(_("The signature is too long. Clear it and sign again."), field=field)
    if checked and _length(checked) < SHORTEST:
        raise Invalid(_("This is too short for a signature. Sign again."), field=field)
    return checked


def _point(point: Any) -> list[int]:
    x, y = point
    if type(x) is not int or type(y) is not int or not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        raise ValueError("a point outside of the frame")
    return [x, y]


def _length(strokes: Strokes) -> int:
    return sum(abs(b[0] - a[0]) + abs(b[1] - a[1]) for stroke in strokes for a, b in pairwise(stroke))


def drawn_strokes(strokes: Strokes, label: str) -> SafeString:
    """The signature as an inline drawing in the colour of the text."""
    path = " ".join(
        "M" + "L".join(f"{int(x)} {int(y)}" for x, y in (stroke if len(stroke) > 1 else stroke * 2))
        for stroke in strokes
    )
    return format_html(
        '<svg class="c-signature" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="{}" fill="none" '
        'stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>',
        WIDTH,
        HEIGHT,
        label,
        path,
    )
