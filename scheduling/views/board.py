"""The desk's day: board, list, counters and who waits."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch
from clinic.shared.calendar import format_date
from scheduling.queries.board import Day, board_closed, board_events, day_of, span
from scheduling.queries.board_time import board_wall
from scheduling.queries.floor import queue_rows
from scheduling.queries.opening import zone_of
from scheduling.statuses import VisitStatus
from scheduling.views.frame import SESSION_KEY, branch_of, day_of_address, frame, on_the_clock_of
from scheduling.views.lines import drawn

SHOWN_FIRST = [VisitStatus.IN_ROOM, VisitStatus.CALLED, VisitStatus.ARRIVED, VisitStatus.ON_HOLD, VisitStatus.CHECKOUT]
WAITING_SHOWN = 7


@needs(Perm.DIARY_VIEW)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The day board; `view=list` shows the same day as a list."""
    branch = branch_of(request, Perm.DIARY_VIEW)
    with on_the_clock_of(branch):
        whole = day_of(branch, day_of_address(request, branch))
        day = whole.only(doctors_wanted(request))
        context = {
            "doctors": [(pk, name, pk in day.doctors) for pk, (name, _sub) in sorted(whole.doctors.items())],
            **frame(request, branch, Perm.DIARY_VIEW),
            **_day_context(request, day),
            **_waiting_context(request, branch),
            "as_list": request.GET.get("view") == "list",
            "may_book": request.user.can(Perm.DIARY_BOOK, branch),
            "may_set_up": request.user.can(Perm.SETUP_MANAGE, branch),
        }
        context["board"] = _board_data(request, day)
        return render(request, "scheduling/desk/board.html", context)


@needs(Perm.DIARY_VIEW)
@require_safe
def board_day(request: HttpRequest) -> HttpResponse:
    """Counters and list of the day, fetched again on every notice."""
    branch = branch_of(request, Perm.DIARY_VIEW)
    with on_the_clock_of(branch):
        day = day_of(branch, day_of_address(request, branch)).only(doctors_wanted(request))
        context = {"branch": branch, **_day_context(request, day)}
        context["as_list"] = request.GET.get("view") == "list"
        return render(request, "scheduling/desk/_day.html", context)


@needs(Perm.DIARY_VIEW)
@require_safe
def board_cards(request: HttpRequest) -> HttpResponse:
    """The cards of the board as JSON."""
    branch = branch_of(request, Perm.DIARY_VIEW)
    day = day_of(branch, day_of_address(request, branch)).only(doctors_wanted(request))
    events = board_events(day, cancelled=show_cancelled(request))
    return JsonResponse({"events": events, "closed": board_closed(day, *span(day))})


@needs(Perm.FLOOR_VIEW)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits now, beside the board."""
    branch = branch_of(request, Perm.FLOOR_VIEW)
    with on_the_clock_of(branch):
        return render(request, "scheduling/desk/_waiting.html", _waiting_context(request, branch))


@needs(Perm.DIARY_VIEW, POST=Perm.FLOOR_VIEW)
@require_POST
def choose_branch(request: HttpRequest) -> HttpResponse:
    """Work in another branch from now on."""
    branch = chosen_branch(request.user, Perm.FLOOR_VIEW, request.POST.get("branch"))
    request.session[SESSION_KEY] = branch.pk
    onward = request.POST.get("next", "")
    safe = onward.startswith("/") and url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(onward.partition("?")[0] if safe else "/desk/")


def _day_context(request: HttpRequest, day: Day) -> dict[str, Any]:
    one = dt.timedelta(days=1)
    status = request.GET.get("status", "")
    query = f"branch={day.branch.pk}&day={day.date}" + _filters(request)
    may_work = request.user.can(Perm.FLOOR_WORK, day.branch)
    return {
        "cancelled": show_cancelled(request),
        "filters": _filters(request),
        "filtered": len(doctors_wanted(request)),
        "toggle": toggled(request, day.branch, day.date),
        "day": day,
        "status": status,
        "list": drawn(day.of_look(status), may_work=may_work),
        "now_at": _now_at(day) if not status else "",
        "before": day.date - one,
        "after": day.date + one,
        "query": query,
        "part_url": f"/desk/day/?{query}" + (f"&status={status}" if status else "")
        + ("&view=list" if request.GET.get("view") == "list" else ""),
        "may_work": may_work,
    }  # fmt: skip


def _now_at(day: Day) -> str:
    """Which row of today's list is the first that is not over: a list opens there."""
    now = timezone.now()
    line = next((line for line in day.of_look("") if line.end > now), None) if day.is_today else None
    return f"line-{line.id}-{line.visit or 0}" if line else ""


