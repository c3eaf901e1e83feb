"""My day: who comes, who waits, who is next."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import business_day, chosen_branch
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr import queries
from scheduling.actions.line import call_next
from scheduling.models import Practitioner
from scheduling.queries.rules import rules_of


def _context(request: HttpRequest) -> dict[str, Any]:
    """The day and the doctor that the address names; without a name the account's own, else the first."""
    doctors = list(Practitioner.objects.filter(is_active=True))
    wanted = request.GET.get("doctor", "") or request.POST.get("doctor", "")
    own = next((each for each in doctors if each.user_id == request.user.pk), None)
    doctor = next((each for each in doctors if str(each.pk) == wanted), None) or own or next(iter(doctors), None)
    branch = chosen_branch(request.user, Perm.RECORD_VIEW, request.GET.get("branch"))
    today = business_day(branch)  # late in the night still yesterday's, where the branch works so late
    day = _day(request.GET.get("day", ""), today)
    return {
        "doctor": doctor,
        "doctors": doctors,
        "is_own": doctor is not None and doctor == own,
        "day": day,
        "today": today,
        "is_today": day == today,
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1),
        "branch": branch,
        "plan": queries.my_day(doctor, day, branch) if doctor else None,
        "rules": rules_of(branch),
        "can_keep_drugs": request.user.can(Perm.PRESCRIBE),
        "may_call": request.user.can(Perm.FLOOR_WORK),
    }


def _day(text: str, today: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return today


@needs(Perm.RECORD_VIEW)
@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    """The page; as a fragment only the live part of it."""
    part = html.is_htmx(request) and "part" in request.GET
    return render(request, "emr/parts/day.html" if part else "emr/day.html", _context(request))


@needs(Perm.FLOOR_WORK)
@require_POST
def next_patient(request: HttpRequest) -> HttpResponse:
    """Call whoever is next in this doctor's line."""
    context = _context(request)
    if context["doctor"] is None:
        return html.toast(render(request, "emr/parts/day.html", context, status=422), _("Choose a doctor first."))
    try:
        visit = call_next(branch=context["branch"], practitioner=context["doctor"], by=request.user)
    except ActionError as error:
        return html.toast(render(request, "emr/parts/day.html", context, status=422), error.message, tone="danger")
    response = render(request, "emr/parts/day.html", _context(request))
    said = _("%(name)s is called.") % {"name": visit.patient.full_name} if visit else _("Nobody is waiting.")
    return html.toast(response, said)
