"""Points: the owner's page, the statement of a patient, and her own."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from loyalty import actions, queries
from loyalty.forms import RulesForm
from loyalty.models import PointsEntry, PointsKind

LATEST, PAGE, DAYS = 8, 30, 30


@needs(Perm.POINTS_VIEW, POST=Perm.POINTS_RULES)
@require_http_methods(["GET", "POST"])
def points(request: HttpRequest) -> HttpResponse:
    """Rules, what is out and its worth, the latest entries."""
    rule = queries.current_rule()
    initial = {name: getattr(rule, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_rules(**form.cleaned_data, by=request.user)
        except ActionError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("The rules of points were saved."))
            return HttpResponseRedirect("/points/")
    out = queries.outstanding()
    totals = queries.totals(queries.today() - dt.timedelta(days=DAYS))
    context = {
        "form": form,
        "rule": rule,
        "out": out,
        "worth": out * rule.point_value,
        "totals": {**totals, "lost": totals[PointsKind.EXPIRED] + totals[PointsKind.REVERSED]},
        "cap": rule.cap_percent / 100,
        "page": Paginator(PointsEntry.objects.select_related("patient").order_by("-at", "-pk"), PAGE).get_page(
            request.GET.get("page")
        ),
        "may_rule": request.user.can(Perm.POINTS_RULES),
    }
    return render(request, "loyalty/points.html", context, status=422 if form.errors else 200)


@needs(Perm.POINTS_VIEW)
@require_safe
def for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A patient's points on her card."""
    patient = surviving(request, patient_id)
    return render(request, "loyalty/_for_patient.html", {"account": _account(patient)})


@needs(Perm.OWN_VIEW)
@require_safe
def my_points(request: HttpRequest) -> HttpResponse:
    """The points of the patients for whom this account acts."""
    accounts = [_account(patient) for patient in acts_for(request.user)]
    shown = [account for account in accounts if account["entries"]]
    return render(request, "loyalty/_my_points.html", {"accounts": shown, "several": len(accounts) > 1})


def _account(patient: Patient) -> dict[str, object]:
    owned = queries.balance(patient)
    return {
        "patient": patient,
        "balance": owned,
        "worth": owned * queries.current_rule().point_value,
        "ending": queries.ending_next(patient),
        "entries": list(queries.statement(patient)[:LATEST]),
    }