def show_cancelled(request: HttpRequest) -> bool:
    """Whether cancelled appointments stand on the board too."""
    return request.GET.get("cancelled") == "1"


def doctors_wanted(request: HttpRequest) -> set[int]:
    """The doctors whose columns are shown; none named means all."""
    found = (text for text in request.GET.getlist("doctor") if text.isascii() and text.isdigit() and len(text) < 19)
    return {int(text) for text in found}


def toggled(request: HttpRequest, branch: Branch, day: dt.date) -> str:
    """The address that shows cancelled appointments, or hides them again."""
    others = "".join(f"&doctor={pk}" for pk in sorted(doctors_wanted(request)))
    return f"branch={branch.pk}&day={day}{others}" + ("" if show_cancelled(request) else "&cancelled=1")


def _filters(request: HttpRequest) -> str:
    """What narrows or widens the board, as a part of an address."""
    chosen = "".join(f"&doctor={pk}" for pk in sorted(doctors_wanted(request)))
    return chosen + ("&cancelled=1" if show_cancelled(request) else "")


def board_words(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    """What the board's script says and where a check-in goes; nothing to check in with where that is not permitted."""
    now = timezone.now().astimezone(zone_of(branch.time_zone))
    here = board_wall(now, branch)
    shown: dict[str, Any] = {"words": {"book": _("book")}, "minute_now": here.hour * 60 + here.minute}
    shown["shift"] = branch.day_starts_hour * 60  # minutes by which the board's own time is behind the clock
    if request.user.can(Perm.FLOOR_WORK, branch):
        shown["check_in"] = {"label": _("Check in"), "url": "/desk/appointments/{id}/check-in/"}
    return shown


def _waiting_context(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    rows = sorted(queue_rows(branch), key=lambda row: SHOWN_FIRST.index(row.status))  # stable: the line's order stays
    return {
        "branch": branch,
        "rows": rows[:WAITING_SHOWN],
        "more": max(0, len(rows) - WAITING_SHOWN),
        "anybody": any(row.status == VisitStatus.ARRIVED for row in rows),
        "may_work": request.user.can(Perm.FLOOR_WORK, branch),
    }


def _board_data(request: HttpRequest, day: Day) -> dict[str, Any]:
    """What the board's script reads."""
    first, last = span(day)
    now = timezone.now().astimezone(zone_of(day.branch.time_zone))
    behind = (now.utcoffset() or dt.timedelta(0)) - dt.timedelta(hours=day.branch.day_starts_hour)
    query = f"?branch={day.branch.pk}&day={day.date}" + _filters(request)
    may_book = request.user.can(Perm.DIARY_BOOK, day.branch)
    return {
        "title": _("Day board, %(day)s") % {"day": format_date(day.date, style="long")},
        "date": str(day.date),
        "offset": dt.datetime.now(dt.timezone(behind)).isoformat()[-6:],
        "resources": [{"id": pk, "title": name, "sub": sub} for pk, (name, sub) in sorted(day.doctors.items())],
        "events": board_events(day, cancelled=show_cancelled(request)),
        "closed": board_closed(day, first, last),
        "slotMinTime": first,
        "slotMaxTime": last,
        "scrollTime": f"{max(0, board_wall(now, day.branch).hour - 1):02d}:00" if day.is_today else first,
        "editable": may_book,
        **board_words(request, day.branch),
        "urls": {
            "events": f"/desk/cards/{query}",
            "move": "/desk/appointments/{id}/move/",
            "new": f"/desk/book/{query}" if may_book else "",
        },
    }
