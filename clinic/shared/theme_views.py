"""The clinic's colours as a style sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_GET

from clinic.shared import colour


@require_GET
def theme_css(request: HttpRequest, hex: str) -> HttpResponse:
    """The style sheet of one accent; its address names the colour, so it may be kept for ever."""
    if not colour.is_hex(hex):
        return HttpResponseNotFound()
    response = HttpResponse(colour.theme_css(hex.lower()), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
