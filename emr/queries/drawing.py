"""A visit of the timeline as HTML, put together without templates: fifty of them are drawn in a few milliseconds."""

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.shared.calendar import current_calendar, date_text, format_datetime
from clinic.shared.chart import Kind, Moment, Stretch
from clinic.shared.html import icon, status_chip
from clinic.shared.money import format_number, language
from clinic.shared.text import to_persian_digits
from emr.queries.templates import Content, told

if TYPE_CHECKING:
    from emr.queries.moments import VisitRow

Line = Sequence[Any]


class Pen:
    """What is the same for everything on a page: the reader's language, and words that return with every visit."""

    def __init__(self) -> None:
        self.persian = language() == "fa"
        self.calendar, self.zone = current_calendar(), timezone.get_current_timezone()
        self.labels = [escape(word) for word in (_("Complaint"), _("Note"), _("Recommendations to the patient"))]
        self.marks: dict[tuple[str, str], str] = {}
        self.drawn: dict[str, str] = {}  # doctors, drugs and doses return with every visit
        self.names: dict[str, str] = {}
        self.chips: dict[str, str] = {}

    def text(self, value: Any) -> str:
        """Text for HTML, with digits as the reader writes them."""
        told = str(value)
        drawn = self.drawn.get(told)
        if drawn is None:
            drawn = self.drawn[told] = escape(to_persian_digits(told) if self.persian else told)
        return drawn

    def name(self, value: str) -> str:
        """A name that returns, as it is written: of a service, of a diagnosis."""
        drawn = self.names.get(value)
        if drawn is None:
            drawn = self.names[value] = escape(value)
        return drawn

    def words(self, value: Any) -> str:
        """The same with its lines."""
        return self.text(value).replace("\n", "<br>")

    def day(self, moment: dt.datetime) -> str:
        """The day of a moment where the clinic is, in full."""
        day = moment.astimezone(self.zone).date()
        return date_text(day, "fa" if self.persian else "en", "long", self.calendar)

    def chip(self, status: str) -> str:
        """The chip of a status."""
        if status not in self.chips:
            self.chips[status] = status_chip(status) if status else ""
        return self.chips[status]

    def mark(self, kind: Kind, name: str) -> str:
        """The sign in front of a moment of a kind."""
        key = (kind.name, name)
        if key not in self.marks:
            label = str(kind.label)
            self.marks[key] = (
                f'<li data-kind="{kind.name}"><span class="c-time__mark" title="{escape(label)}">'
                f'{icon(name or kind.icon, label=label)}</span><div class="c-moment"><p class="c-row">'
            )
        return self.marks[key]


def _words(text: str) -> str:
    """What a person wrote, escaped, with its lines."""
    return escape(text).replace("\n", "<br>")


def lines_html(lines: Sequence[Line], pen: Pen) -> SafeString:
    """Lines of a prescription; struck out ones are."""
    if not lines:
        return safe("")
    drawn = "".join(
        f"<li{' class=c-rx__off' if off else ''}><span><bdi>{pen.text(name)}</bdi></span>"
        f'<span class="c-glance__more"><bdi>{pen.text(dose)}</bdi></span></li>'
        for name, dose, off in lines
    )
    return safe(f'<ul class="c-glance">{drawn}</ul>')


safe = SafeString  # HTML whose parts were escaped where they were put in


def _conditions(row: "VisitRow", pen: Pen) -> str:
    if not row.conditions:
        return ""
    chips = ""
    for code, title in row.conditions:
        sign = f"<bdi class=c-ltr>{pen.name(code)}</bdi> " if code else ""
        chips += f'<li><span class="c-chip">{sign}{pen.name(title)}</span></li>'
    return f'<ul class="c-row c-moment__chips">{chips}</ul>'


def _texts(row: "VisitRow", pen: Pen) -> str:
    said = zip(pen.labels, (row.complaint, row.note, row.advice), strict=True)
    found = "".join(f"<dt>{label}</dt><dd>{_words(text)}</dd>" for label, text in said if text)
    return f'<dl class="c-words">{found}</dl>' if found else ""


