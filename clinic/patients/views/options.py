"""The lines below the search field, written in Python: they are asked for at every letter that is typed."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.patients.queries import Found
from clinic.shared.html import icon
from clinic.shared.money import language
from clinic.shared.text import format_phone, to_persian_digits


def options(found: Sequence[Found], text: str, *, go: bool, new: bool, may_register: bool) -> SafeString:
    """List items of a combobox, and what else the text may mean; whatever people wrote is escaped here."""
    lines = [_option(each, go) for each in found]
    typed = escape(text)
    if text and new:
        words = escape(_("New patient: %(q)s") % {"q": text})
        sign = f'<span class="c-row c-row--tight">{icon("user-plus")}<span>{words}</span></span>'
        lines.append(f'<li role="option" data-value="" data-label="{typed}">{sign}</li>')
    if text and go and may_register and not found:
        words = escape(_("Register “%(q)s” as new") % {"q": text})
        href = f"/patients/new/?name={quote(text)}"
        lines.append(f'<li role="option" data-value="" data-label="{typed}" data-href="{href}">{words}</li>')
    return mark_safe("".join(lines))  # noqa: S308 (every text was escaped where it was put in)


def _option(each: Found, go: bool) -> str:
    name, number = escape(each.full_name), escape(each.national_code)
    if each.phone:
        number = f'<bdi class="c-ltr">{escape(_own(format_phone(each.phone)))}</bdi>'
    elif number:
        number = f"<bdi>{_own(number)}</bdi>"
    href = f' data-href="/patients/{each.pk}/"' if go else ""
    return (
        f'<li role="option" data-value="{each.pk}" data-label="{name}"{href}>'
        f'<span class="c-row c-row--apart"><b>{name}</b><small>{number}</small></span></li>'
    )


def _own(number: str) -> str:
    return to_persian_digits(number) if language() == "fa" else number
