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
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_datetime
from clinic.shared.errors import ActionError, Conflict
from clinic.shared.html import close_drawer
from scheduling import actions
from scheduling.models import Appointment, Mode, Practitioner, PractitionerService, Service
from scheduling.queries import panel
from scheduling.queries.chains import MOST, Chain, chain_at, free_chains
from scheduling.queries.opening import zone_of
from scheduling.queries.steps import may_be_moved
from scheduling.views.frame import on_the_clock_of, show
from scheduling.views.held import read_choice

STRIP, NEAREST = 14, 4


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


def parts_from(
    services: Sequence[Service],
    doctor: Practitioner,
    branch: Branch,
    starts_at: dt.datetime,
    *,
    mode: str = "",
    override: bool = False,
) -> list[actions.Part]:
    """Services one directly after the other from a moment on; whoever books over a conflict looks at nothing else.

    Raises Conflict (code `taken`) where they do not all fit.
    """
    if override:
        return _one_after_the_other(services, doctor, starts_at, mode)
    chain = chain_at(
        services=services, practitioner=doctor.pk, branch=branch.pk, starts_at=starts_at, mode=mode or None
    )
    if chain is None:
        text = _("These services do not all fit one after the other from then on. Choose another time.")
        raise Conflict(text, field="starts_at", code="taken")
    doctors = Practitioner.objects.in_bulk(chain.practitioners)
    return [
        actions.Part(service, doctors[slot.practitioner_id], slot.starts_at, slot.mode)
        for service, slot in zip(services, chain.slots, strict=True)
    ]


def _one_after_the_other(
    services: Sequence[Service], doctor: Practitioner, starts_at: dt.datetime, mode: str
) -> list[actions.Part]:
    """Whatever else is booked then: with this doctor what she gives, the rest with whoever gives it."""
    parts = []
    for number, service in enumerate(services):
        offers = PractitionerService.objects.filter(service=service, is_active=True, practitioner__is_active=True)
        rows = list(offers.select_related("practitioner").order_by("practitioner"))
        offer = next((each for each in rows if each.practitioner_id == doctor.pk), rows[0] if rows else None)
        if number:
            starts_at += dt.timedelta(minutes=service.buffer_before)
        way = mode if service.mode == Mode.EITHER and mode else None
        parts.append(actions.Part(service, offer.practitioner if offer else doctor, starts_at, way))
        minutes = (offer.minutes if offer else None) or service.minutes
        starts_at += dt.timedelta(minutes=minutes + service.buffer_after)
    return parts


def chains_after(
    services: Sequence[Service], doctor: Practitioner, branch: Branch, starts_at: dt.datetime, *, mode: str = ""
) -> list[Chain]:
    """The next times at which all of it fits, from a moment on."""
    return free_chains(
        services=services, practitioner=doctor.pk, branch=branch.pk, since=starts_at,
        until=starts_at + dt.timedelta(days=STRIP), for_staff=True, mode=mode or None, limit=NEAREST,
    )  # fmt: skip


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
