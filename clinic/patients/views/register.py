"""Registering a patient, as a page or in the desk's panel, and changing details."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions
from clinic.patients.forms import PatientForm
from clinic.patients.models import Patient
from clinic.patients.queries import Likeness, possible_duplicates
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from clinic.shared.html import close_drawer, redirect_to


@needs(Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register somebody; those who may be the same person are shown before a second press registers anyway."""
    if request.method == "GET":
        return _form(request, PatientForm(initial=_typed(request.GET.get("name", ""))))
    form = PatientForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    values: dict[str, Any] = form.cleaned_data
    try:
        patient = actions.register(**values, refuse_duplicates="anyway" not in request.POST, by=request.user)
    except ActionError as error:
        if error.code == "duplicates":
            return _form(request, form, status=422, duplicates=_found(values))
        error.put(form)
        return _form(request, form, status=422)
    return _registered(request, patient)


def _typed(name: str) -> dict[str, str]:
    """What was searched for in vain fills the form."""
    if any(letter.isdigit() for letter in name):
        return {"phone": name}
    first, _space, last = name.strip().partition(" ")
    return {"first_name": first, "last_name": last}


def _found(values: dict[str, Any]) -> list[Likeness]:
    names = ("first_name", "last_name", "phone", "national_code", "birth_date")
    return possible_duplicates(
        **{name: values[name] or None if name == "birth_date" else values[name] for name in names}
    )


def _registered(request: HttpRequest, patient: Patient) -> HttpResponse:
    text = _("%(name)s is registered.") % {"name": patient.full_name}
    onward = request.POST.get("next", "")
    if onward.startswith("/") and url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward += f"{'&' if '?' in onward else '?'}patient={patient.pk}"
    else:
        onward = ""
    if _in_drawer(request):
        if onward:
            return redirect_to(onward)
        return close_drawer(text, patient_registered={"id": patient.pk, "name": patient.full_name})
    messages.success(request, text)
    return HttpResponseRedirect(onward or f"/patients/{patient.pk}/")


def _in_drawer(request: HttpRequest) -> bool:
    return request.GET.get("drawer") == "1"


def _form(
    request: HttpRequest, form: PatientForm, status: int = 200, duplicates: list[Likeness] | None = None
) -> HttpResponse:
    onward = request.POST.get("next") or request.GET.get("next") or ""
    context = {
        "form": form,
        "duplicates": duplicates,
        "next": onward,
        "title": _("New patient"),
        "action": f"{request.path}?drawer=1" if _in_drawer(request) else f"{request.path}?next={quote(onward)}",
    }
    template = "patients/_drawer.html" if _in_drawer(request) else "patients/form.html"
    return render(request, template, context, status=status)


@needs(Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a patient's details."""
    patient = surviving(request, pk)
    if request.method == "GET":
        return _edit_page(request, patient, PatientForm.of(patient))
    form = PatientForm(request.POST)
    if form.is_valid():
        try:
            actions.change(patient=patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("The details were saved."))
            return HttpResponseRedirect(f"/patients/{patient.pk}/")
    return _edit_page(request, patient, form, status=422)


def _edit_page(request: HttpRequest, patient: Patient, form: PatientForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "patient": patient, "title": patient.full_name, "action": request.path}
    return render(request, "patients/form.html", context, status=status)
