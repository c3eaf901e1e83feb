"""Files of a patient: the gallery, adding and describing them, and their content for whoever was checked."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.patients.models import Patient
from clinic.shared.errors import ActionError
from clinic.shared.html import close_drawer, is_htmx
from clinic.shared.uploads import ACCEPT, files_of, serve, takes_files
from emr import actions, queries
from emr.forms import FileForm
from emr.models import Audience, File, FileKind
from emr.permissions import may_add_files, may_change_file, visible_files
from emr.views.common import age_of
from scheduling.models import Visit
from scheduling.views.frame import branch_of, show

EACH = 60


@needs(Perm.PATIENTS_VIEW)
@require_GET
def gallery(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A patient's files as this account may see them: a page, or the part that other pages fetch and keep fresh."""
    patient = get_object_or_404(Patient, pk=patient_id)
    log_access(patient=patient, what="files", by=request.user)
    part = is_htmx(request)
    context = gallery_context(request, patient, limit=12 if request.GET.get("few") else EACH)
    return render(request, "emr/files/gallery.html" if part else "emr/files/page.html", context)


def gallery_context(request: HttpRequest, patient: Patient, *, limit: int = EACH) -> dict[str, Any]:
    """What the gallery shows."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in FileKind.values else ""
    shown = queries.gallery_of(patient, request.user, kind=kind, limit=limit + 1)
    return {
        "patient": patient,
        "age": age_of(patient),
        "files": shown[:limit],
        "more": len(shown) > limit,
        "few": request.GET.get("few", "")[:1],
        "kind": kind,
        "kinds": FileKind.choices,
        "branch": branch_of(request, Perm.PATIENTS_VIEW),
        "may_add": may_add_files(request.user),
        "comparable": sum(each.file.kind == FileKind.PHOTO and each.file.is_picture for each in shown) > 1,
    }


@takes_files
@needs(Perm.FILES_ADD)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Choose several photos or PDFs at once; those that are refused are named, the others are kept."""
    patient = get_object_or_404(Patient, pk=patient_id, merged_into=None)
    start = {**usual_kind(request.user), "taken_on": timezone.localdate()}
    form = FileForm(request.POST or None, initial=start)
    refused: list[str] = []
    kept = 0
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
    visit = _visit_named(request, patient)
    for upload in uploads:
        try:
            actions.add_file(patient=patient, upload=upload, visit=visit, by=request.user, **form.described())
        except ActionError as error:
            if error.field in form.fields:
                form.add_error(error.field, error.message)
                break
            refused.append(f"{called(upload)}: {error.message}" if len(uploads) > 1 else error.message)
        else:
            kept += 1
    return kept, refused


def _visit_named(request: HttpRequest, patient: Patient) -> Visit | None:
    named = request.GET.get("visit", "")
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        return None
    return Visit.objects.filter(pk=int(named), patient=patient).first()


def called(upload: Any) -> str:
    """The name that a person gave a file, safe to show: no controls, no marks that turn the reading round."""
    plain = "".join(mark for mark in str(upload.name) if mark.isprintable()).replace("\\", "/").rsplit("/", 1)[-1]
    return plain[:40] or "…"


def find_file(request: HttpRequest, pk: int) -> File:
    """A file that this account may see; for everybody else there is none."""
    return get_object_or_404(visible_files(request.user).select_related("patient", "uploaded_by"), pk=pk)


def find_to_change(request: HttpRequest, pk: int) -> File:
    """A file that this account may see and change."""
    file = find_file(request, pk)
    if not may_change_file(request.user, file):
        raise Http404
    return file


@needs(Perm.PATIENTS_VIEW)
@require_GET
def content(request: HttpRequest, pk: int, what: str = "stored") -> FileResponse:
    """The file itself, its small picture or its first page: every reading is noted."""
    file = find_file(request, pk)
    return answer_with(request, file, what)


def answer_with(request: HttpRequest, file: File, what: str) -> FileResponse:
    """One of a file's contents, with the row of the access log."""
    if what == "stored_thumb":
        actions.log_thumbs(patient=file.patient, by=request.user)
    else:
        log_access(patient=file.patient, what=f"file {file.pk}", by=request.user)
    name = getattr(file, what)
    if not name:
        raise Http404
    return serve(name, called=f"{file.kind}-{file.pk}", download="download" in request.GET)


@needs(Perm.PATIENTS_VIEW)
@require_GET
def viewer(request: HttpRequest, pk: int) -> HttpResponse:
    """One file large, with what is known of it and what may be done; a removed one can be brought back."""
    file = get_object_or_404(visible_files(request.user, removed=True).select_related("patient", "uploaded_by"), pk=pk)
    may_change = may_change_file(request.user, file)
    if file.removed_at and not may_change:
        raise Http404
    around = list(queries.files_of(file.patient, request.user).values_list("pk", flat=True)[:500])
    place = around.index(file.pk) if file.pk in around else 0
    context = {
        "file": file,
        "patient": file.patient,
        "branch": branch_of(request, Perm.PATIENTS_VIEW),
        "may_change": may_change,
        "may_draw": may_add_files(request.user) and file.is_picture,
        "newer": around[place - 1] if place else None,
        "older": around[place + 1] if place + 1 < len(around) else None,
        "drawings": visible_files(request.user).filter(drawn_on=file),
    }
    return render(request, "emr/files/view.html" if is_htmx(request) else "emr/files/viewer.html", context)


@needs(Perm.PATIENTS_VIEW)
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """What it shows, of what kind, from when, and who sees it."""
    file = find_to_change(request, pk)
    names = ("kind", "title", "taken_on", "audience")
    form = FileForm(request.POST or None, initial={name: getattr(file, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe_file(file=file, by=request.user, **form.described())
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return close_drawer(_("Saved."))
    return show(request, "emr/files/describe.html", {"form": form, "file": file}, status=422 if form.errors else 200)


STEPS = {"release": "release_file", "hold-back": "hold_back_file", "remove": "remove_file"}


@needs(Perm.PATIENTS_VIEW)
@require_POST
def step(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Release to the patient, take that back, or remove; a removal can be undone."""
    file = find_to_change(request, pk)
    getattr(actions, STEPS[to])(file=file, by=request.user)
    said = {
        "release": _("The patient sees it now."),
        "hold-back": _("The patient does not see it any more."),
        "remove": _("The file is removed."),
    }
    return close_drawer(said[to], undo_url=reverse("emr:restore-file", args=[pk]) if to == "remove" else "")


@needs(Perm.PATIENTS_VIEW)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """The undo of a removal."""
    file = get_object_or_404(File, pk=pk, removed_at__isnull=False)
    if not may_change_file(request.user, file):
        raise Http404
    actions.restore_file(file=file, by=request.user)
    return close_drawer(_("The file is back."))
