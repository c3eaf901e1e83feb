"""Signing in by code, the second factor, preferences, signing out."""

from base64 import b32encode

import segno
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts import actions
from clinic.accounts.guards import open_to_all, signed_in
from clinic.accounts.middleware import LANGUAGE_COOKIE, THEME_COOKIE, is_verified
from clinic.accounts.models import User
from clinic.accounts.roles import HOME_ORDER, ROLES
from clinic.shared.errors import ActionError
from clinic.shared.text import to_latin_digits

YEAR = 365 * 24 * 3600
PROBLEMS = {
    "wrong": lambda: _("This code is not right, or its time is over. Check it or ask for a new one."),
    "inactive": lambda: _("This account is closed. Ask the clinic."),
    "wrong_totp": lambda: _("This is not the number that the app shows now."),
}


def home_of(user: User) -> str:
    """Where a person lands after sign-in."""
    roles = user.rights.roles
    return next(ROLES[role].home for role in HOME_ORDER if role in roles)


def _next(request: HttpRequest, user: User) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else home_of(user)


@open_to_all("signing in")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """First the number, then the code (and the second factor where the role needs it), on one page."""
    if request.user.is_authenticated and request.method == "GET":
        return HttpResponseRedirect(_next(request, request.user))
    if request.method == "GET":
        return _page(request, {})
    if "code" in request.POST:
        return _try_code(request)
    phone = request.POST.get("phone", "")
    try:
        row = actions.ask_code(phone=phone, language=get_language() or "fa", by=None)
    except ActionError as error:
        return _page(request, {"phone": phone, "errors": {error.field or "phone": error.message}}, status=422)
    return _page(request, {"phone": phone, "challenge": row.challenge, "expires_at": row.expires_at})


def _try_code(request: HttpRequest) -> HttpResponse:
    challenge = request.POST.get("challenge", "")
    code, totp = to_latin_digits(request.POST.get("code", "")), to_latin_digits(request.POST.get("totp", ""))
    outcome = actions.check_code(challenge=challenge, code=code.strip(), totp=totp.strip(), by=None)
    if outcome.user:
        return finish_sign_in(request, outcome)
    context = {
        "phone": request.POST.get("phone", ""),
        "challenge": challenge,
        "code": code if outcome.problem in {"totp", "wrong_totp"} else "",
        "ask_totp": outcome.problem in {"totp", "wrong_totp"},
    }
    if outcome.problem in PROBLEMS:
        field = "totp" if outcome.problem == "wrong_totp" else "code"
        context["errors"] = {field: PROBLEMS[outcome.problem]()}
    return _page(request, context, status=422 if "errors" in context else 200)


def finish_sign_in(request: HttpRequest, outcome: actions.SignIn) -> HttpResponse:
    """Start the session of whom the code named."""
    user = outcome.user
    assert user
    login(request, user, backend="clinic.accounts.backends.CodeBackend")
    request.session["clinic"] = getattr(request, "clinic", None) and request.clinic.schema_name  # type: ignore[attr-defined]
    if outcome.device:
        otp_login(request, outcome.device)
    elif user.rights.needs_totp:
        return HttpResponseRedirect("/sign-in/totp/")
    return HttpResponseRedirect(_next(request, user))


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    context["next"] = request.POST.get("next") or request.GET.get("next") or ""
    return render(request, "accounts/sign_in.html", context, status=status)


@signed_in(before_totp=True)
@require_http_methods(["GET", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator, or show its number where it is set up but was not asked in this session."""
    user: User = request.user  # type: ignore[assignment]
    if is_verified(request):
        return HttpResponseRedirect(_next(request, user))
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    errors: dict[str, str] = {}
    if request.method == "POST":
        value = to_latin_digits(request.POST.get("totp", "")).strip()
        try:
            device = _prove(user, device, value)
        except ActionError as error:
            errors = {"totp": error.message}
        else:
            otp_login(request, device)
            return HttpResponseRedirect(_next(request, user))
    enrolled = device is not None and device.confirmed
    context: dict[str, object] = {"enrolled": enrolled, "errors": errors}
    if not enrolled:
        pending = TOTPDevice.objects.filter(user=user, confirmed=False).first() or actions.begin_totp(user=user, by=user)
        context |= {"secret": _base32(pending), "qr": segno.make(pending.config_url, error="m").svg_inline(scale=5, border=2)}
    return render(request, "accounts/totp.html", context, status=422 if errors else 200)


def _prove(user: User, device: TOTPDevice | None, value: str) -> TOTPDevice:
    if device is None:
        return actions.confirm_totp(user=user, totp=value, by=user)
    if not actions.verify_totp(user=user, totp=value, by=user):
        raise ActionError(PROBLEMS["wrong_totp"](), field="totp")
    return device


def _base32(device: TOTPDevice) -> str:
    return b32encode(device.bin_key).decode()


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
    if language in {"fa", "en"}:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, samesite="Lax")
    if theme in {"", "light", "dark"}:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax")
    if request.user.is_authenticated:
        actions.set_preferences(
            user=request.user, language=language if language in {"fa", "en"} else None, theme=theme, by=request.user
        )
    return response
