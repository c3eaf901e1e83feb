"""Parts of a page's frame: each is drawn once for all pages that give it the same values, and kept by this process."""

import secrets
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import get_urlconf
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
# What differs from page to page stands in what is kept as words that nobody can write.
TOKEN, HERE = f"token-{secrets.token_hex(16)}", f"here-{secrets.token_hex(16)}"


@register.simple_tag(takes_context=True)
def frame(context: template.Context, name: str, **values: Any) -> SafeString:
    """The template `name` with these values as text ("1" for True) and nothing else of the page.

    It may hold forms: `{% csrf_token %}` and `{{ here }}`, the page's own address, are of the page.
    """
    told = tuple((key, _text(value)) for key, value in values.items())
    drawn = _drawn.__wrapped__ if settings.DEBUG else _drawn
    html = drawn(name, get_language() or "", get_urlconf() or "", told)
    if TOKEN in html:
        html = html.replace(TOKEN, str(context.get("csrf_token") or ""))
    if HERE in html:
        request = context.get("request")
        html = html.replace(HERE, escape(_address(request)) if request else "/")
    return SafeString(html)  # a template drew it; what is put in is escaped


def _address(request: HttpRequest) -> str:
    """The page's own; of what a refused form shows again, that of the page on which it stood: it can be opened."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(before)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "1" if value else ""
    return str(value)


@lru_cache(maxsize=1024)
def _drawn(name: str, _language: str, _addresses: str, values: tuple[tuple[str, str], ...]) -> str:
    return get_template(name).render({**dict(values), "csrf_token": TOKEN, "here": HERE})
