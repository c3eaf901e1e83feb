"""Moving everything that was booked together, by the patient's link."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx
from scheduling import actions
from scheduling.models import Appointment, FeeKind
from scheduling.queries.chains import MOST
from scheduling.queries.diary import is_late
from scheduling.queries.opening import zone_of
from scheduling.queries.policy import fee_for
from scheduling.views.book import strip_context
from scheduling.views.held import read_choice, user_of


def move_all(request: HttpRequest, found: Appointment, parts: Sequence[Appointment]) -> HttpResponse:
    """Times at which all of it follows each other; the chosen one is taken by all or none."""
    if request.method != "POST":
        return _times(request, found, parts)
    value = request.POST.get("slot", "")
    try:
        choices = [read_choice(each) for each in value.split("_")[:MOST]]
        to = [
            actions.Part(part.service, choice.practitioner, choice.starts_at, part.mode)
            for part, choice in zip(parts, choices, strict=False)
        ]
        first = to[0].starts_at
        finals = (is_final(each, part.starts_at) for each, part in zip(parts, to, strict=False))
        if "sure" not in request.POST and any(finals):
            return _times(request, found, parts, asked=question(parts, first, value))
        moved = actions.reschedule_several(appointment=found, parts=to, by_patient=True, by=user_of(request))
    except ActionError as error:
        return _times(request, found, parts, problem=error.message, status=409 if error.status == 409 else 422)
    new = moved[[part.pk for part in parts].index(found.pk)]
    return HttpResponseRedirect(reverse("appointment", args=[new.link_token]) + "?moved=1")


def is_final(found: Appointment, starts_at: dt.datetime) -> bool:
    """Whether from this time she could neither move again nor call it off in time."""
    now = timezone.now()
    return starts_at - now < dt.timedelta(hours=found.service.cancel_until_hours) and not is_late(found, now)


def question(parts: Sequence[Appointment], starts_at: dt.datetime, value: str) -> dict[str, Any]:
    """What she is asked before she moves to a time that she cannot leave again."""
    wall = starts_at.astimezone(zone_of(parts[0].branch.time_zone)).replace(tzinfo=None)
    return {"slot": value, "wall": wall, "fee": sum(fee_for(each, FeeKind.LATE) for each in parts)}


def _times(
    request: HttpRequest, found: Appointment, parts: Sequence[Appointment], *, status: int = 200, **more: Any
) -> HttpResponse:
    zone = zone_of(found.time_zone)
    context = strip_context(
        request, "appointment-move", found.link_token, service=parts[0].service,
        services=[part.service for part in parts], doctor=parts[0].practitioner, branch=found.branch,
        mode=next((part.mode for part in parts if part.service.mode == "either"), ""),
    )  # fmt: skip
    context |= {"appointment": found, "wall": parts[0].starts_at.astimezone(zone).replace(tzinfo=None)}
    context |= {"parts": parts, "action": reverse("appointment-move", args=[found.link_token])}
    template = "scheduling/book/_times.html" if is_htmx(request) else "scheduling/manage/move.html"
    return render(request, template, context | more, status=status)
