"""Finding patients: the list page and the options of comboboxes."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.queries import find_patients, search_patients
from clinic.patients.views.options import options
from clinic.shared.html import is_htmx

ROWS = 200
OPTIONS = 12


@needs(Perm.PATIENTS_VIEW)
@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    """Everybody, latest first, or who fits what is typed."""
    text = request.GET.get("q", "")[:100]
    among = Patient.objects.filter(merged_into=None)
    found = find_patients(text, limit=None, among=among) if text.strip() else among.order_by("-pk")
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context: dict[str, object] = {"page": shown, "q": text, "query": f"{urlencode({'q': text})}&" if text else ""}
    context |= {"may_edit": request.user.can(Perm.PATIENTS_EDIT)}
    part = is_htmx(request) and request.headers.get("HX-Target", "").endswith("patients-found")
    return render(request, "patients/_found.html" if part else "patients/list.html", context)


@needs(Perm.PATIENTS_VIEW)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Options of a combobox; with `go` they lead to the cards, with `new` somebody new can be chosen."""
    text = request.GET.get("q", "")[:100]
    return HttpResponse(
        options(
            search_patients(text, OPTIONS),
            text.strip(),
            go=request.GET.get("go") == "1",
            new=request.GET.get("new") == "1" and request.user.can(Perm.PATIENTS_EDIT),
            may_register=request.user.can(Perm.PATIENTS_EDIT),
        )
    )
