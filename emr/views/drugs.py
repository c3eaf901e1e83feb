"""The clinic's own list of drugs, kept by doctors and by who sets the clinic up."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from emr import actions, queries
from emr.forms import MedicationForm
from emr.models import Medication


@needs(Perm.SETUP_MANAGE)
def set_up(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The list, or one drug of it, for managers."""
    return _list(request, "set-up-drug") if pk is None else _drug(request, pk, "set-up-drug")


@needs(Perm.PRESCRIBE)
def for_doctors(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The same for doctors."""
    return _list(request, "doctor-drug") if pk is None else _drug(request, pk, "doctor-drug")


def _list(request: HttpRequest, route: str) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = Paginator(queries.find_drugs(text, all_of_them=True), 50).get_page(request.GET.get("page"))
    context = {"drugs": page, "text": text, "one": f"emr:{route}", "list": f"emr:{route}s"}
    return render(request, "emr/parts/drug_list.html" if html.is_htmx(request) else "emr/drugs.html", context)


def _drug(request: HttpRequest, pk: int, route: str) -> HttpResponse:
    """The form of one drug in the panel; number 0 is a new one."""
    drug = get_object_or_404(Medication, pk=pk) if pk else None
    form = MedicationForm(request.POST or None, initial=_values(drug))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_medication(medication=drug, by=request.user, **form.values())
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("The list of drugs is saved."), drugs_changed={})
    context = {"form": form, "drug": drug, "pk": pk, "one": f"emr:{route}"}
    template = "emr/parts/drug_form.html" if html.is_htmx(request) else "emr/drug.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _values(drug: Medication | None) -> dict[str, Any]:
    if drug is None:
        return {}
    names = set(MedicationForm.base_fields) - {"dosage_form"}
    return {"dosage_form": drug.form, **{name: getattr(drug, name) for name in names}}
