"""What is done with pictures: two of them side by side, and drawing on a copy."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError, Invalid
from clinic.shared.uploads import files_of, takes_files
from emr import actions, queries
from emr.models import File
from emr.views.one_file import find_file


@needs(Perm.PATIENTS_VIEW)
@require_GET
def compare(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Two photos over one another with a slider between them: the first and the last where none are named."""
    patient = surviving(request, patient_id)
    log_access(patient=patient, what="files", by=request.user)
    pictures = queries.pictures_of(patient, request.user)
    context: dict[str, Any] = {"patient": patient, "pictures": pictures}
    if len(pictures) > 1:
        before, after = _named(request, "a", pictures, pictures[0]), _named(request, "b", pictures, pictures[-1])
        context |= {"before": before, "after": after, "days": abs((after.taken_on - before.taken_on).days)}
    return render(request, "emr/files/compare.html", context)


def _named(request: HttpRequest, name: str, pictures: list[File], otherwise: File) -> File:
    return next((each for each in pictures if str(each.pk) == request.GET.get(name)), otherwise)


@takes_files
@needs(Perm.FILES_ADD)
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Pen, arrow and words on a copy; the original stays as it is. POST takes the drawn picture, answers JSON."""
    file = find_file(request, pk)
    if not file.is_picture:
        return HttpResponse(_("Only pictures can be drawn on."), status=400, content_type="text/plain; charset=utf-8")
    if request.method == "GET":
        log_access(patient=file.patient, what=f"file {file.pk}", by=request.user)
        return render(request, "emr/files/draw.html", {"file": file, "patient": file.patient})
    try:
        copy = _copy(request, file)
    except ActionError as error:
        return JsonResponse({"message": error.message}, status=422 if isinstance(error, Invalid) else error.status)
    return JsonResponse({"url": reverse("emr:file", args=[copy.pk])})


def _copy(request: HttpRequest, file: File) -> File:
    uploads = files_of(request, at_most=1)
    return actions.add_file(
        patient=file.patient, upload=uploads[0], kind=file.kind, title=file.title, taken_on=file.taken_on,
        audience=file.audience, visit=file.visit, drawn_on=file, by=request.user,
    )  # fmt: skip