def _answers(row: "VisitRow", content: Content | None, pen: Pen) -> str:
    if not content or not row.answers:
        return ""
    found = ""
    for part in told(content, row.answers):
        pairs = [*part.pairs]
        if part.score:
            pairs.append((part.score.label, f"{format_number(part.score.points)} {part.score.name}".rstrip()))
        found += "".join(
            f"<div><dt>{pen.text(label)}</dt><dd>{pen.words(answer)}</dd></div>" for label, answer in pairs
        )
    return f'<dl class="c-answers">{found}</dl>' if found else ""


def _addenda(row: "VisitRow") -> str:
    return "".join(
        f'<p class="c-moment__added"><b>{escape(_("Added"))}</b> {_words(text)} '
        f'<span class="c-time__when">{format_datetime(dt.datetime.fromisoformat(at))} · {escape(name)}</span></p>'
        for text, at, name in row.addenda or ()
    )


def _online(row: "VisitRow") -> str:
    if row.came_by != "online":
        return ""
    return format_html(
        '<p>{}</p><details><summary class="c-link">{}</summary><div hx-get="/online/{}/story/" '
        'hx-trigger="intersect once" hx-swap="innerHTML"></div></details>',
        status_chip("online"),
        _("What happened online"),
        row.appointment,
    )


def visit_html(row: "VisitRow", pen: Pen, content: Content | None = None, *, closed: bool) -> SafeString:
    """What was written in a visit; a private note only says that it is one. Drugs are for all: safety rests on them."""
    if row.record is None:
        return safe(_online(row))
    if closed:
        lock = f'<p class="c-muted">{icon("lock", "c-icon--sm inline")} {escape(_("Private note"))}</p>'
        return safe(_online(row) + lock + lines_html(row.lines, pen))
    written = _conditions(row, pen) + _answers(row, content, pen) + _texts(row, pen)
    return safe(_online(row) + written + lines_html(row.lines, pen) + _addenda(row))


def moments_html(stretch: Stretch) -> SafeString:
    """A page of the timeline as list items."""
    pen = Pen()
    return safe("".join(_moment(kind, moment, pen) for kind, moment in stretch.rows))


def kinds_html(kinds: Iterable[Kind], chosen: str) -> SafeString:
    """The filters of the timeline as links; "all" first."""
    kinds = list(kinds)
    key = (get_language(), chosen, *(kind.name for kind in kinds))
    if key not in _filters:
        _filters[key] = _drawn_filters(kinds, chosen)
    return _filters[key]


_filters: dict[tuple[str | None, ...], SafeString] = {}  # as many as there are roles, kinds and languages


def _drawn_filters(kinds: list[Kind], chosen: str) -> SafeString:
    links = [("", _("Everything"), "history"), *((kind.name, str(kind.label), kind.icon) for kind in kinds)]
    return safe("".join(_filter(name, label, sign, chosen) for name, label, sign in links))


def _filter(name: str, label: str, sign: str, chosen: str) -> str:
    url, current = f"?kind={name}" if name else "?", ' aria-current="page"' if name == chosen else ""
    return (
        f'<a href="{url}"{current} hx-get="{url}&amp;part=1" hx-target="#timeline" hx-swap="outerHTML" '
        f'hx-push-url="{url}">{icon(sign)}{escape(label)}</a>'
    )


def _moment(kind: Kind, moment: Moment, pen: Pen) -> str:
    date = f'<time datetime="{moment.at.isoformat()}">{pen.day(moment.at)}</time>'
    head = f'<a class="c-link" href="{escape(moment.url)}">{date}</a>' if moment.url else date
    text = f'<span class="c-muted">{pen.words(moment.text)}</span>' if moment.text else ""
    start, chip = pen.mark(kind, moment.icon), pen.chip(moment.status)
    return f"{start}{head}<span>{pen.name(str(moment.title))}</span>{text}{chip}</p>{moment.body}</div></li>"
