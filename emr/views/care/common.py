"""What the pages about one patient share."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.patients.actions import log_access
from clinic.patients.models import Patient
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from emr import permissions
from emr.queries.chart import whole_of
from emr.views.common import age_of
from scheduling.models import Visit

TABS = [
    ("patient", _("Whole record")),
    ("background", _("Background")),
    ("medicines", _("Medicines")),
    ("vitals", _("Measurements")),
    ("orders", _("Orders and results")),
    ("plans", _("Treatment plans")),
    ("scores", _("Scores")),
    ("letters", _("Letters")),
]


def find_patient(request: HttpRequest, pk: int, what: str) -> Patient:
    """The patient whose page this is, or into whom she was merged; the reading is noted as `what`."""
    patient = surviving(request, pk)
    log_access(patient=patient, what=what, by=request.user)
    return patient


def own(model: Any, patient: Patient, pk: int) -> Any:
    """A row of this patient, or of whom was merged into her; else 404."""
    return get_object_or_404(model.objects.filter(whole_of(patient)), pk=pk)


def visit_of(request: HttpRequest, patient: Patient) -> Visit | None:
    """The visit that the address names, if it is one of this patient."""
    wanted = request.GET.get("visit", "")
    if not wanted.isdecimal() or not wanted.isascii() or len(wanted) > 18:
        return None
    return Visit.objects.filter(whole_of(patient), pk=int(wanted)).select_related("practitioner").first()


@cache
def _address(name: str) -> str:
    """The address of a part, with a place for the patient's number."""
    return reverse(f"emr:{name}", args=[0]).replace("/0/", "/{}/")


def tabs_of(patient: Patient, active: str = "") -> list[dict[str, Any]]:
    """The parts of a record as tabs."""
    return [
        {"label": label, "url": _address(name).format(patient.pk), "active": name == active}
        for name, label in _words(get_language() or "")
    ]


@cache
def _words(_language: str) -> list[tuple[str, str]]:
    return [(name, str(label)) for name, label in TABS]


def page(request: HttpRequest, tab: str, patient: Patient, context: dict[str, Any]) -> HttpResponse:
    """One of the pages about a patient (`emr/care/<tab>.html`) under the tabs of her record; alone for htmx."""
    whole = {
        "patient": patient,
        "age": age_of(patient),
        "record_tabs": tabs_of(patient, tab),
        "fragment": f"emr/care/{tab}.html",
        "writer": permissions.may_write(request.user),
        "prescriber": permissions.may_prescribe(request.user),
        **context,
    }
    template = f"emr/care/{tab}.html" if html.is_htmx(request) else "emr/care/patient_page.html"
    return render(request, template, whole)


def drawer(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A form in the panel (`emr/care/<name>.html`), or on a page of its own without script."""
    form = context.get("form")
    status = 422 if form is not None and form.errors and status == 200 else status
    if html.is_htmx(request):
        return render(request, f"emr/care/{name}.html", context, status=status)
    return render(request, "emr/care/alone.html", {**context, "fragment": f"emr/care/{name}.html"}, status=status)
