"""What waiting people see: the display on the wall, and each patient's own place on her phone."""

import datetime as dt
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError, NotFound
from clinic.shared.html import close_drawer
from clinic.shared.tenancy import current_clinic
from scheduling import actions
from scheduling.forms.desk import PairForm
from scheduling.models import Display
from scheduling.queries.display import display_hash, display_of
from scheduling.queries.floor import QueueRow, display, own_name, place_of, rung_at, ticket
from scheduling.queries.opening import zone_of
from scheduling.queries.rules import rules_of
from scheduling.statuses import VisitStatus
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused

SESSION_KEY = "display"  # the hash of the screen's token; the socket asks for the same
V = VisitStatus


@open_to_all("shows only a pairing code until the desk has paired the screen; then numbers, never names")
@never_cache
@require_safe
def tv(request: HttpRequest, branch: int) -> HttpResponse:
    """The waiting-room display of a branch."""
    place = branch_or_404(branch)
    screen = display_of(request.session.get(SESSION_KEY, ""), branch)
    if screen is None:
        token = secrets.token_urlsafe(32)
        screen = actions.new_display(branch=place, token=token, by=None)
        request.session[SESSION_KEY] = display_hash(token)
        request.session.set_expiry(60 * 60 * 24 * 365 * 2)
    return _shown(request, place, screen, "scheduling/tv/tv.html")


@open_to_all("shows only a pairing code until the desk has paired the screen; then numbers, never names")
@never_cache
@require_safe
def tv_part(request: HttpRequest, branch: int) -> HttpResponse:
    """The live part of the display; before pairing the page asks again every few seconds."""
    place = branch_or_404(branch)
    screen = display_of(request.session.get(SESSION_KEY, ""), branch)
    if screen is None:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"  # retired, or another session: begin anew
        return response
    if screen.paired_at is not None and request.GET.get("code"):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return _shown(request, place, screen, "scheduling/tv/_tv.html" if screen.paired_at else "scheduling/tv/_code.html")


@open_to_all("the long random token in the address is the key; shows a number and a place, no name")
@never_cache
@require_safe
def place(request: HttpRequest, token: str) -> HttpResponse:
    """A patient's own place in line."""
    return render(request, "scheduling/place/place.html", _place(token))


@open_to_all("the long random token in the address is the key; shows a number and a place, no name")
@never_cache
@require_safe
def place_part(request: HttpRequest, token: str) -> HttpResponse:
    """The live part of a patient's place."""
    return render(request, "scheduling/place/_place.html", _place(token))


@needs(Perm.FLOOR_WORK)
@require_http_methods(["GET", "POST"])
def displays(request: HttpRequest) -> HttpResponse:
    """The branch's screens; a new one is paired by its code."""
    branch = branch_of(request, Perm.FLOOR_WORK)
    form = PairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.pair_display(branch=branch, by=request.user, **form.cleaned_data)
        except ActionError as error:
            form.add_error(error.field or None, error.message)
        else:
            return HttpResponseRedirect("/desk/displays/")
    context = {**frame(request, branch, Perm.FLOOR_WORK), "form": form}
    context["screens"] = Display.objects.filter(branch=branch, is_active=True, paired_at__isnull=False).order_by("pk")
    context["tv_url"] = request.build_absolute_uri(f"/tv/{branch.pk}/")
    context["kiosk_url"] = request.build_absolute_uri(f"/kiosk/{branch.pk}/")
    context["rules"] = rules_of(branch)
    return render(request, "scheduling/tv/displays.html", context, status=422 if form.errors else 200)


@needs(Perm.FLOOR_WORK)
@require_POST
def display_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a screen off."""
    screen = Display.objects.filter(pk=pk, is_active=True).first()
    if screen is None or not request.user.can(Perm.FLOOR_WORK, screen.branch_id):
        return refused(NotFound(_("There is no such screen.")))
    actions.retire_display(display=screen, by=request.user)
    return HttpResponseRedirect("/desk/displays/") if not request.headers.get("HX-Request") else close_drawer()


def branch_or_404(pk: int) -> Branch:
    """A branch that is open."""
    found = Branch.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, branch: Branch, screen: Display, template: str) -> HttpResponse:
    clinic = current_clinic()
    several = branch.name != clinic.name and Branch.objects.filter(is_active=True).count() > 1
    context: dict[str, Any] = {"branch": branch, "branch_name": own_name(branch) if several else "", "screen": screen}
    if screen.paired_at:
        shown = display(branch)
        newest: QueueRow | None = shown["newest"]
        context |= shown
        # By time, so that a screen knows a new call from an older one that is the newest again.
        context["chime"] = f"{rung_at(newest).timestamp():.3f}-{newest.id}" if newest else ""
        context["say"] = _said(newest) if newest else ""
    with on_the_clock_of(branch):
        return render(request, template, context)


def _said(row: QueueRow) -> str:
    words = {"number": ticket(row), "room": row.room}
    return (_("Number %(number)s, %(room)s") if row.room else _("Number %(number)s")) % words


def _place(token: str) -> dict[str, Any]:
    found = place_of(token)
    if found is None:
        raise Http404
    visit, row = found
    return {
        "visit": visit,
        "row": row,
        "token": token,
        "branch": visit.branch,
        "practitioner": own_name(visit.practitioner),
        "room": own_name(visit.room) if visit.room else "",
        "state": _state(visit.status, row),
        "back_by": _back_by(visit.branch, row) if row is not None else None,
    }


def _back_by(branch: Branch, row: QueueRow) -> dt.time:
    """Until when she may be away, by the branch's clock: the early end of the range, less five minutes."""
    moment = timezone.now() + dt.timedelta(minutes=max(row.wait_low - 5, 0))
    return moment.astimezone(zone_of(branch.time_zone)).time()


def _state(status: str, row: QueueRow | None) -> str:
    """waiting, next, called, inside, over."""
    if status == V.ARRIVED and row is not None:
        return "next" if row.place == 1 else "waiting"
    return {V.ON_HOLD: "hold", V.CALLED: "called", V.IN_ROOM: "inside", V.CHECKOUT: "checkout"}.get(V(status), "over")
