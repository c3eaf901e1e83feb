"""Language and theme, who is here, and whether this route is for them."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.functional import LazyObject

from clinic.accounts.error_views import refused
from clinic.accounts.guards import Guard as Declared
from clinic.accounts.guards import guard_of
from clinic.accounts.roles import Role
from clinic.shared.actor import acting
from clinic.shared.errors import ActionError, Elsewhere
from clinic.shared.speaking import speaking
from clinic.shared.uploads import REQUEST_AT_MOST

Next = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE, THEME_COOKIE = "language", "theme"


class Preferences:
    """Activates language, time zone and currency: the person's choice, then the clinic's."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.theme = request.COOKIES.get(THEME_COOKIE, "")  # type: ignore[attr-defined]  # our middleware's own attribute of a request
        with speaking(request.COOKIES.get(LANGUAGE_COOKIE, "")) as language:
            response = refused(request, 413) if _too_large(request) else self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def _too_large(request: HttpRequest) -> bool:
    """Told by its length, before anybody reads it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        return True
    return int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and int(length) > _most(request)


def _most(request: HttpRequest) -> int:
    """Bytes that the view of this address takes; files are larger than forms."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return 0
    return REQUEST_AT_MOST if getattr(view, "takes_files", False) and request.method == "POST" else 0


class Person:
    """Ends idle staff sessions, marks everything written in the request with the account."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if by_token(request):  # whose it is, the API asks itself
            response = self.get_response(request)
            response.headers.setdefault("Cache-Control", "no-store")
            return response
        request.user = _found(request.user)
        if request.user.is_authenticated and self._idle_too_long(request):
            logout(request)
        with acting(request.user if request.user.is_authenticated else None):
            response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _idle_too_long(self, request: HttpRequest) -> bool:
        if request.user.rights.roles == [Role.PATIENT]:
            return False
        now, seen = time.time(), request.session.get("seen", 0)
        if seen and now - seen > settings.STAFF_IDLE_MINUTES * 60:
            return True
        if now - seen > 60:
            request.session["seen"] = int(now)
        return False


def by_token(request: HttpRequest) -> bool:
    """Whether a token asks the API: a session that may be there as well means nothing then."""
    return request.path.startswith("/api/") and request.META.get("HTTP_AUTHORIZATION", "")[:6].lower() == "token "


def _found(user: Any) -> Any:
    """The account itself: from here on it is asked again and again, each time through two lazy objects else."""
    while isinstance(user, LazyObject):
        bool(user.is_authenticated)
        user = user.__dict__["_wrapped"]
    return user


class Guard:
    """Default deny: a route that declares nothing is refused, whoever asks."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 405 and request.method == "GET" and not request.path.startswith("/api/"):
            return refused(request, 405, Allow=answer.headers.get("Allow", ""))  # Django's own has no words
        return answer

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        guard = guard_of(view)
        if guard is None:
            return refused(request, 403)
        if request.path.startswith("/api/"):
            return None  # tokens are read by the API's own authentication; it asks `decide` itself
        answer = decide(request, guard.for_call(request.method or "GET"))
        return _page_answer(request, answer) if answer else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that a page did not turn into its own words is answered as such, not as a fault."""
        if isinstance(exception, Elsewhere):
            return HttpResponseRedirect(exception.url)
        if not isinstance(exception, ActionError):
            return None
        return refused(request, exception.status, exception.message)


def decide(request: Any, guard: Declared) -> str:
    """Why this request may not pass: `sign_in`, `totp`, `enrol`, `forbidden`; empty if it may."""
    if guard.public:
        return ""
    user = request.user
    if not user.is_authenticated:
        return "sign_in"
    if guard.before_totp:
        return ""
    if user.rights.needs_totp and not is_verified(request):
        return "enrol"
    if guard.permission and not user.can(guard.permission):
        return "forbidden"
    return ""


def is_verified(request: Any) -> bool:
    """Whether the second factor was shown in this session or with this token."""
    token = getattr(request, "auth", None)
    if token is not None and hasattr(token, "is_verified"):
        return bool(token.is_verified)
    check = getattr(request.user, "is_verified", None)
    return bool(check and check())


def _page_answer(request: HttpRequest, answer: str) -> HttpResponse:
    if answer == "forbidden":
        return refused(request, 403)
    target = "/sign-in/totp/" if answer == "enrol" else "/sign-in/"
    back = request.get_full_path() if request.method == "GET" and not request.headers.get("HX-Request") else ""
    url = f"{target}?{urlencode({'next': back})}" if back not in {"", "/"} else target
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"errors": {"detail": [answer]}}, status=401)
    return HttpResponseRedirect(url)
