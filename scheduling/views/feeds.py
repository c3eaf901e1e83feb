"""The feed itself, and the page where its owner gets, renews and ends it."""

import secrets
from typing import Any

import segno
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.shared.errors import TooMany
from clinic.shared.links import absolute
from clinic.shared.speaking import speaking
from scheduling import actions
from scheduling.actions.feeds import token_hash
from scheduling.models import CalendarFeed, FeedNames, Practitioner
from scheduling.queries.feeds import calendar_of, entries, fingerprint

PER_HOUR = 60


@open_to_all("whoever has the secret address has the calendar")
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of a secret address: 304 while nothing changed, 429 beyond sixty times an hour."""
    digest = token_hash(token)
    found = CalendarFeed.objects.select_related("practitioner", "user").filter(token_hash=digest).first()
    if found is None or found.revoked_at is not None or (found.user and not found.user.is_active):
        raise Http404
    _limit(digest)
    with speaking(found.language):
        shown = entries(found)
        etag = f'"{fingerprint(found, shown)}"'
        if etag in request.headers.get("If-None-Match", ""):
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(calendar_of(found, shown), content_type="text/calendar; charset=utf-8")
            response["Content-Disposition"] = 'inline; filename="diary.ics"'
    actions.note_read(feed=found, day=timezone.now().date())
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _limit(digest: str) -> None:
    key = f"feed:{digest[:32]}:{timezone.now():%Y%m%d%H}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > PER_HOUR:
        raise TooMany(_("This calendar was asked for too often. Try again in an hour."), retry_after=3600)


@needs(Perm.OWN_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Her visits, and for a doctor her diary, in the calendar of her phone."""
    doctor = Practitioner.objects.filter(user=request.user, is_active=True).first()
    fresh: dict[str, Any] = {}
    if request.method == "POST":
        of_doctor = doctor is not None and request.POST.get("of") == "diary"
        names = request.POST.get("names", "")
        token = secrets.token_urlsafe(24)
        made = actions.open_feed(
            token=token,
            practitioner=doctor if of_doctor else None,
            names=names if names in FeedNames.values else FeedNames.BUSY,
            by=request.user,
        )
        fresh = {"made": made, **_told(token)}
    rows = CalendarFeed.objects.filter(revoked_at=None)
    context = {
        "doctor": doctor,
        "mine": rows.filter(user=request.user).first(),
        "diary": rows.filter(practitioner=doctor).first() if doctor else None,
        "names": FeedNames.choices,
        **fresh,
    }
    return render(request, "scheduling/keep/calendar.html", context)


def _told(token: str) -> dict[str, Any]:
    link = absolute(f"/cal/{token}.ics")
    subscribe = link.replace("https://", "webcal://").replace("http://", "webcal://")
    drawn = segno.make(subscribe, error="m").svg_inline(border=2, omitsize=True)
    return {"link": link, "subscribe": subscribe, "qr": mark_safe(drawn)}  # noqa: S308 (drawn here)


@needs(Perm.OWN_VIEW)
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """End a calendar of hers."""
    rows = CalendarFeed.objects.select_related("practitioner").filter(revoked_at=None)
    of_doctor = request.POST.get("of") == "diary"
    found = rows.filter(practitioner__user=request.user) if of_doctor else rows.filter(user=request.user)
    for each in found:
        actions.revoke_feed(feed=each, by=request.user)
    return HttpResponseRedirect("/my/calendar/")
