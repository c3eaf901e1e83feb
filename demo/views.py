"""One click in as any role: the demo only."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts.guards import open_to_all
from clinic.accounts.models import User
from clinic.accounts.roles import ROLES, Role
from clinic.accounts.views import home_of
from clinic.shared.phones import read_mobile
from clinic.shared.tenancy import on_platform
from demo.world import CLINICS, OPERATOR_PHONE, DemoClinic


def _demo_of(request: HttpRequest) -> DemoClinic | None:
    clinic = getattr(request, "clinic", None)
    return next((demo for demo in CLINICS if clinic and demo.schema == clinic.schema_name), None)


def _phones(request: HttpRequest) -> dict[str, str]:
    if on_platform():
        return {Role.OPERATOR: OPERATOR_PHONE}
    demo = _demo_of(request)
    if demo is None:
        raise Http404
    return {role: phone for role, (phone, _name) in demo.staff.items()}


@open_to_all("the demo's start page; not installed in production")
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Who would you like to be?"""
    demo = None if on_platform() else _demo_of(request)
    roles = [
        {"role": role, "label": Role(role).label, "sentence": ROLES[Role(role)].sentence, "name": _name(demo, role)}
        for role in _phones(request)
    ]
    return render(request, "demo/start.html", {"roles": roles, "title": _("Who would you like to be?")})


def _name(demo: DemoClinic | None, role: str) -> str:
    return demo.staff[Role(role)][1] if demo else "Operator"


@open_to_all("the demo's one-click sign-in; not installed in production")
@require_POST
def enter(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the demo's person of this role, second factor included."""
    phone = _phones(request).get(role)
    if phone is None or not settings.DEMO:
        raise Http404
    user = User.objects.prefetch_related("grants", "overrides").get(phone=read_mobile(phone))
    login(request, user, backend="clinic.accounts.backends.CodeBackend")
    if user.rights.needs_totp:
        device, _made = TOTPDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": "demo"})
        otp_login(request, device)
    return HttpResponseRedirect(home_of(user))
