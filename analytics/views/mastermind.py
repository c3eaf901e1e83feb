"""Mastermind's first page, and the log of changes."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from analytics.permissions import visible_tables
from analytics.queries import changes as log
from analytics.queries import today as numbers
from analytics.queries.sources import by_source
from clinic.accounts.guards import needs
from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch, open_branches
from clinic.shared.calendar import format_date
from clinic.shared.charts import Chart, Series
from clinic.shared.money import format_number
from scheduling.queries.waitlist import count_of, month_of

PAGE = 50


@needs(Perm.MASTERMIND_VIEW)
@require_GET
def mastermind(request: HttpRequest) -> HttpResponse:
    """Today in numbers, what is usual on such a day, and what waits for a decision."""
    return render(request, "analytics/mastermind.html", _mastermind(request))


@needs(Perm.MASTERMIND_VIEW)
@require_GET
def mastermind_part(request: HttpRequest) -> HttpResponse:
    """The live part of the page."""
    return render(request, "analytics/today.html", _mastermind(request))


def _mastermind(request: HttpRequest) -> dict[str, Any]:
    branch = chosen_branch(request.user, Perm.MASTERMIND_VIEW, request.GET.get("branch"))
    now = timezone.now().astimezone(ZoneInfo(branch.time_zone))
    today, usual = numbers.day_in_numbers(branch, now.date()), numbers.usual(branch, now.date(), now.time())
    so_far = numbers.day_in_numbers(branch, now.date(), until=now.time())
    return {
        "branch": branch,
        "branches": open_branches(request.user, Perm.MASTERMIND_VIEW),
        "day": now.date(),
        "now": now,
        "today": today,
        "so_far": so_far,
        "deltas": {name: _delta(so_far, usual, name) for name in ("came", "takings", "waited", "no_show_share")},
        "open": numbers.open_matters(branch, now.date()),
        "seats": count_of(branch, *month_of(branch)),
        "chart": _chart(branch, now.date()),
        "sources": by_source(branch, now.date() - dt.timedelta(days=29), now.date())[0][:4],
    }


def _delta(today: numbers.Day, usual: list[numbers.Day], name: str) -> dict[str, Any] | None:
    """How today stands to the mean of the usual days; None where either has nothing to say."""
    values = [getattr(day, name) for day in usual if getattr(day, name) is not None]
    value = getattr(today, name)
    if value is None or len(values) < 2:
        return None
    mean = sum(values) / len(values)
    return {"usual": mean, "up": value > mean, "same": value == mean}


def _chart(branch: Branch, day: dt.date) -> Chart:
    rows = numbers.last_days(branch, day)
    return Chart(
        title=_("Came and did not come, last 14 days"),
        labels=[format_date(each, style="short") for each, _came, _missed in rows],
        series=[
            Series(_("Came"), [came for _day, came, _missed in rows], "accent"),
            Series(_("Did not come"), [missed for _day, _came, missed in rows], "danger"),
        ],
        kind="stacked",
        format=format_number,
    )


@needs(Perm.AUDIT_VIEW)
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Who changed what and when, with before and after."""
    table, row, user = request.GET.get("table", ""), _number(request, "row"), _number(request, "user")
    models = log.audited_models()
    allowed = visible_tables(set(models))
    number = min(max(_number(request, "page") or 1, 1), 1000)
    found = log.changes(allowed=allowed, table=table, row=row, user=user, limit=PAGE + 1, skip=(number - 1) * PAGE)
    context = {
        "changes": found[:PAGE],
        "more": len(found) > PAGE,
        "page_number": number,
        "tables": sorted((label, str(models[label]._meta.verbose_name)) for label in allowed),
        "table": table,
        "row": row,
        "person": User.objects.filter(pk=user).first() if user else None,
        "people": User.objects.filter(grants__isnull=False).distinct().order_by("full_name"),
        "kinds": {
            "created": pgettext("log", "Created"),
            "changed": pgettext("log", "Changed"),
            "deleted": pgettext("log", "Removed"),
        },
    }
    return render(request, "analytics/audit.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
