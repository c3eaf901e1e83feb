"""The second factor: setting up the authenticator, or showing its number."""

from base64 import b32encode

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts import actions
from clinic.accounts.guards import signed_in
from clinic.accounts.middleware import is_verified
from clinic.accounts.models import User
from clinic.accounts.views.again import proved
from clinic.accounts.views.sign_in import PROBLEMS, onward
from clinic.shared.errors import ActionError
from clinic.shared.text import to_latin_digits


@signed_in(before_totp=True)
@require_http_methods(["GET", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator, or show its number where it is set up but was not asked in this session."""
    user: User = request.user  # type: ignore[assignment]  # the guard lets accounts only in
    if is_verified(request):
        return HttpResponseRedirect(onward(request, user))
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    errors: dict[str, str] = {}
    if request.method == "POST":
        value = to_latin_digits(request.POST.get("totp", "")).replace(" ", "")
        try:
            device = prove(user, device, value)
        except ActionError as error:
            errors = {"totp": error.message}
        else:
            otp_login(request, device)
            proved(request)
            return HttpResponseRedirect(onward(request, user))
    return _page(request, user, device, errors)


def _page(request: HttpRequest, user: User, device: TOTPDevice | None, errors: dict[str, str]) -> HttpResponse:
    context: dict[str, object] = {
        "enrolled": device is not None,
        "errors": errors,
        "next": request.POST.get("next") or request.GET.get("next") or "",
    }
    if device is None:
        pending = TOTPDevice.objects.filter(user=user, confirmed=False).first()
        pending = pending or actions.begin_totp(user=user, by=user)
        context["secret"] = b32encode(pending.bin_key).decode()
        picture = segno.make(pending.config_url, error="m").svg_inline(border=2, omitsize=True)
        context["qr"] = mark_safe(picture)  # noqa: S308 (drawn here, from our own address)
    return render(request, "accounts/totp.html", context, status=422 if errors else 200)


def prove(user: User, device: TOTPDevice | None, value: str) -> TOTPDevice:
    """The authenticator, if the value is its present one; a first right value confirms a new authenticator."""
    if not value:
        raise ActionError(_("Write the six digits that the app shows."), field="totp")
    if device is None:
        return actions.confirm_totp(user=user, totp=value, by=user)
    if not actions.verify_totp(user=user, totp=value, by=user):
        raise ActionError(PROBLEMS["wrong_totp"](), field="totp")
    return device
