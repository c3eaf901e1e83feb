"""Adding files of a patient, several at once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from clinic.shared.html import close_drawer
from clinic.shared.uploads import ACCEPT, files_of, takes_files
from emr import actions
from emr.forms import FileForm
from emr.models import Audience, FileKind, ServiceRequest
from scheduling.models import Visit
from scheduling.views.frame import show


@takes_files
@needs(Perm.FILES_ADD)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Choose several photos or PDFs at once; those that are refused are named, the others are kept."""
    patient = surviving(request, patient_id)
    start = {**usual_kind(request.user), "taken_on": timezone.localdate()}
    if _named(request, "order"):
        start |= {"kind": FileKind.RESULT, "audience": Audience.CLINICAL}
    form = FileForm(request.POST or None, initial=start)
    kept, refused = 0, list[str]()
    if request.method == "POST" and form.is_valid():
        kept, refused = _keep_all(request, patient, form)
        if kept and not refused:
            text = ngettext("%(count)s file is kept.", "%(count)s files are kept.", kept)
            return close_drawer(text % {"count": kept})
    context = {"form": form, "patient": patient, "refused": refused, "kept": kept, "accept": ACCEPT}
    return show(request, "emr/files/add.html", context, status=422 if form.errors or refused else 200)


def usual_kind(user: User) -> dict[str, Any]:
    """What a form proposes: photos for those who treat, a card of the patient for reception."""
    if user.can(Perm.RECORD_VIEW):
        return {"kind": FileKind.PHOTO, "audience": Audience.CLINICAL}
    return {"kind": FileKind.CARD, "audience": Audience.DESK}


def _keep_all(request: HttpRequest, patient: Patient, form: FileForm) -> tuple[int, list[str]]:
    kept, refused = 0, []
    try:
        uploads = files_of(request)
    except ActionError as error:
        return 0, [error.message]
    visit = Visit.objects.filter(pk=_named(request, "visit"), patient=patient).first()
    order = ServiceRequest.objects.filter(pk=_named(request, "order"), patient=patient).first()
    for upload in uploads:
        try:
            actions.add_file(
                patient=patient, upload=upload, visit=visit, order=order, by=request.user, **form.described()
            )
        except ActionError as error:
            if error.field in form.fields:
                form.add_error(error.field, error.message)
                break
            refused.append(f"{called(upload)}: {error.message}" if len(uploads) > 1 else error.message)
        else:
            kept += 1
    return kept, refused


def _named(request: HttpRequest, what: str) -> int:
    """The number of the visit or order that the address names; 0 for none."""
    named = request.GET.get(what, "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 19 else 0


def called(upload: Any) -> str:
    """The name that a person gave a file, safe to show: no controls, no marks that turn the reading round."""
    plain = "".join(mark for mark in str(upload.name) if mark.isprintable()).replace("\\", "/")
    return plain.rsplit("/", 1)[-1][:40] or "…"
