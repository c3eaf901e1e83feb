"""An offered time and her answer."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import open_to_all
from clinic.shared.errors import ActionError
from scheduling import actions
from scheduling.models import Appointment, WaitlistOffer
from scheduling.queries.opening import zone_of
from scheduling.queries.policy import agreement_for, price_of_move
from scheduling.queries.slots import nearest_free
from scheduling.queries.waitlist import offer_by_link
from scheduling.queries.wishes import standing_of
from scheduling.statuses import LIVE_ENTRIES, AppointmentStatus, OfferStatus
from scheduling.views.held import user_of


def wall_of(appointment: Appointment) -> dt.datetime:
    return appointment.starts_at.astimezone(zone_of(appointment.time_zone)).replace(tzinfo=None)


def _offer(token: str) -> WaitlistOffer:
    offer = offer_by_link(token)
    if offer is None:
        raise Http404
    return offer


@open_to_all("whoever has the link has the offer")
@require_safe
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """An offered time: one tap takes it. Looking at it does nothing: phones open links by themselves."""
    return _offer_page(request, _offer(token))


def _offer_page(request: HttpRequest, found: WaitlistOffer, *, problem: str = "", status: int = 200) -> HttpResponse:
    now, hold, entry = timezone.now(), found.hold, found.entry
    open_still = found.status == OfferStatus.OFFERED and found.expires_at > now
    standing = standing_of(entry) if open_still else None
    nearest = [] if open_still or found.status == OfferStatus.ACCEPTED else _nearest(found)
    context = {
        "offer": found,
        "entry": entry,
        "hold": hold,
        "wall": wall_of(hold),
        "until": found.expires_at.astimezone(zone_of(hold.time_zone)).replace(tzinfo=None),
        "open": open_still,
        "standing": standing,
        "standing_wall": wall_of(standing) if standing else None,
        "nearest": nearest,
        "problem": problem,
        "agreement": agreement_for(hold.service, _price(found, standing)) if open_still else None,
        "waits_still": entry.status in LIVE_ENTRIES,
    }
    return render(request, "scheduling/waitlist/offer.html", context, status=status)


def _price(found: WaitlistOffer, standing: Appointment | None) -> Decimal:
    """What the visit will cost: a booked one that is moved keeps its promise."""
    moved = standing is not None and standing.status == AppointmentStatus.BOOKED and found.entry.party_size == 1
    return price_of_move(standing, found.hold) if standing and moved else found.hold.price


def _nearest(found: WaitlistOffer) -> list[Any]:
    entry = found.entry
    return nearest_free(
        service=entry.service, starts_at=max(found.hold.starts_at, timezone.now()),
        practitioner=entry.practitioner_id, branch=entry.branch_id,
    )  # fmt: skip


@open_to_all("whoever has the link has the offer")
@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """I take it."""
    found = _offer(token)
    try:
        booked = actions.accept_offer(
            offer=found, agreed=request.POST.get("agreed", "")[:64], device=request.headers.get("User-Agent", ""),
            by=user_of(request),
        )  # fmt: skip
    except ActionError as error:
        problem = "" if error.code == "gone" else error.message
        return _offer_page(request, _offer(token), problem=problem, status=409)
    return HttpResponseRedirect(reverse("appointment", args=[booked.link_token]) + "?new=1")


@open_to_all("whoever has the link has the offer")
@require_POST
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Not this one; she goes on waiting."""
    try:
        actions.decline_offer(offer=_offer(token), by=user_of(request))
    except ActionError:
        return _offer_page(request, _offer(token), status=409)
    return redirect("offer", token)
