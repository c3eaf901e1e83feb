"""Booking online: what and with whom, when, who, done. The time is held from the moment it is chosen."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import open_to_all
from clinic.accounts.models import Branch
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx
from clinic.shared.tenancy import current_clinic
from scheduling.models import Service
from scheduling.queries.diary import branches_of_service, doctors_on_offer, services_on_offer
from scheduling.queries.slots import Slot, nearest_free
from scheduling.queries.strip import times
from scheduling.views.held import Choice, hold_choice, read_choice, remember_campaign


def _wanted(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@open_to_all("patients book online")
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which service; a link may have chosen the doctor (`?doctor=`) or the service (`?service=`) already."""
    remember_campaign(request)
    doctor = doctors_on_offer().filter(pk=_wanted(request, "doctor") or 0).first()
    services = list(services_on_offer(practitioner=doctor.pk if doctor else None))
    service = _wanted(request, "service") or (services[0].pk if len(services) == 1 else None)
    if service and any(each.pk == service for each in services):
        query = {"doctor": doctor.pk} if doctor else {}
        return HttpResponseRedirect(address("book-times", service, query))
    return render(request, "scheduling/book/choose.html", {"services": services, "doctor": doctor})


def address(name: str, argument: Any, query: dict[str, Any]) -> str:
    """An address with its query."""
    kept = {key: value for key, value in query.items() if value not in (None, "")}
    return reverse(name, args=[argument]) + (f"?{urlencode(kept)}" if kept else "")


@open_to_all("patients look for a free time")
@require_safe
def pick(request: HttpRequest, service: int) -> HttpResponse:
    """When: fourteen days with their free times, and those of one day."""
    remember_campaign(request)
    found = get_object_or_404(services_on_offer(), pk=service)
    context = _times_context(request, found) | {"action": reverse("book-take", args=[found.pk])}
    return render(request, "scheduling/book/_times.html" if is_htmx(request) else "scheduling/book/times.html", context)


def _times_context(request: HttpRequest, service: Service) -> dict[str, Any]:
    doctors = list(doctors_on_offer(service=service.pk).order_by("pk"))
    branches = list(branches_of_service(service))
    doctor = next((each for each in doctors if each.pk == _wanted(request, "doctor")), None)
    branch = next((each for each in branches if each.pk == _wanted(request, "branch")), None)
    page = strip_context(
        request, "book-times", service.pk, service=service, doctor=doctor, branch=branch or _only(branches)
    )
    query = page["query"]
    page |= {
        "service": service,
        "doctor": doctor,
        "branch": branch,
        "doctor_links": _links("doctor", doctors, doctor, service, query),
        "branch_links": _links("branch", branches, branch, service, query),
    }
    return page


def _only(branches: list[Branch]) -> Branch | None:
    return branches[0] if len(branches) == 1 else None


def _links(key: str, things: list[Any], chosen: Any, service: Service, query: dict[str, Any]) -> list[dict[str, Any]]:
    """The chips that narrow the times: everybody, then each; none where there is no choice."""
    if len(things) < 2:
        return []
    rest = {name: value for name, value in query.items() if name != key}
    links = [{"thing": None, "url": address("book-times", service.pk, rest), "on": chosen is None}]
    links += [
        {"thing": each, "url": address("book-times", service.pk, {**rest, key: each.pk}), "on": each == chosen}
        for each in things
    ]
    return links


def strip_context(
    request: HttpRequest, name: str, argument: Any, *, service: Service, doctor: Any, branch: Any, **who: Any
) -> dict[str, Any]:
    """The days and times of a page, with their addresses."""
    zone = branch.time_zone if branch else current_clinic().time_zone
    page = times(
        service=service,
        practitioner=doctor.pk if doctor else None,
        branch=branch.pk if branch else None,
        zone=zone,
        first=_date(request, "from"),
        chosen=_date(request, "day"),
        **who,
    )
    query = {"doctor": _wanted(request, "doctor"), "branch": _wanted(request, "branch")}

    def link(**more: Any) -> str:
        return address(name, argument, {**query, **more})

    fortnight = dt.timedelta(days=len(page.days))
    return {
        "page": page,
        "query": query,
        "days": [
            {"date": day, "free": free, "url": link(**{"from": page.first, "day": day}), "hx": "#times"}
            for day, free in page.days
        ],
        "earlier": link(**{"from": page.first - fortnight}) if page.has_earlier else "",
        "later": link(**{"from": page.first + fortnight}) if page.has_later else "",
        "next_url": link(day=page.next.starts_at.date()) if page.next else "",
    }


def _date(request: HttpRequest, name: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if 2000 < found.year < 2200 else None


@open_to_all("a time is held before anybody says who she is; HOLDS_PER_MINUTE limits an address")
@require_POST
def take(request: HttpRequest, service: int) -> HttpResponse:
    """Hold the chosen time and go on to the name; where it is gone, the nearest ones."""
    found = get_object_or_404(services_on_offer(), pk=service)
    try:
        choice = read_choice(request.POST.get("slot", ""))
        hold_choice(request, found, choice)
    except ActionError as error:
        context = _times_context(request, found) | {"problem": error.message, "nearest": nearest_to(request, found)}
        return render(request, "scheduling/book/times.html", context, status=_page_status(error))
    return redirect("book-details")


def _page_status(error: ActionError) -> int:
    return error.status if error.status in {409, 429} else 422


def nearest_to(request: HttpRequest, service: Service) -> list[Slot]:
    """The free times around the one that was sent."""
    try:
        choice: Choice = read_choice(request.POST.get("slot", ""))
        return nearest_free(
            service=service,
            starts_at=choice.starts_at,
            practitioner=choice.practitioner.pk,
            branch=choice.branch.pk,
        )
    except (ActionError, OverflowError):
        return []
