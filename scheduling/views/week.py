"""One doctor's week on the board."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_date
from clinic.shared.errors import NotFound
from scheduling.models import Practitioner
from scheduling.queries.floor import own_name
from scheduling.queries.week import DAYS, Week, week_of
from scheduling.views.board import board_words, show_cancelled, toggled
from scheduling.views.frame import branch_of, day_of_address, frame, on_the_clock_of


@needs(Perm.DIARY_VIEW)
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Seven columns, one a day; everything that the day board can do works here too."""
    branch = branch_of(request, Perm.DIARY_VIEW)
    doctors = list(_doctors(branch))
    with on_the_clock_of(branch):
        if not doctors:
            return render(
                request, "scheduling/desk/week.html", {**frame(request, branch, Perm.DIARY_VIEW), "week": None}
            )
        found = week_of(branch, _chosen(request, doctors), day_of_address(request, branch))
        context = {
            **frame(request, branch, Perm.DIARY_VIEW),
            "week": found,
            "doctors": [(doctor.pk, own_name(doctor)) for doctor in doctors],
            "before": found.first - dt.timedelta(days=DAYS),
            "after": found.first + dt.timedelta(days=DAYS),
            "last": found.days[-1].date,
            "cancelled": show_cancelled(request),
            "query": f"branch={branch.pk}&day={found.first}&doctor={found.practitioner.pk}",
            "toggle": toggled(request, branch, found.first),
            "may_book": request.user.can(Perm.DIARY_BOOK, branch),
            "board": _board_data(request, found),
        }
        return render(request, "scheduling/desk/week.html", context)


@needs(Perm.DIARY_VIEW)
@require_safe
def week_cards(request: HttpRequest) -> HttpResponse:
    """The cards of the week as JSON."""
    branch = branch_of(request, Perm.DIARY_VIEW)
    found = week_of(branch, _chosen(request, list(_doctors(branch))), day_of_address(request, branch))
    return JsonResponse({"events": found.events(cancelled=show_cancelled(request)), "closed": found.closed()})


def _doctors(branch: Branch) -> Any:
    rows = Practitioner.objects.filter(is_active=True, hours__branch=branch)
    return rows.distinct().order_by("pk")


def _chosen(request: HttpRequest, doctors: list[Practitioner]) -> Practitioner:
    """The doctor of the address, else oneself, else the first."""
    wanted = request.GET.get("doctor", "")
    found = next((doctor for doctor in doctors if str(doctor.pk) == wanted), None)
    if found is None:
        found = next((doctor for doctor in doctors if doctor.user_id == request.user.pk), None)
    if found is None and not doctors:
        raise NotFound(_("Nobody sees patients in this branch."))
    return found or doctors[0]


def _board_data(request: HttpRequest, week: Week) -> dict[str, Any]:
    first, last = week.span
    query = f"?branch={week.branch.pk}&doctor={week.practitioner.pk}&day={week.first}"
    query += "&cancelled=1" if show_cancelled(request) else ""
    may_book = request.user.can(Perm.DIARY_BOOK, week.branch)
    name = own_name(week.practitioner)
    day = format_date(week.first, style="long")
    return {
        "title": _("Week of %(name)s from %(day)s") % {"name": name, "day": day},
        "week": True,
        "doctor": week.practitioner.pk,
        "date": str(week.first),
        "resources": week.columns,
        "events": week.events(cancelled=show_cancelled(request)),
        "closed": week.closed(),
        "slotMinTime": first,
        "slotMaxTime": last,
        "editable": may_book,
        **board_words(request, week.branch),
        "urls": {
            "events": f"/desk/week/cards/{query}",
            "move": "/desk/appointments/{id}/move/",
            "new": f"/desk/book/?branch={week.branch.pk}" if may_book else "",
        },
    }
