"""What stands beside the note of a visit: measurements, orders, plans, scores, letters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from emr import permissions
from emr.models import OutcomeMeasure
from emr.queries.letters import letters_of
from emr.queries.orders import orders_of
from emr.queries.outcomes import courses_of
from emr.queries.plans import plans_of
from emr.queries.vitals import latest_of, readings_of
from emr.views.common import find_visit

FEW = 4


@needs(Perm.RECORD_VIEW)
@require_GET
def care(request: HttpRequest, pk: int) -> HttpResponse:
    """The cards, each with its last lines and the way to add one; a number of queries that never grows."""
    visit = find_visit(pk)
    log_access(patient=visit.patient, what="care", by=request.user)
    context = {
        "visit": visit,
        "patient": visit.patient,
        "latest": latest_of(readings_of(visit.patient, limit=200)),
        "orders": orders_of(visit.patient, limit=FEW),
        "plans": [view for view in plans_of(visit.patient) if view.plan.status in {"active", "draft"}][:FEW],
        "courses": courses_of(visit.patient)[:FEW],
        "asked": OutcomeMeasure.objects.filter(is_active=True)[:6],
        "letters": letters_of(visit.patient)[:FEW],
        "writer": permissions.may_write(request.user, visit.branch_id),
        "measurer": request.user.can(Perm.RECORD_MEASURE, visit.branch_id),
    }
    return render(request, "emr/care/at_visit.html", context)
