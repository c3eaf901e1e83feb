"""The tiles at the top of the chart as HTML, put together without templates."""

from collections.abc import Iterable

from django.utils.safestring import SafeString

from clinic.shared.chart import Line, Tile
from clinic.shared.html import icon
from clinic.shared.money import format_number
from emr.queries.drawing import escape, own_digits, safe


def tiles_html(tiles: Iterable[tuple[Tile, list[Line]]]) -> SafeString:
    """The tiles at the top of the chart."""
    return safe("".join(_tile(tile, lines) for tile, lines in tiles))


def _tile(tile: Tile, lines: list[Line]) -> str:
    key = f"tile-{tile.name}"
    count = f'<span class="c-nav__count">{format_number(len(lines))}</span>' if len(lines) > 3 else ""
    inside = f'<p class="c-muted">{escape(tile.empty)}</p>'
    if lines:
        told = "".join(_tile_line(line) for line in lines)
        inside = f'<ul class="c-tile__lines" tabindex="0" aria-labelledby="{key}">{told}</ul>'
    none = "" if lines else " c-tile--none"
    return (
        f'<div role="group" class="c-tile c-tile--{tile.name}{none}" aria-labelledby="{key}">'
        f'<h2 class="c-tile__name" id="{key}">{icon(tile.icon, "c-icon--sm")}{escape(tile.label)}{count}</h2>'
        f"{inside}</div>"
    )


def _tile_line(line: Line) -> str:
    text = escape(own_digits(str(line.text)))
    if line.url:
        told = f'<a class="c-link" href="{escape(line.url)}">{text}</a>'
    else:
        tone = f' class="c-tile__{line.tone}"' if line.tone else ""
        told = f"<span{tone}><bdi>{text}</bdi></span>"
    more = f' <span class="c-tile__more"><bdi>{escape(own_digits(str(line.more)))}</bdi></span>' if line.more else ""
    return f"<li>{told}{more}</li>"
