"""The gallery of a patient's files: a page, or a part of other pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.patients.models import Patient
from clinic.patients.views.surviving import surviving
from clinic.shared.html import is_htmx
from emr import queries
from emr.models import FileKind
from emr.permissions import may_add_files
from emr.views.common import age_of
from scheduling.views.frame import branch_of

EACH, FEW = 240, 8


@needs(Perm.PATIENTS_VIEW)
@require_GET
def gallery(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A patient's files as this account may see them: a page, or the part that other pages fetch and keep fresh."""
    patient = surviving(request, patient_id)
    log_access(patient=patient, what="files", by=request.user)
    part = is_htmx(request)
    context = gallery_context(request, patient, few=part and "kind" not in request.GET)
    return render(request, "emr/files/gallery.html" if part else "emr/files/page.html", context)


def gallery_context(request: HttpRequest, patient: Patient, *, few: bool) -> dict[str, Any]:
    """What the gallery shows: all of it, or the latest few inside another page."""
    kind = request.GET.get("kind", "")
    kind, limit = (kind if kind in FileKind.values else ""), (FEW if few else EACH)
    shown = queries.gallery_of(patient, request.user, kind=kind, limit=limit + 1)
    return {
        "patient": patient,
        "age": age_of(patient),
        "files": shown[:limit],
        "more": len(shown) > limit,
        "few": few,
        "kind": kind,
        "kinds": FileKind.choices,
        "branch": branch_of(request, Perm.PATIENTS_VIEW),
        "may_add": may_add_files(request.user),
        "comparable": sum(each.file.kind == FileKind.PHOTO and each.file.is_picture for each in shown) > 1,
    }
