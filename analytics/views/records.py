"""The whole record, to take along: asked for at the desk or by the patient, opened by who may read it."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analytics import actions
from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.patients.models import RecordExport
from clinic.patients.permissions import acts_for
from clinic.patients.queries import patient_rules
from clinic.patients.views.surviving import surviving
from clinic.shared.html import toast

KINDS = {"fhir": ("bundle", "application/fhir+json", "json"), "pdf": ("paper", "application/pdf", "pdf")}


@needs(Perm.PATIENTS_EXPORT)
@require_http_methods(["GET", "POST"])
def for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """What was asked for on the card; asking. Reading it needs the right to read records."""
    patient = surviving(request, patient_id)
    asked = request.method == "POST"
    if asked:
        actions.ask_record(patient=patient, by=request.user)
    latest = RecordExport.objects.filter(patient=patient).order_by("-pk").first()
    context = {"patient": patient, "export": latest, "may_read": request.user.can(Perm.RECORD_VIEW)}
    answer = render(request, "analytics/_record.html", context)
    return toast(answer, _("The record is being made; the patient gets a message.")) if asked else answer


@needs(Perm.RECORD_VIEW)
@require_safe
def staff_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The file for somebody of the clinic who may read records."""
    return _file(request, get_object_or_404(RecordExport.objects.select_related("patient"), pk=pk), kind)


@needs(Perm.OWN_VIEW)
@require_http_methods(["GET", "POST"])
def ask_own(request: HttpRequest) -> HttpResponse:
    """The patient's own people, with what can be taken along of each; asking."""
    family = acts_for(request.user)
    if request.method == "POST":
        chosen = request.POST.get("patient", "")
        wanted = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
        export = actions.ask_record(patient=get_object_or_404(family, pk=wanted), by=request.user)
        return HttpResponseRedirect(f"/my/record/{export.token}/")
    shown = {"family": family, "shows_readers": patient_rules().shows_readers}
    return render(request, "analytics/my_record.html", shown)


@needs(Perm.OWN_VIEW)
@require_safe
def own(request: HttpRequest, token: str) -> HttpResponse:
    """One record that was asked for: being made, ready, or gone."""
    return render(request, "analytics/my_record_ready.html", {"export": _own(request, token)})


@needs(Perm.OWN_VIEW)
@require_safe
def own_file(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """The file for the patient, or who acts for her."""
    return _file(request, _own(request, token), kind)


def _own(request: HttpRequest, token: str) -> RecordExport:
    rows = RecordExport.objects.select_related("patient").filter(patient__in=acts_for(request.user).values("pk"))
    export: RecordExport = get_object_or_404(rows, token=token)
    return export


def _file(request: HttpRequest, export: RecordExport, kind: str) -> HttpResponse:
    if kind not in KINDS or not export.is_there:
        raise Http404
    field, content_type, ending = KINDS[kind]
    log_access(patient=export.patient, what="export", by=request.user)
    answer = HttpResponse(bytes(getattr(export, field)), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="record-{export.patient_id}.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer
