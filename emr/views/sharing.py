"""Who reads a note: levels, people named, emergencies."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from emr import actions, queries
from emr.forms import PrivacyForm
from emr.models import Encounter, Privacy
from emr.views.common import again, find_record, find_visit, part, parts


@needs(Perm.RECORD_WRITE)
@require_http_methods(["GET", "POST"])
def privacy(request: HttpRequest, pk: int) -> HttpResponse:
    """The choice of who reads a note; saved, the foot of its card again."""
    record = find_record(request, pk)
    if request.method == "GET":
        return render(request, "emr/parts/privacy_form.html", _levels(request, record))
    form = PrivacyForm(request.POST)
    if not form.is_valid():
        return _privacy_again(request, record, next(iter(form.errors.values()))[0])
    try:
        actions.set_privacy(encounter=record, by=request.user, **form.cleaned_data)
    except ActionError as error:
        return _privacy_again(request, record, error.message)
    return part(request, "privacy", again(record))


def _privacy_again(request: HttpRequest, record: Encounter, error: str) -> HttpResponse:
    context = {**_levels(request, record), "error": error}
    answer = render(request, "emr/parts/privacy_form.html", context, status=422)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#privacy form", "outerHTML"
    return answer


def _levels(request: HttpRequest, record: Encounter) -> dict[str, Any]:
    return {
        "record": record,
        "level": record.privacy,
        "levels": Privacy.choices,
        "people": queries.colleagues(request.user),
        "named": set(record.readers.values_list("user", flat=True)),
    }


@needs(Perm.RECORD_VIEW)
@require_POST
def open_glass(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a private note in an emergency; the owner is told."""
    record = get_object_or_404(Encounter.objects.select_related("practitioner"), pk=pk)
    try:
        actions.break_glass(encounter=record, reason=request.POST.get("reason", ""), by=request.user)
    except ActionError as error:
        if error.status != 400:
            return redirect("emr:visit", pk=record.visit_id)
        visit = find_visit(record.visit_id)
        context = {**parts(request, visit, None), "closed": record, "glass_error": error.message}
        return render(request, "emr/visit.html", context, status=422)
    return redirect("emr:visit", pk=record.visit_id)


@needs(Perm.AUDIT_VIEW)
@require_GET
def opened_notes(request: HttpRequest) -> HttpResponse:
    """Private notes that were opened in emergencies: who, whose, when, why."""
    return render(request, "emr/opened_notes.html", {"rows": queries.broken_glass()[:200]})
