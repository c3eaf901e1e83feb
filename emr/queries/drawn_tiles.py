"""The tiles at the top of the chart as HTML, put together without templates."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from clinic.shared.chart import Line, Tile
from clinic.shared.html import icon
from clinic.shared.money import format_number
from emr.queries.drawing import Pen, safe


def tiles_html(tiles: Iterable[tuple[Tile, list[Line]]]) -> SafeString:
    """The tiles at the top of the chart."""
    pen = Pen()
    return safe("".join(_tile(tile, lines, pen) for tile, lines in tiles))


_words: dict[tuple[str, bool], tuple[str, str]] = {}  # of each tile in each language: its head, and what it says empty


def _tile(tile: Tile, lines: list[Line], pen: Pen) -> str:
    key = f"tile-{tile.name}"
    if (tile.name, pen.persian) not in _words:
        head = f'<h2 class="c-tile__name" id="{key}">{icon(tile.icon, "c-icon--sm")}{escape(str(tile.label))}'
        _words[tile.name, pen.persian] = head, f'<p class="c-muted">{escape(str(tile.empty))}</p>'
    head, inside = _words[tile.name, pen.persian]
    count = f'<span class="c-nav__count">{format_number(len(lines))}</span>' if len(lines) > 3 else ""
    if lines:
        told = "".join(_tile_line(line, pen) for line in lines)
        inside = f'<ul class="c-tile__lines" tabindex="0" aria-labelledby="{key}">{told}</ul>'
    none = "" if lines else " c-tile--none"
    return (
        f'<div role="group" class="c-tile c-tile--{tile.name}{none}" aria-labelledby="{key}">'
        f"{head}{count}</h2>{inside}</div>"
    )


def _tile_line(line: Line, pen: Pen) -> str:
    text = pen.text(line.text)
    if line.url:
        told = f'<a class="c-link" href="{escape(line.url)}">{text}</a>'
    else:
        tone = f' class="c-tile__{line.tone}"' if line.tone else ""
        told = f"<span{tone}><bdi>{text}</bdi></span>"
    more = f' <span class="c-tile__more"><bdi>{pen.text(line.more)}</bdi></span>' if line.more else ""
    return f"<li>{told}{more}</li>"
