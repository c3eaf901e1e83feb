"""The page at the end of a day: what is open, what is proposed, and a person who confirms."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError, Invalid
from clinic.shared.money import format_number
from clinic.shared.text import normalise
from scheduling.actions import closing
from scheduling.queries.closing import day_end, open_days, runs_until
from scheduling.queries.floor import branch_day
from scheduling.views.frame import branch_of, day_of_address, frame, on_the_clock_of

LONGEST_AGO = dt.timedelta(days=400)


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Confirm what is ticked; or, with nothing open any more, close the day."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    day = _day(request, branch)
    with on_the_clock_of(branch):
        problem, refused = "", []
        if request.method == "POST":
            try:
                refused = _do(request, branch, day)
            except ActionError as error:
                problem = error.message
            else:
                if not refused:
                    return HttpResponseRedirect(f"/desk/close/?branch={branch.pk}&day={day}")
        status = 409 if problem or refused else 200
        return render(
            request, "scheduling/closing/close.html", _context(request, branch, day, problem, refused), status=status
        )


@needs(Perm.DIARY_BOOK)
@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """The day goes on after all."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    day = _day(request, branch)
    try:
        closing.reopen_day(branch=branch, day=day, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(f"/desk/close/?branch={branch.pk}&day={day}")


def _do(request: HttpRequest, branch: Branch, day: dt.date) -> list[tuple[Any, str]]:
    """Carry out what was pressed; what was refused comes back."""
    if "close" in request.POST:
        closing.close_day(branch=branch, day=day, note=normalise(request.POST.get("note", "")), by=request.user)
        messages.success(request, _("The day is closed."))
        return []
    picked = {name: [int(pk) for pk in request.POST.getlist(name) if pk.isdecimal() and len(pk) < 16]
              for name in ("visits", "appointments")}  # fmt: skip
    if not any(picked.values()):
        raise Invalid(_("Tick what you confirm first."), code="nothing")
    result = closing.confirm_closing(branch=branch, day=day, by=request.user, **picked)
    if result.done:
        text = ngettext("%(shown)s line is confirmed.", "%(shown)s lines are confirmed.", result.done)
        messages.success(request, text % {"shown": format_number(result.done)})
    return result.refused


def _day(request: HttpRequest, branch: Branch) -> dt.date:
    """The day of the address; not after today, and none that nobody asks about any more."""
    today = branch_day(branch)
    return max(min(day_of_address(request, branch), today), today - LONGEST_AGO)


def _context(
    request: HttpRequest, branch: Branch, day: dt.date, problem: str, refused: list[tuple[Any, str]]
) -> dict[str, Any]:
    end = day_end(branch, day)
    return {
        **frame(request, branch, Perm.DIARY_BOOK),
        "end": end,
        "day": day,
        "is_today": day == branch_day(branch),
        "runs_until": runs_until(branch, day),
        "groups": [
            ("visits", _("Were seen: finish the visit"), end.to_finish),
            ("visits", _("Came and were not led in: left without being seen"), end.to_leave),
            ("appointments", _("Did not come: no-show"), end.to_miss),
        ],
        "problem": problem,
        "refused": refused,
        "others": [row for row in open_days(branch) if row.day != day],
        "may_see_money": request.user.can(Perm.INVOICES_VIEW, branch),
    }
