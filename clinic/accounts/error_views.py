"""Error pages in the kit's look, or short texts where a fragment was asked for."""

import contextlib
from collections.abc import Iterator
from typing import Any, cast

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic.shared.tenancy import use_clinic, use_platform


def refused(request: HttpRequest, status: int, message: str = "", **headers: str) -> HttpResponse:
    """The answer for a status, as page, fragment or JSON."""
    message = message or _sentence(status)
    if request.path.startswith("/api/"):
        return JsonResponse({"errors": {"detail": [message]}}, status=status, headers=headers)
    template = "errors/fragment.html" if request.headers.get("HX-Request") else f"errors/{status}.html"
    with _same_clinic(request):
        response = render(request, template, {"message": message, "status": status}, status=status)
    for name, value in headers.items():
        response.headers[name] = value
    return response


@contextlib.contextmanager
def _same_clinic(request: HttpRequest) -> Iterator[None]:
    """Behind an ASGI server Django makes these answers in another thread, whose connection chose nothing yet."""
    if cast(Any, connection).chosen or not hasattr(request, "clinic"):
        yield
        return
    try:
        with use_clinic(request.clinic) if request.clinic else use_platform():
            yield
    finally:
        connection.close()


def _sentence(status: int) -> str:
    return {
        400: _("This could not be read. Go back and check what was sent."),
        403: _("Your role does not include this. Ask the clinic's owner if you need it."),
        404: _("There is nothing at this address."),
        405: _("This address only takes what a form sends. Go back to the page with the form."),
        409: _("Somebody else was first. Look at what is there now."),
        413: _("This is larger than what can be sent at once. Send less, or a smaller file."),
        500: _("Something broke on our side. It was noted; try again."),
        503: _("A service does not answer now. Nothing was lost; try again in a moment."),
    }.get(status, _("This did not work."))


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return refused(request, 400)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return refused(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return refused(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return refused(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refused(request, 403, _("This page was open too long. Load it again and repeat."))
