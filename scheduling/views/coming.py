"""From the patient's own phone: on my way, when shall I be there, I am here (by the code at the door)."""

import datetime as dt
import zoneinfo
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from clinic.shared.tenancy import salt
from scheduling.actions import kiosk as selfservice
from scheduling.models import Appointment, CameBy, Mode
from scheduling.queries.diary import by_link, upcoming_of
from scheduling.queries.floor import branch_day, expected_turn, own_name
from scheduling.queries.kiosk import todays
from scheduling.queries.rules import rules_of
from scheduling.statuses import AppointmentStatus
from scheduling.views.frame import branch_of, on_the_clock_of
from scheduling.views.held import user_of
from scheduling.views.transfer import drawn
from scheduling.views.tv import branch_or_404

WAYS = [10, 20, 30, 45, 60]  # minutes offered
SHOWN_BEFORE = dt.timedelta(hours=5)
COOKIE = "link"


@open_to_all("whoever has the link has the appointment")
@never_cache
@require_safe
def today(request: HttpRequest, token: str) -> HttpResponse:
    """The part of her appointment's page that counts on the day itself."""
    return render(request, "scheduling/manage/_today.html", today_context(_of(token)))


@open_to_all("whoever has the link has the appointment")
@require_POST
def on_my_way(request: HttpRequest, token: str) -> HttpResponse:
    """She says when she will be here; late ones too."""
    found = _of(token)
    text = request.POST.get("minutes", "")
    minutes = int(text) if text.isdecimal() and len(text) < 4 else -1
    problem, status = "", 200
    try:
        selfservice.say_on_my_way(appointment=found, minutes=minutes, by=user_of(request))
    except ActionError as error:
        problem, status = error.message, 422 if error.status == 400 else error.status
    else:
        if not request.headers.get("HX-Request"):
            return redirect("appointment", found.link_token)
    context = today_context(_of(token)) | {"problem": problem}
    return render(request, "scheduling/manage/_today.html", context, status=status)


@open_to_all("the code hangs at the door; it shows only what this phone's own link or account shows")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest, branch: int, key: str) -> HttpResponse:
    """The code at the door was scanned: who has a visit here today says that she is here."""
    place = branch_or_404(branch)
    if not constant_time_compare(key, door_key(place)) or not rules_of(place).has_door_code:
        raise Http404
    found, problem, status = _hers(request, place), "", 200
    if request.method == "POST":
        wanted = next((each for each in found if str(each.pk) == request.POST.get("appointment")), None)
        try:
            if wanted is not None:
                by = user_of(request)
                visit = selfservice.arrive_alone(appointment=wanted, came_by=CameBy.PHONE, by=by)
                return redirect("place", visit.queue_token)
            problem, status = _("Choose your visit."), 422
        except ActionError as error:
            problem, status = error.message, error.status
    context = {"branch": place, "found": found, "problem": problem, "path": request.path}
    with on_the_clock_of(place):
        return render(request, "scheduling/here/here.html", context, status=status)


@needs(Perm.FLOOR_WORK)
@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """The code for the door, to be printed."""
    branch = branch_of(request, Perm.FLOOR_WORK)
    link = request.build_absolute_uri(f"/here/{branch.pk}/{door_key(branch)}/")
    context = {"branch": branch, "branch_name": own_name(branch), "link": link, "qr": drawn(link)}
    return render(request, "scheduling/here/poster.html", context)


def door_key(branch: Branch) -> str:
    """What stands in the code at a branch's door: whoever has not been there does not know it."""
    return salted_hmac(salt("door"), str(branch.pk), algorithm="sha256").hexdigest()[:16]


def remember_link(response: HttpResponse, found: Appointment, *, secure: bool) -> HttpResponse:
    """This phone opened her link: the door will know her without a code. The cookie goes to the door only."""
    if found.status == AppointmentStatus.BOOKED:
        left = int((found.starts_at - timezone.now()).total_seconds()) + 24 * 3600
        response.set_cookie(
            COOKIE, found.link_token, max_age=max(left, 60), path="/here/", httponly=True, samesite="Lax", secure=secure
        )
    return response


def today_context(found: Appointment) -> dict[str, Any]:
    """Whether today's part is shown, when she would come in as things are, and when she should set out."""
    now = timezone.now()
    context: dict[str, Any] = {"appointment": found, "ways": WAYS, "is_today": False}
    is_today = branch_day(found.branch, found.starts_at) == branch_day(found.branch, now)
    soon = found.starts_at - SHOWN_BEFORE < now
    if not is_today or not soon or found.status != AppointmentStatus.BOOKED or found.mode == Mode.ONLINE:
        return context
    begins, ends = expected_turn(found, now)
    zone = zoneinfo.ZoneInfo(found.time_zone)
    way = dt.timedelta(minutes=found.on_my_way_minutes or 0)
    context |= {
        "is_today": True,
        "begins": begins.astimezone(zone).time(),
        "ends": ends.astimezone(zone).time(),
        "is_behind": begins > found.starts_at + dt.timedelta(minutes=5),
        "is_late": now > found.starts_at,
        "here_at": (found.on_my_way_at + way).astimezone(zone).time() if found.on_my_way_at else None,
        "leave": [(minutes, begins - dt.timedelta(minutes=minutes) <= now) for minutes in WAYS],
    }
    return context


def _of(token: str) -> Appointment:
    found = by_link(token)
    if found is None or found.patient_id is None:
        raise Http404
    return found


def _hers(request: HttpRequest, place: Branch) -> list[Appointment]:
    """Visits of today in this branch: of the link that this phone opened, and of the account that is signed in."""
    pks = set()
    linked = by_link(request.COOKIES.get(COOKIE, "")[:64]) if request.COOKIES.get(COOKIE) else None
    if linked is not None:
        pks.add(linked.pk)
    if request.user.is_authenticated:
        pks |= set(upcoming_of(request.user).values_list("pk", flat=True))
    return list(todays(place).filter(pk__in=pks).order_by("starts_at"))
