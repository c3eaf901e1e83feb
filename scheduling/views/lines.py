"""The rows of a day's list, written in Python: two hundred rows of a template cost five times as much."""

from collections.abc import Callable, Iterable
from functools import cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.shared.money import language
from clinic.shared.text import to_persian_digits
from scheduling.queries.lines import Line


def drawn(lines: Iterable[Line], *, may_work: bool) -> SafeString:
    """All rows as list items; whatever people wrote is escaped here."""
    check_in = escape(_("Check in")) if may_work else ""
    own = to_persian_digits if language() == "fa" else str
    safe = cache(escape)  # services, doctors and rooms are few
    return mark_safe("".join([_row(line, own, check_in, safe) for line in lines]))  # noqa: S308 (see `_row`)


def _row(line: Line, own: Callable[[str], str], check_in: str, safe: Callable[[str], str]) -> str:
    """One row: signs and chip are safe strings of our own, every other text is escaped."""
    name, end = escape(line.name), ""
    number = f"<small>{escape(own(line.number))}</small>" if line.number else ""
    coming = f'<b class="c-coming">{escape(str(line.coming))}</b> · ' if line.coming else ""
    room = f" · {safe(line.room)}" if line.room else ""
    if line.can_arrive and check_in:
        end = (
            f'<button type="button" class="c-btn c-btn--sm" id="go-{line.id}" data-row-key="KeyA" '
            f'data-key-label="{check_in}" hx-post="/desk/appointments/{line.id}/check-in/" hx-swap="none" '
            f'aria-label="{check_in}: {name}">{check_in}</button>'
        )
    return (
        f'<li class="c-dayline {line.edge}" data-key-row><span class="c-dayline__time">{line.time}{number}</span>'
        f'<a class="c-dayline__text" href="{line.url}" data-drawer id="line-{line.id}-{line.visit or 0}">'
        f'<b><span class="c-private" data-short="{escape(line.short)}">{name}</span>{line.signs}</b>'
        f"<span>{coming}{safe(line.service)} · {safe(line.practitioner)}{room}</span></a>"
        f'<span class="c-dayline__end">{line.chip}{end}</span></li>'
    )
