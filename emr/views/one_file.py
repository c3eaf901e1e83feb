"""One file: its content for whoever was checked, what is known of it, and what may be done."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.shared.errors import ActionError
from clinic.shared.html import close_drawer, is_htmx
from clinic.shared.serving import serve
from emr import actions, queries
from emr.forms import FileForm
from emr.models import File
from emr.permissions import may_add_files, may_change_file, visible_files
from scheduling.views.frame import branch_of, show


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
            error.put(form)
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
