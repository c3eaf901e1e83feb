"""Finding patients: the list page and the options of comboboxes."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient, Segment
from clinic.patients.queries import find_patients, patients_of, search_patients, segments_for, sentence_of
from clinic.patients.views.options import options
from clinic.shared.html import is_htmx

ROWS = 200
OPTIONS = 12


@needs(Perm.PATIENTS_VIEW)
@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    """Everybody, latest first, or who fits what is typed; `group` keeps to the patients of one group."""
    text, group = request.GET.get("q", "")[:100], group_of(request)
    among = patients_of(group) if group else Patient.objects.filter(merged_into=None)
    found = find_patients(text, limit=None, among=among) if text.strip() else among.order_by("-pk")
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    asked = {key: value for key, value in (("group", group.pk if group else ""), ("q", text)) if value}
    context: dict[str, object] = {"page": shown, "q": text, "query": f"{urlencode(asked)}&" if asked else ""}
    context |= {"may_edit": request.user.can(Perm.PATIENTS_EDIT), "may_see_groups": may_see_groups(request)}
    if group:
        may_take = request.user.can(Perm.SEGMENTS_EXPORT)
        context |= {"group": group, "sentence": sentence_of(group), "may_take": may_take}
    part = is_htmx(request) and request.headers.get("HX-Target", "").endswith("patients-found")
    return render(request, "patients/_found.html" if part else "patients/list.html", context)


def group_of(request: HttpRequest) -> Segment | None:
    """The group that the address names; 404 for one that this account may not see."""
    wanted = request.GET.get("group", "")
    if not wanted:
        return None
    found = [row for row in segments_for(request.user) if str(row.pk) == wanted] if may_see_groups(request) else []
    if not found:
        raise Http404
    return found[0]


def may_see_groups(request: HttpRequest) -> bool:
    """Whether groups are for this account at all."""
    return bool(request.user.can(Perm.SEGMENTS_VIEW))


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
