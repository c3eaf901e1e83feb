"""Booking online: what and with whom, when, who, done. The time is held from the moment it is chosen."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import open_to_all
from clinic.accounts.models import Branch
from clinic.shared.calendar import make_date, year_month_day
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx
from clinic.shared.tenancy import current_clinic
from scheduling.models import Mode, Practitioner, Service
from scheduling.queries.categories import in_categories
from scheduling.queries.chains import MOST
from scheduling.queries.diary import branches_of_service, doctors_on_offer, services_on_offer
from scheduling.queries.floor import own_name
from scheduling.queries.slots import Slot, nearest_free
from scheduling.queries.strip import DAYS, PARTS, Times, part_names, times
from scheduling.views.held import Choice, hold_choice, hold_together, mode_of_address, read_choice, remember_campaign


def _wanted(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@open_to_all("patients book online")
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which service; a link may have chosen the doctor (`?doctor=`) or the service (`?service=`) already."""
    remember_campaign(request)
    doctor = doctors_on_offer().filter(pk=_wanted(request, "doctor") or 0).first()
    services = list(in_categories(services_on_offer(practitioner=doctor.pk if doctor else None)))
    service = _wanted(request, "service") or (services[0].pk if len(services) == 1 else None)
    if service and any(each.pk == service for each in services):
        query = {"doctor": doctor.pk} if doctor else {}
        return HttpResponseRedirect(address("book-times", service, query))
    context = {"services": services, "doctor": doctor, "several": "several" in request.GET and len(services) > 1}
    return render(request, "scheduling/book/choose.html", context)


@open_to_all("patients look for a time for several services at once")
@require_safe
def together(request: HttpRequest) -> HttpResponse:
    """When several services can be had one after the other."""
    services = _services_of_address(request)
    if len(services) < 2:
        return redirect(address("book-times", services[0].pk, {}) if services else reverse("book") + "?several=1")
    context = _together_context(request, services)
    return render(request, "scheduling/book/_times.html" if is_htmx(request) else "scheduling/book/times.html", context)


@open_to_all("times are held before anybody says who she is; HOLDS_PER_MINUTE limits an address")
@require_POST
def take_together(request: HttpRequest) -> HttpResponse:
    """Hold the chosen times of all services and go on to the name."""
    services = _services_of_address(request)
    if not services:
        return redirect("book")
    try:
        choices = [read_choice(value) for value in request.POST.get("slot", "").split("_")[:MOST]]
        hold_together(request, services, choices)
    except ActionError as error:
        context = _together_context(request, services) | {"problem": error.message}
        return render(request, "scheduling/book/times.html", context, status=_page_status(error))
    return redirect("book-details")


def _services_of_address(request: HttpRequest) -> list[Service]:
    """`?s=1&s=3`: the services in the order in which they were chosen, each once, six at most."""
    wanted = [int(text) for text in request.GET.getlist("s") if text.isascii() and text.isdigit() and len(text) < 19]
    found = {service.pk: service for service in services_on_offer().filter(pk__in=wanted)}
    return [found[pk] for pk in dict.fromkeys(wanted) if pk in found][:MOST]


def _together_context(request: HttpRequest, services: list[Service]) -> dict[str, Any]:
    branches = set.intersection(*({*branches_of_service(service)} for service in services))
    branch = next((each for each in branches if each.pk == _wanted(request, "branch")), None)
    page = strip_context(
        request, "book-together", None, service=services[0], services=services, doctor=None,
        branch=branch or _only(list(branches)),
    )  # fmt: skip
    query = urlencode({"s": [service.pk for service in services]}, doseq=True)
    total = sum((service.price for service in services), start=Decimal(0))
    minutes = sum(service.minutes for service in services)
    return page | {
        "services": services, "total": total, "minutes": minutes, "again": f"{reverse('book')}?several=1&{query}",
        "action": reverse("book-take-together"),
    }  # fmt: skip


def address(name: str, argument: Any, query: dict[str, Any]) -> str:
    """An address with its query."""
    kept = {key: value for key, value in query.items() if value not in (None, "")}
    path = reverse(name, args=[] if argument is None else [argument])
    return path + (f"?{urlencode(kept, doseq=True)}" if kept else "")


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
        "mode_links": _mode_links(service, query),
    }
    return page


