"""The desk's drawer that moves everything that was booked together."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_datetime
from clinic.shared.errors import ActionError, Conflict
from clinic.shared.html import close_drawer
from scheduling import actions
from scheduling.models import Appointment
from scheduling.queries import panel
from scheduling.queries.chains import MOST, free_chains
from scheduling.queries.opening import zone_of
from scheduling.queries.steps import may_be_moved
from scheduling.views.frame import on_the_clock_of, show
from scheduling.views.held import read_choice

STRIP = 14


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def move_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Times at which all parts follow each other; the chosen one is taken by all or none."""
    appointment = panel.appointment_for(request.user, pk)
    parts = [each for each in actions.together_with(appointment) if may_be_moved(each, request.user)]
    if appointment.pk not in {each.pk for each in parts}:
        raise Conflict(_("Only a booked appointment can be moved."))
    with on_the_clock_of(appointment.branch):
        problem = ""
        if request.method == "POST":
            try:
                moved = actions.reschedule_several(
                    appointment=appointment, parts=_chosen(request, parts), by=request.user
                )
            except ActionError as error:
                problem = error.message
            else:
                words = _("%(name)s is moved to %(when)s.")
                when = {"name": appointment.patient, "when": format_datetime(moved[0].starts_at, style="weekday")}
                return close_drawer(words % when, undo_url=f"/desk/appointments/{moved[0].pk}/undo/?of=booked&all=1")
        context = {"appointment": appointment, "together": parts, "problem": problem, **_days(request, parts)}
        return show(request, "scheduling/desk/move_all.html", context, status=409 if problem else 200)


def _chosen(request: HttpRequest, parts: Sequence[Appointment]) -> list[actions.Part]:
    choices = [read_choice(value) for value in request.POST.get("slot", "").split("_")[:MOST]]
    return [
        actions.Part(part.service, choice.practitioner, choice.starts_at, part.mode)
        for part, choice in zip(parts, choices, strict=False)
    ]


def _days(request: HttpRequest, parts: Sequence[Appointment]) -> dict[str, Any]:
    """Two weeks with how often all of it fits, and the times of the chosen day."""
    first, zone = parts[0], zone_of(parts[0].branch.time_zone)
    today = timezone.localdate()
    try:
        day = max(dt.date.fromisoformat(request.GET.get("day", "")), today)
    except ValueError:
        day = max(first.starts_at.astimezone(zone).date(), today)
    day = min(day, today + dt.timedelta(days=365))
    begin = day if day >= today + dt.timedelta(days=STRIP) else today
    chains = free_chains(
        services=[part.service for part in parts], practitioner=first.practitioner_id, branch=first.branch_id,
        since=dt.datetime.combine(begin, dt.time(), zone),
        until=dt.datetime.combine(begin + dt.timedelta(days=STRIP), dt.time(), zone), for_staff=True,
        mode=next((part.mode for part in parts if part.service.mode == "either"), None),
    )  # fmt: skip
    by_day: dict[dt.date, dict[int, Any]] = defaultdict(dict)
    for chain in chains:
        by_day[chain.wall.date()].setdefault(chain.begin, chain)
    if "day" not in request.GET and not by_day.get(day):
        day = min((each for each in by_day if each >= day), default=day)
    strip = [begin + dt.timedelta(days=number) for number in range(STRIP)]
    return {
        "day": day,
        "days": [
            {"date": each, "free": len(by_day.get(each, {})), "closed": False, "url": f"{request.path}?day={each}"}
            for each in strip
        ],
        "chains": list(by_day.get(day, {}).values()),
    }
