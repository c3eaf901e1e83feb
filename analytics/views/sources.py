"""What each source brought, with the rows behind every number."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from analytics.queries.sources import Row, behind, by_source
from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch, open_branches
from scheduling.models import Source

PERIODS = (30, 90, 365)


@needs(Perm.MASTERMIND_VIEW)
@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    """Bookings, visits kept and missed by source and campaign: `?days=30|90|365`, `?source=&detail=` for the rows."""
    branch = chosen_branch(request.user, Perm.MASTERMIND_VIEW, request.GET.get("branch"))
    days = next((each for each in PERIODS if str(each) == request.GET.get("days")), PERIODS[0])
    with timezone.override(ZoneInfo(branch.time_zone)):
        last = timezone.localdate()
        first = last - dt.timedelta(days=days - 1)
        found, details = by_source(branch, first, last)
        source, detail = request.GET.get("source", ""), request.GET.get("detail", "")
        context: dict[str, Any] = {
            "branch": branch,
            "branches": open_branches(request.user, Perm.MASTERMIND_VIEW),
            "days": days,
            "periods": PERIODS,
            "first": first,
            "last": last,
            "tables": [
                (_("By source"), [(row, _link(branch.pk, days, row)) for row in found]),
                (_("By campaign and referrer"), [(row, _link(branch.pk, days, row)) for row in details]),
            ],
            "chosen": " · ".join(filter(None, [str(dict(Source.choices).get(source, "")), detail])),
            "rows": behind(branch, first, last, source, detail) if source in Source.values else [],
        }
        return render(request, "analytics/sources.html", context)


def _link(branch: int, days: int, row: Row) -> str:
    return "?" + urlencode({"branch": branch, "days": days, "source": row.source, "detail": row.detail}) + "#rows"
