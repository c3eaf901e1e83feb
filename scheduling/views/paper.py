"""After an outage: one line of the paper list after the other, by keyboard."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from scheduling import actions
from scheduling.forms.paper import PaperForm
from scheduling.models import Appointment
from scheduling.queries.diary import with_names
from scheduling.queries.floor import branch_day, ticket
from scheduling.queries.paper import entered_afterwards
from scheduling.views.frame import branch_of, day_of_address, frame, on_the_clock_of
from scheduling.views.quick import written_person

KEPT = ("service", "practitioner", "room")  # of the line before: lists are written doctor by doctor


@needs(Perm.FLOOR_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """A row to fill, and below it what was entered for this day already."""
    branch = branch_of(request, Perm.FLOOR_WORK)
    with on_the_clock_of(branch):
        day = min(day_of_address(request, branch), branch_day(branch))
        kept = {name: request.GET.get(name, "") for name in KEPT}
        form = PaperForm(request.POST or None, branch=branch, initial={"day": day.isoformat(), **kept})
        if request.method == "POST" and form.is_valid():
            try:
                visit = _enter(request, branch, form)
            except ActionError as error:
                form.add_action_error(error)
            else:
                said = _("%(name)s is entered with number %(number)s.")
                messages.success(request, said % {"name": visit.patient, "number": ticket(visit)})
                return HttpResponseRedirect(_again(branch, visit))
        return render(request, "scheduling/keep/paper.html", _context(request, branch, day, form),
                      status=422 if form.errors else 200)  # fmt: skip


def _enter(request: HttpRequest, branch: Branch, form: PaperForm) -> Any:
    values = form.cleaned_data
    return actions.enter_afterwards(
        person=written_person(request, values), service=values["service"], practitioner=values["practitioner"],
        branch=branch, times=values["times"], appointment=values["booking"], room=values["room"],
        note=values["note"], payment_hint=values["payment_hint"], anew=values["anew"], by=request.user,
    )  # fmt: skip


def _again(branch: Branch, visit: Any) -> str:
    room = visit.room_id or ""
    kept = f"service={visit.service_id}&practitioner={visit.practitioner_id}&room={room}"
    return f"/desk/paper/?branch={branch.pk}&day={visit.day}&{kept}&taken={visit.pk}"


def _context(request: HttpRequest, branch: Branch, day: dt.date, form: PaperForm) -> dict[str, Any]:
    today, one = branch_day(branch), dt.timedelta(days=1)
    return {
        **frame(request, branch, Perm.FLOOR_WORK),
        "day": day,
        "is_today": day == today,
        "before": day - one,
        "after": day + one if day < today else None,
        "form": form,
        "taken": bool(request.GET.get("taken")),
        "bookings": with_names(Appointment.objects.filter(pk__in=form.bookings)).order_by("starts_at"),
        "rows": entered_afterwards(branch, day),
    }
