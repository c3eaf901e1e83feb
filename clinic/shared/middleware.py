"""The request's id and real address, and what the browser may load."""

import logging
import secrets
from collections.abc import Callable
from functools import lru_cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

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


class ContentSecurity(CSPMiddleware):
    """django-csp, which builds the header anew for each answer; ours is built once, and anew only for the answers that
    say something of their own about it (its decorators leave a mark on them).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if getattr(request, "_csp_nonce", None) or any(name.startswith("_csp_") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, usual_policy())
        return response


def usual_policy() -> str:
    """The header of the settings."""
    return _built(str(settings.CONTENT_SECURITY_POLICY))


@lru_cache(maxsize=2)
def _built(_policy: str) -> str:
    return build_policy()
