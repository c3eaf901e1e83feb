"""What the clinic released of a patient's files, for herself and her family."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.shared.html import is_htmx
from emr.permissions import files_released_to
from emr.views.one_file import answer_with


@needs(Perm.OWN_VIEW)
@require_GET
def my_files(request: HttpRequest) -> HttpResponse:
    """Released files, the latest first: a page, or the part of the patient's own page."""
    files = list(files_released_to(request.user).select_related("patient").order_by("-taken_on", "-pk")[:100])
    for patient in {file.patient_id: file.patient for file in files}.values():
        log_access(patient=patient, what="own files", by=request.user)
    template = "emr/files/my_part.html" if is_htmx(request) else "emr/files/my_page.html"
    return render(request, template, {"files": files, "several": len({file.patient_id for file in files}) > 1})


@needs(Perm.OWN_VIEW)
@require_GET
def my_file(request: HttpRequest, pk: int, what: str = "stored") -> FileResponse:
    """One of them."""
    return answer_with(request, get_object_or_404(files_released_to(request.user), pk=pk), what)
