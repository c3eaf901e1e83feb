"""Problems with their time, and the background of a patient."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr import actions, permissions
from emr.models import BackgroundEntry, Condition
from emr.queries.background import background_of, problems_of
from emr.views.care.common import drawer, find_patient, own, page
from emr.views.care.forms import BackgroundForm, ProblemForm


@needs(Perm.RECORD_VIEW)
@require_GET
def background(request: HttpRequest, pk: int) -> HttpResponse:
    """Problems that last and that are over, and what is known of before."""
    patient = find_patient(request, pk, "background")
    add = {"url": reverse("emr:new-entry", args=[patient.pk]), "label": _("Add background")}
    context = {**problems_of(patient), "groups": background_of(patient)}
    return page(
        request, "background", patient, {**context, "add": add if permissions.may_write(request.user) else None}
    )


@needs(Perm.RECORD_WRITE)
def new_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """A problem for the list, with or without a code."""
    patient = find_patient(request, pk, "background")
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = actions.add_condition(
                patient=patient, code=data["code"], title=data["title"], is_problem=True, by=request.user
            )
            times = {name: data[name] for name in ("onset_on", "ended_on", "note")}
            actions.change_problem(condition=row, by=request.user, **times)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("Saved."))
    return drawer(request, "problem", {"form": form, "patient": patient, "address": request.path})


@needs(Perm.RECORD_WRITE)
def problem(request: HttpRequest, pk: int, condition: int) -> HttpResponse:
    """Since when, until when; or that it was never so."""
    patient = find_patient(request, pk, "background")
    row = own(Condition, patient, condition)
    form = ProblemForm(request.POST) if request.method == "POST" else ProblemForm.of(row)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["wrong"]:
                actions.withdraw_problem(condition=row, why=data["why"], by=request.user)
            else:
                times = {name: data[name] for name in ("onset_on", "ended_on", "note")}
                actions.change_problem(condition=row, by=request.user, **times)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("Saved."))
    return drawer(request, "problem", {"form": form, "row": row, "patient": patient, "address": request.path})


@needs(Perm.RECORD_WRITE)
def new_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """A fact of the background."""
    patient = find_patient(request, pk, "background")
    kind = request.GET.get("kind", "")
    form = BackgroundForm(request.POST if request.method == "POST" else None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_background(patient=patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("Saved."))
    return drawer(request, "entry", {"form": form, "patient": patient, "address": request.path})


@needs(Perm.RECORD_WRITE)
@require_POST
def remove_entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """A fact that is none."""
    patient = find_patient(request, pk, "background")
    actions.remove_background(entry=own(BackgroundEntry, patient, entry), by=request.user)
    if html.is_htmx(request):
        return html.close_drawer(_("Taken away."))
    return redirect("emr:background", pk=patient.pk)
