"""A visit of the timeline as HTML, put together without templates: fifty of them are drawn in a few milliseconds."""

import datetime as dt
import html
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.shared.calendar import format_date, format_datetime
from clinic.shared.chart import Kind, Moment, Stretch
from clinic.shared.html import icon, status_chip
from clinic.shared.money import format_number, language
from clinic.shared.text import to_persian_digits
from emr.queries.templates import Content, told

if TYPE_CHECKING:
    from emr.queries.moments import VisitRow

Line = tuple[str, str, bool]


def escape(text: object) -> str:
    """Text for HTML, without the wrapping that templates need."""
    return html.escape(str(text))


def own_digits(text: str) -> str:
    """Digits as the reader writes them."""
    return to_persian_digits(text) if language() == "fa" else text


def _words(text: str) -> str:
    """What a person wrote, escaped, with its lines."""
    return escape(text).replace("\n", "<br>")


def lines_html(lines: list[Line] | None) -> SafeString:
    """Lines of a prescription; struck out ones are."""
    if not lines:
        return SafeString("")
    pill = icon("pill", "c-icon--sm")
    drawn = "".join(
        f"<li{' class=c-rx__off' if off else ''}>{pill}<span><bdi>{escape(own_digits(name))}</bdi></span>"
        f'<span class="c-glance__more"><bdi>{escape(own_digits(dose))}</bdi></span></li>'
        for name, dose, off in lines
    )
    return safe(f'<ul class="c-glance">{drawn}</ul>')


def safe(text: str) -> SafeString:
    """HTML whose parts were escaped."""
    return mark_safe(text)  # noqa: S308 -- every part was escaped where it was put in


def _conditions(row: "VisitRow") -> str:
    if not row.conditions:
        return ""
    named = (
        (f"<bdi class=c-ltr>{escape(code)}</bdi> " if code else "", escape(title)) for code, title in row.conditions
    )
    chips = (f'<li><span class="c-chip">{code}{title}</span></li>' for code, title in named)
    return f'<ul class="c-row c-moment__chips">{"".join(chips)}</ul>'


def _texts(row: "VisitRow") -> str:
    labelled = (
        (_("Complaint"), row.complaint),
        (_("Note"), row.note),
        (_("Recommendations to the patient"), row.advice),
    )
    found = "".join(f"<dt>{escape(label)}</dt><dd>{_words(text)}</dd>" for label, text in labelled if text)
    return f'<dl class="c-words">{found}</dl>' if found else ""


def _answers(row: "VisitRow", content: Content | None) -> str:
    if not content or not row.answers:
        return ""
    found = ""
    for part in told(content, row.answers):
        pairs = [*part.pairs]
        if part.score:
            pairs.append((part.score.label, f"{format_number(part.score.points)} {part.score.name}".rstrip()))
        found += "".join(
            f"<div><dt>{escape(own_digits(label))}</dt><dd>{_words(own_digits(answer))}</dd></div>"
            for label, answer in pairs
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


def visit_html(row: "VisitRow", content: Content | None = None, *, closed: bool) -> SafeString:
    """What was written in a visit; a private note only says that it is one. Drugs are for all: safety rests on them."""
    if row.record is None:
        return safe(_online(row))
    if closed:
        lock = f'<p class="c-muted">{icon("lock", "c-icon--sm inline")} {escape(_("Private note"))}</p>'
        return safe(_online(row) + lock + lines_html(row.lines))
    return safe(
        _online(row) + _conditions(row) + _answers(row, content) + _texts(row) + lines_html(row.lines) + _addenda(row)
    )


def moments_html(stretch: Stretch) -> SafeString:
    """A page of the timeline as list items."""
    return safe("".join(_moment(kind, moment) for kind, moment in stretch.rows))


def _moment(kind: Kind, moment: Moment) -> str:
    when = format_date(moment.at, style="long")
    date = f'<time datetime="{moment.at.isoformat()}">{when}</time>'
    head = f'<a class="c-link" href="{escape(moment.url)}">{date}</a>' if moment.url else date
    chip = status_chip(moment.status) if moment.status else ""
    text = f'<span class="c-muted">{_words(own_digits(str(moment.text)))}</span>' if moment.text else ""
    return (
        f'<li data-kind="{kind.name}"><span class="c-time__mark" title="{escape(kind.label)}">'
        f'{icon(moment.icon or kind.icon, label=str(kind.label))}</span><div class="c-moment">'
        f'<p class="c-row">{head}<span>{escape(moment.title)}</span>{text}{chip}</p>{moment.body}</div></li>'
    )
