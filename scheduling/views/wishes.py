"""The patient's side of the waitlist: joining, her own page, an offer and her answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.patients.actions import own_patient_for
from clinic.patients.permissions import acts_for
from clinic.shared.errors import ActionError
from scheduling import actions
from scheduling.forms.waitlist import JoinForm, WishesForm, present_wishes
from scheduling.models import Service, WaitlistEntry
from scheduling.queries.diary import by_link, services_on_offer
from scheduling.queries.policy import booking_rules
from scheduling.queries.waitlist import entry_by_link, live_entries_of
from scheduling.queries.wishes import standing_of
from scheduling.statuses import LIVE_ENTRIES
from scheduling.views.held import origin_of_visitor, user_of
from scheduling.views.offers import wall_of

LINK = "whoever has the link has the entry"


@needs(Perm.OWN_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, service: int) -> HttpResponse:
    """No time suits: who waits, and for what."""
    found = get_object_or_404(services_on_offer(), pk=service)
    patients = list(acts_for(request.user))
    known = {name: request.GET.get(name, "") for name in ("branch",)} | {"practitioner": request.GET.get("doctor", "")}
    form = JoinForm(request.POST or None, service=found, patients=patients, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            return _to(_join(request, found, form))
        except ActionError as error:
            if error.code == "already":
                return _to(WaitlistEntry.objects.get(pk=error.details["entry"]), "already")
            form.add_action_error(error)
    context = {"form": form, "service": found, "rules": booking_rules()}
    return render(request, "scheduling/waitlist/join.html", context, status=422 if form.errors else 200)


def _join(request: HttpRequest, service: Service, form: JoinForm) -> WaitlistEntry:
    chosen = form.chosen
    if not chosen:
        first, last = form.cleaned_data["name"]
        chosen = [own_patient_for(user=request.user, first_name=first, last_name=last, by=request.user)]
    return actions.join_waitlist(
        patient=chosen[0], companions=chosen[1:], service=service, by=request.user, **origin_of_visitor(request),
        **form.wishes(),
    )  # fmt: skip


def _to(entry: WaitlistEntry, word: str = "new") -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('waits', args=[entry.link_token])}?{word}=1")


@open_to_all("whoever has the link has the appointment")
@require_http_methods(["GET", "HEAD", "POST"])
def earlier(request: HttpRequest, token: str) -> HttpResponse:
    """An earlier time than the one she has."""
    visit = by_link(token)
    if visit is None or visit.patient is None:
        raise Http404
    form = WishesForm(request.POST or None, service=visit.service, initial={"practitioner": visit.practitioner_id})
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.join_waitlist(
                patient=visit.patient, service=visit.service, instead_of=visit, by=user_of(request),
                **origin_of_visitor(request), **form.wishes(),
            )  # fmt: skip
        except ActionError as error:
            if error.code == "already":
                return _to(WaitlistEntry.objects.get(pk=error.details["entry"]), "already")
            form.add_action_error(error)
        else:
            return _to(entry)
    context = {"form": form, "service": visit.service, "visit": visit, "wall": wall_of(visit), "rules": booking_rules()}
    return render(request, "scheduling/waitlist/join.html", context, status=422 if form.errors else 200)


def _entry(token: str) -> WaitlistEntry:
    entry = entry_by_link(token)
    if entry is None:
        raise Http404
    return entry


@open_to_all(LINK)
@require_http_methods(["GET", "HEAD", "POST"])
def waits(request: HttpRequest, token: str) -> HttpResponse:
    """Her entry: what she waits for, and changing it."""
    entry = _entry(token)
    form = WishesForm(request.POST or None, service=entry.service, initial=present_wishes(entry))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_entry(entry=entry, by=user_of(request), **form.wishes())
        except ActionError as error:
            form.add_action_error(error)
        else:
            return _to(entry, "changed")
    return render(
        request, "scheduling/waitlist/entry.html", _entry_context(request, entry, form),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _entry_context(request: HttpRequest, entry: WaitlistEntry, form: WishesForm) -> dict[str, Any]:
    offers = getattr(entry, "open_offers", [])
    offer = next((each for each in offers if each.expires_at > timezone.now()), None)
    standing = standing_of(entry)
    return {
        "entry": entry,
        "form": form,
        "live": entry.status in LIVE_ENTRIES,
        "offer": offer,
        "offer_wall": wall_of(offer.hold) if offer else None,
        "standing": standing,
        "standing_wall": wall_of(standing) if standing else None,
        "booked_wall": wall_of(entry.booked) if entry.booked else None,
        "word": next((word for word in ("new", "already", "changed") if word in request.GET), ""),
    }


@open_to_all(LINK)
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """She does not wait any more."""
    entry = _entry(token)
    try:
        actions.withdraw_entry(entry=entry, by=user_of(request))
    except ActionError as error:
        context = _entry_context(request, _entry(token), WishesForm(service=entry.service))
        return render(request, "scheduling/waitlist/entry.html", context | {"problem": error.message}, status=409)
    return redirect("waits", token)


@needs(Perm.OWN_VIEW)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What she and her family wait for: a part of her home."""
    entries = list(live_entries_of(request.user))
    return render(request, "scheduling/waitlist/_mine.html", {"entries": entries})
