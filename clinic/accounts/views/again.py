"""Showing once more who one is before rights are changed: a session left open must not be enough."""

import time
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts import actions
from clinic.accounts.guards import signed_in
from clinic.accounts.queries import open_code
from clinic.shared.errors import ActionError
from clinic.shared.text import to_latin_digits

FRESH_SECONDS = 15 * 60
KEY = "proved"


def proved(request: HttpRequest) -> None:
    """Keep that the person showed just now who she is."""
    request.session[KEY] = int(time.time())


def asks_again(request: HttpRequest, back: str) -> HttpResponse | None:
    """The way to show it again where the last time is too long ago; None where it is fresh."""
    if time.time() - request.session.get(KEY, 0) < FRESH_SECONDS:
        return None
    url = f"/sign-in/again/?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


@signed_in()
@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Ask for the authenticator's number, or for a new code by SMS where there is no authenticator."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        wanted = "/"
    has_app = TOTPDevice.objects.filter(user=request.user, confirmed=True).exists()
    context: dict[str, object] = {"next": wanted, "has_app": has_app}
    try:
        if request.method == "POST" and _shown(request, has_app, context):
            proved(request)
            return HttpResponseRedirect(wanted)
    except ActionError as error:
        context["error"] = error.message
    return render(request, "accounts/again.html", context, status=422 if "error" in context else 200)


def _shown(request: HttpRequest, has_app: bool, context: dict[str, object]) -> bool:
    """Whether this form shows who it is; otherwise what the page says next stands in the context."""
    value = to_latin_digits(request.POST.get("code", "")).replace(" ", "")
    if has_app:
        if actions.verify_totp(user=request.user, totp=value, by=request.user):
            return True
        raise ActionError(_("This is not the number that the app shows now."))
    if "code" not in request.POST:
        row = actions.ask_code(phone=request.user.phone, language=get_language() or "fa", by=request.user)
        context |= {"challenge": row.challenge, "expires_at": row.expires_at}
        return False
    challenge = request.POST.get("challenge", "")
    asked = open_code(challenge)
    if asked and asked.phone == request.user.phone:
        outcome = actions.check_code(challenge=challenge, code=value, by=request.user)
        if outcome.user == request.user:
            return True
        context |= {"challenge": challenge, "expires_at": asked.expires_at}
    raise ActionError(_("This code is not right, or its time is over. Check it or ask for a new one."))
