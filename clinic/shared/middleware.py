"""The request's id and real address, and answers to refusals that no view caught."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.shared.actor import from_where
from clinic.shared.tenancy import nobody

Next = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("clinic.requests")


class RequestId:
    """First of all: gives the request an id, the real address, and at its end nobody's connection."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = secrets.token_hex(8)
        request.ip = client_address(request)  # type: ignore[attr-defined]  # our middleware's own attribute of a request
        request.request_id = request_id  # type: ignore[attr-defined]  # our middleware's own attribute of a request
        with nobody(), from_where(ip=request.ip, request_id=request_id):  # type: ignore[attr-defined]  # our middleware's own attribute of a request
            response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()")
        return response


def client_address(request: HttpRequest) -> str | None:
    """The address of the caller; X-Forwarded-For counts only as far as our own proxies wrote it."""
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    address: str | None = request.META.get("REMOTE_ADDR") or None
    return address
