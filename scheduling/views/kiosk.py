"""The check-in kiosk: paired like a display; who she is, is it right, her number; then it forgets."""

import secrets
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import open_to_all
from clinic.accounts.models import Branch
from clinic.shared.errors import ActionError
from clinic.shared.tenancy import salt
from scheduling import actions
from scheduling.actions import kiosk as selfservice
from scheduling.models import Appointment, Display, DisplayKind
from scheduling.queries.display import display_hash, display_of
from scheduling.queries.kiosk import todays
from scheduling.queries.rules import rules_of
from scheduling.views.frame import on_the_clock_of
from scheduling.views.transfer import token_context
from scheduling.views.tv import branch_or_404

SESSION_KEY = "kiosk"
KIOSK = DisplayKind.KIOSK
GOOD_FOR = 120  # seconds between "is this you" and "yes"
WHY = "only a kiosk that the desk has paired; finds a visit of today by two things its owner knows, tries are counted"


@open_to_all(WHY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest, branch: int) -> HttpResponse:
    """The kiosk of a branch: a code until it is paired, then the first question, the second, the number."""
    place = branch_or_404(branch)
    screen = display_of(request.session.get(SESSION_KEY, ""), branch, KIOSK)
    if screen is None:
        if request.method == "POST":
            return _page(request, place, "off", status=409)
        token = secrets.token_urlsafe(32)
        screen = actions.new_display(branch=place, token=token, kind=KIOSK, by=None)
        request.session[SESSION_KEY] = display_hash(token)
        request.session.set_expiry(60 * 60 * 24 * 365 * 2)
    if screen.paired_at is None:
        return _page(request, place, "code", screen=screen)
    if not rules_of(place).has_kiosk:
        return _page(request, place, "off")
    if request.method != "POST":
        return _page(request, place, "start")
    with on_the_clock_of(place):
        return _chosen(request, place, screen) if "chosen" in request.POST else _find(request, place, screen)


@open_to_all(WHY)
@never_cache
@require_safe
def kiosk_part(request: HttpRequest, branch: int) -> HttpResponse:
    """Asked every few seconds while the kiosk shows its code."""
    place = branch_or_404(branch)
    screen = display_of(request.session.get(SESSION_KEY, ""), branch, KIOSK)
    if screen is not None and screen.paired_at is None:
        return render(request, "scheduling/kiosk/_code.html", {"branch": place, "screen": screen})
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


def _find(request: HttpRequest, place: Branch, screen: Display) -> HttpResponse:
    who, proof = request.POST.get("who", "").strip(), request.POST.get("proof", "").strip()
    if not who or not proof:
        problem = _("Fill in both lines.")
        return _page(request, place, "start", who=who[:40], problem=problem, status=422)
    try:
        found = selfservice.look_up(display=screen, who=who, proof=proof)
    except ActionError as error:
        return _page(request, place, "start", problem=error.message, status=error.status)
    if not found:
        problem = _("We found no visit of today for these details. Check them, or go to the desk.")
        return _page(request, place, "start", who=who[:40], problem=problem, status=422)
    choices = [(signing.dumps([screen.pk, each.pk], salt=salt("kiosk")), each) for each in found]
    return _page(request, place, "confirm", choices=choices)


def _chosen(request: HttpRequest, place: Branch, screen: Display) -> HttpResponse:
    appointment = _read(request.POST["chosen"], place, screen)
    if appointment is None:
        return _page(request, place, "start", problem=_("That took too long. Please begin again."), status=422)
    try:
        visit = selfservice.arrive_alone(appointment=appointment)
    except ActionError as error:
        return _page(request, place, "start", problem=error.message, status=error.status)
    return _page(request, place, "done", **token_context(request, visit))


def _read(text: str, place: Branch, screen: Display) -> Appointment | None:
    """The appointment that this kiosk itself has just offered."""
    try:
        display, pk = signing.loads(text, salt=salt("kiosk"), max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return todays(place).filter(pk=pk).first() if display == screen.pk else None


def _page(request: HttpRequest, place: Branch, step: str, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "scheduling/kiosk/kiosk.html", {"branch": place, "step": step, **more}, status=status)
