"""What a patient sees of it herself: plans, results, letters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import note_readings
from clinic.patients.permissions import acts_for
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr import actions
from emr.queries.letters import released_letters
from emr.queries.orders import released_orders
from emr.queries.plans import shown_plans, views_of
from emr.statuses import PlanStatus


@needs(Perm.OWN_VIEW)
@require_GET
def my_care(request: HttpRequest) -> HttpResponse:
    """Plans with their progress, results that the doctor has shown, letters."""
    return _drawn(request)


@needs(Perm.OWN_VIEW)
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """The patient agrees to a plan as it reads now."""
    plan = get_object_or_404(shown_plans(request.user).filter(status=PlanStatus.ACTIVE), pk=pk)
    try:
        actions.consent_to_plan(plan=plan, by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    if html.is_htmx(request):
        return html.toast(_drawn(request), _("You agreed to this plan."))
    return redirect("emr:my-care")


def _drawn(request: HttpRequest) -> HttpResponse:
    note_readings(patients=acts_for(request.user), what="own care", by=request.user)
    context = {
        "plans": views_of(shown_plans(request.user)[:20]),
        "orders": released_orders(request.user)[:50],
        "letters": released_letters(request.user)[:50],
    }
    template = "emr/care/my_care.html" if html.is_htmx(request) else "emr/care/my_care_page.html"
    return render(request, template, context)
