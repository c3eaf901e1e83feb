"""Signing in by code, signing out, language and theme."""

from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login

from clinic.accounts import actions
from clinic.accounts.guards import open_to_all, signed_in
from clinic.accounts.middleware import LANGUAGE_COOKIE, THEME_COOKIE
from clinic.accounts.models import User
from clinic.accounts.queries import open_code
from clinic.accounts.roles import HOME_ORDER, ROLES
from clinic.accounts.views.again import proved
from clinic.shared.errors import ActionError, TooMany
from clinic.shared.phones import read_mobile
from clinic.shared.text import to_latin_digits

YEAR = 365 * 24 * 3600
ASKED = "asked_code"
PROBLEMS = {
    "wrong": lambda: _("This code is not right, or its time is over. Check it or ask for a new one."),
    "inactive": lambda: _("This account is closed. Ask the clinic."),
    "wrong_totp": lambda: _("This is not the number that the app shows now."),
}


def home_of(user: User) -> str:
    """Where a person lands after sign-in."""
    roles = user.rights.roles
    return next(ROLES[role].home for role in HOME_ORDER if role in roles)


def onward(request: HttpRequest, user: User) -> str:
    """The page that was wanted before, if it is one of this host; else the person's home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and wanted.startswith("/") else home_of(user)


@open_to_all("signing in")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """First the number, then the code (and the second factor where the role needs it), on one page."""
    if request.user.is_authenticated and request.method == "GET":
        return HttpResponseRedirect(onward(request, request.user))
    if request.method == "GET":
        return _page(request, {})
    if "code" in request.POST:
        return _try_code(request)
    phone = request.POST.get("phone", "")[:40]
    try:
        row = actions.ask_code(
            phone=phone, language=get_language() or "fa", proof=request.POST.get("proof", ""), by=None
        )
    except ActionError as error:
        if error.code == "puzzle":
            context = {"phone": phone, "puzzle": error.details["puzzle"], "problem": error.message, **_asked(request)}
            return _page(request, context, status=error.status)
        errors = {error.field or "phone": error.message}
        status = error.status if "retry_after" in error.details else 422
        number = read_mobile(phone) if isinstance(error, TooMany) else ""
        answer = _page(request, {"phone": phone, "errors": errors, **_asked(request, number)}, status=status)
        if "retry_after" in error.details:
            answer.headers["Retry-After"] = str(error.details["retry_after"])
        return answer
    request.session[ASKED] = row.challenge
    return _page(request, {"challenge": row.challenge, "phone": row.phone, "expires_at": row.expires_at})


def _asked(request: HttpRequest, phone: str = "") -> dict[str, Any]:
    """The code that is still open in this form, so that neither it nor its time is lost; or one that this browser asked
    for this number before it loaded the page anew.
    """
    row = open_code(request.POST.get("challenge", ""))
    if row is None and phone:
        before = open_code(request.session.get(ASKED, ""))
        row = before if before is not None and before.phone == phone else None
    return {"challenge": row.challenge, "phone": row.phone, "expires_at": row.expires_at} if row else {}


def _try_code(request: HttpRequest) -> HttpResponse:
    challenge = request.POST.get("challenge", "")[:64]
    code, totp = to_latin_digits(request.POST.get("code", "")), to_latin_digits(request.POST.get("totp", ""))
    outcome = actions.check_code(challenge=challenge, code=code.strip(), totp=totp.strip(), by=None)
    if outcome.user:
        return finish_sign_in(request, outcome)
    asks_totp = outcome.problem in {"totp", "wrong_totp"}
    context: dict[str, Any] = {
        "phone": request.POST.get("phone", "")[:40],
        "challenge": challenge,
        **_asked(request),
        "code": code if asks_totp else "",
        "ask_totp": asks_totp,
    }
    if outcome.problem in PROBLEMS:
        field = "totp" if outcome.problem == "wrong_totp" else "code"
        context["errors"] = {field: PROBLEMS[outcome.problem]()}
    return _page(request, context, status=422 if "errors" in context else 200)


def finish_sign_in(request: HttpRequest, outcome: actions.SignIn) -> HttpResponse:
    """Start the session of whom the code named, in the language and theme this person chose elsewhere."""
    user = outcome.user
    assert user
    login(request, user, backend="clinic.accounts.backends.CodeBackend")
    request.session["clinic"] = getattr(request, "clinic", None) and request.clinic.schema_name  # type: ignore[attr-defined]  # our middleware's own attribute of a request
    request.session.pop(ASKED, None)
    proved(request)
    target = onward(request, user)
    if outcome.device:
        otp_login(request, outcome.device)
    elif user.rights.needs_totp:
        target = "/sign-in/totp/"
    response = HttpResponseRedirect(target)
    _keep(response, user.language, user.theme)
    return response


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context["next"] = request.POST.get("next") or request.GET.get("next") or ""
    return render(request, "accounts/sign_in.html", context, status=status)


@signed_in(before_totp=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return HttpResponseRedirect("/")


@open_to_all("language and theme are kept in cookies of this host")
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Change language or theme and go back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    language, theme = request.POST.get("language", ""), request.POST.get("theme")
    language = language if language in {"fa", "en"} else ""
    theme = theme if theme in {"", "light", "dark"} else None
    _keep(response, language, theme)
    if theme == "":
        response.delete_cookie(THEME_COOKIE)
    if request.user.is_authenticated:
        actions.set_preferences(user=request.user, language=language or None, theme=theme, by=request.user)
    return response


def _keep(response: HttpResponse, language: str, theme: str | None) -> None:
    for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        if value:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax")
