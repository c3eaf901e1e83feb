"""The next free times beside a booking form, one a doctor."""

import datetime as dt
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_date, format_time
from scheduling.models import Mode, Practitioner, Service
from scheduling.queries.floor import own_name
from scheduling.queries.slots import Slot, free_slots, next_free
from scheduling.views.frame import branch_of, on_the_clock_of

SHOWN = 5
NEAR = dt.timedelta(days=3)


@needs(Perm.DIARY_BOOK)
@require_safe
def soonest(request: HttpRequest) -> HttpResponse:
    """The chips anew, for another service."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    wanted = request.GET.get("service", "")
    known = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    service = Service.objects.filter(is_active=True, pk=wanted).first() if known else None
    mode, fixed = request.GET.get("mode", ""), "fixed" in request.GET
    with on_the_clock_of(branch):
        found = soonest_of(service, branch, mode=mode) if service and not fixed else []
        context = {"soonest": found, "fixed": fixed, "picks": mode_picks(service, mode)}
        return render(request, "scheduling/desk/_of_service.html", context)


def mode_picks(service: Service | None, chosen: str | None) -> list[tuple[str, str, bool]]:
    """Where patient and doctor meet, to choose from: (value, name, whether chosen); empty where that is settled."""
    if service is None or service.mode != Mode.EITHER:
        return []
    chosen = chosen if chosen == Mode.ONLINE else Mode.IN_PERSON
    return [(each.value, str(each.label), each == chosen) for each in (Mode.IN_PERSON, Mode.ONLINE)]


def soonest_of(
    service: Service, branch: Branch, *, since: dt.datetime | None = None, mode: str = ""
) -> list[dict[str, Any]]:
    """The first free time of each doctor of a branch from a moment (now) on, soonest first."""
    now = timezone.now()
    since = max(since or now, now)
    where: dict[str, Any] = {"service": service, "branch": branch.pk, "for_staff": True}
    where["mode"] = mode if service.mode == Mode.EITHER and mode else None
    first: dict[int, Slot] = {}
    for slot in free_slots(since=since, until=since + NEAR, now=now, **where):
        first.setdefault(slot.practitioner_id, slot)
    if not first:
        later = next_free(since=since + NEAR, now=now, **where)
        first = {later.practitioner_id: later} if later else {}
    names = {doctor.pk: own_name(doctor) for doctor in Practitioner.objects.filter(pk__in=first)}
    today = timezone.localdate()
    return [
        {
            "name": names[slot.practitioner_id],
            "wall": slot.wall,
            "is_today": slot.wall.date() == today,
            "said": format_date(slot.wall.date(), style="long"),
            "time": format_time(slot.wall.time()),
            "values": (values := _values(slot)),
            "json": json.dumps(values),
        }
        for slot in sorted(first.values(), key=lambda slot: slot.begin)[:SHOWN]
    ]


def _values(slot: Slot) -> dict[str, str]:
    """The fields of a booking form."""
    wall = slot.wall
    return {"practitioner": str(slot.practitioner_id), "day": f"{wall:%Y-%m-%d}", "time": f"{wall:%H:%M}"}