def _mode_links(service: Service, query: dict[str, Any]) -> list[dict[str, Any]]:
    """At the clinic or online, where the service leaves it open."""
    if service.mode != Mode.EITHER:
        return []
    names = {"": _("At the clinic"), Mode.ONLINE.value: _("Online, by video")}
    url = {mode: address("book-times", service.pk, {**query, "mode": mode}) for mode in names}
    return [{"name": name, "url": url[mode], "on": mode == query["mode"]} for mode, name in names.items()]


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
    request: HttpRequest,
    name: str,
    argument: Any,
    *,
    service: Service,
    doctor: Any,
    branch: Any,
    services: Sequence[Service] = (),
    mode: str = "",
    **who: Any,
) -> dict[str, Any]:
    """The days and times of a page, with their addresses."""
    zone = branch.time_zone if branch else current_clinic().time_zone
    month = _month(request)
    part = request.GET.get("part", "") if request.GET.get("part", "") in PARTS else ""
    page = times(
        services=services or [service],
        practitioner=doctor.pk if doctor else None,
        branch=branch.pk if branch else None,
        zone=zone,
        first=_date(request, "from"),
        chosen=_date(request, "day"),
        month=month,
        part=part,
        mode=mode or mode_of_address(request) or None,
        **who,
    )
    query: dict[str, Any] = {"doctor": _wanted(request, "doctor"), "branch": _wanted(request, "branch"), "part": part}
    query |= {"mode": mode_of_address(request), "s": [each.pk for each in services] or ""}

    def link(**more: Any) -> str:
        return address(name, argument, {**query, **more})

    return {
        "page": page,
        "query": query,
        "next_url": link(day=page.next.starts_at.date()) if page.next else "",
        "part_links": _part_links(link, part),
        "month": _month_context(page, month, address(name, argument, {}), query) if month else None,
        "month_url": "" if month else link(**_month_of(page.chosen)),
        "strip_url": link(day=page.chosen),
        "soonest_doctor": _doctor_of(page.soonest) if doctor is None else "",
        "none_title": _("No free time in this month") if month else _("No free time in these two weeks"),
        **_strip(page, link),
    }


def _doctor_of(slot: Slot | None) -> str:
    """Who a time is with, where nobody was chosen."""
    doctor = Practitioner.objects.filter(pk=slot.practitioner_id).first() if slot else None
    return own_name(doctor) if doctor else ""


def _strip(page: Times, link: Callable[..., str]) -> dict[str, Any]:
    """The two weeks and the way to those before and after."""
    fortnight = dt.timedelta(days=DAYS)
    return {
        "days": [
            {
                "date": day.date,
                "free": day.free,
                "closed": not day.is_open,
                "url": link(**{"from": page.first, "day": day.date}),
                "hx": "#times",
            }
            for day in page.days
        ],
        "earlier": link(**{"from": page.first - fortnight}) if page.has_earlier else "",
        "later": link(**{"from": page.first + fortnight}) if page.has_later else "",
    }


def _part_links(link: Callable[..., str], chosen: str) -> list[dict[str, Any]]:
    """Any time of the day, or one part of it."""
    names = {"": _("Any time"), **part_names()}
    return [{"name": name, "url": link(part=part), "on": part == chosen} for part, name in names.items()]


def _month_context(page: Times, month: tuple[int, int], url: str, query: dict[str, Any]) -> dict[str, Any]:
    """A month in place of the two weeks."""
    kept = {name: value for name, value in query.items() if value}
    return {
        "year": month[0],
        "month": month[1],
        "free": {day.date.isoformat(): day.free for day in page.days},
        "url": url,
        "more": f"&{urlencode(kept, doseq=True)}" if kept else "",
    }


def _month_of(day: dt.date) -> dict[str, int]:
    year, month, _day = year_month_day(day)
    return {"year": year, "month": month}


def _month(request: HttpRequest) -> tuple[int, int] | None:
    """`?year=1405&month=9` of the reader's calendar; None for anything else."""
    year, month = _wanted(request, "year"), _wanted(request, "month")
    if not year or not month or not 1 <= month <= 12:
        return None
    try:
        day = make_date(year, month, 1)
    except ValueError:
        return None
    return (year, month) if 2000 < day.year < 2200 else None


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
        choice = replace(read_choice(request.POST.get("slot", "")), mode=mode_of_address(request))
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
