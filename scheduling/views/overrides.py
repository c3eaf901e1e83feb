"""The log of bookings over conflicts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling.queries.floor import branch_day
from scheduling.queries.overrides import booked_over, months
from scheduling.views.frame import branch_of, frame, on_the_clock_of

MOST = 200


@needs(Perm.DIARY_OVERRIDE)
@require_safe
def overrides(request: HttpRequest) -> HttpResponse:
    """What was booked over a conflict in a month: by whom, when, why."""
    branch = branch_of(request, Perm.DIARY_OVERRIDE)
    with on_the_clock_of(branch):
        found = months(branch, branch_day(branch))
        chosen = next((each for each in found if each.first.isoformat() == request.GET.get("month")), found[0])
        rows = booked_over(branch, chosen.first, chosen.after)[:MOST]
        heads = [_("Visit"), _("Patient"), _("Doctor"), _("Reason"), _("Booked by"), _("Status")]
        context = {**frame(request, branch, Perm.DIARY_OVERRIDE), "months": found, "chosen": chosen, "rows": rows}
        context["heads"] = [{"label": each} for each in heads]
        return render(request, "scheduling/keep/overrides.html", context)
