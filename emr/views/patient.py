"""A patient's whole record for who treats her, and what she sees of it herself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.patients.views.surviving import surviving
from clinic.shared.chart import Ask, Mark, kinds_for, questions, seen_tiles, stretch, tiles_for, told_kinds
from clinic.shared.html import is_htmx
from clinic.shared.speaking import speaking
from emr import permissions, queries
from emr.actions import open_record
from emr.models import Encounter
from emr.statuses import EncounterStatus
from emr.views.care.common import tabs_of
from emr.views.common import age_of


@needs(Perm.RECORD_VIEW)
@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole record on one page: tiles with what must be known, and everything that happened, by kind."""
    kinds, name = kinds_for(request.user), request.GET.get("kind", "")
    kind = next((each.name for each in kinds if each.name == name), "")
    only_part = is_htmx(request) and "part" in request.GET
    asked = questions([*told_kinds(request.user, kind), *([] if only_part else seen_tiles(request.user))])
    found = open_record(pk=pk, what="timeline", by=request.user, asked=asked)
    if found is None:
        raise Http404
    patient, ids, facts = found
    if patient.merged_into_id:
        surviving(request, pk)  # leads to the card that stands
    before = Mark.read(request.GET.get("before", ""))
    page = stretch(user=request.user, patient=patient, patients=ids, kind=kind, before=before, facts=facts)
    context: dict[str, Any] = {
        "patient": patient,
        "age": age_of(patient),
        "record_tabs": tabs_of(patient, "patient"),
        "kind": kind,
        "tabs": queries.kinds_html(kinds, kind),
        "timeline": page,
        "moments": queries.moments_html(page),
        "before": before,
    }
    if only_part:
        return render(request, "emr/parts/timeline.html", context)
    context["tiles"] = queries.tiles_html(tiles_for(Ask(request.user, patient, ids), facts))
    return render(request, "emr/patient.html", context)


@needs(Perm.RECORD_VIEW)
@require_GET
def for_patient(request: HttpRequest, pk: int) -> HttpResponse:
    """The record's part of the patient card."""
    patient = surviving(request, pk)
    log_access(patient=patient, what="card", by=request.user)
    context = {"patient": patient, "glance": queries.record_at_a_glance(patient, reader=request.user)}
    return render(request, "emr/for_patient.html", context)


@needs(Perm.OWN_VIEW)
@require_GET
def my_prescriptions(request: HttpRequest) -> HttpResponse:
    """Advice and drugs of the signed records of those for whom the account acts."""
    records = list(queries.signed_of(permissions.released_to(request.user)))[:50]
    template = "emr/my_prescriptions.html" if is_htmx(request) else "emr/my_prescriptions_page.html"
    return render(request, template, {"records": records})


@needs(Perm.RECORD_VIEW)
@require_GET
def print_prescription(request: HttpRequest, pk: int) -> HttpResponse:
    """The prescription on A5, in the language asked for."""
    kept = Encounter.objects.filter(permissions.readable_by(request.user)).exclude(
        status=EncounterStatus.ENTERED_IN_ERROR
    )
    record = get_object_or_404(queries.with_content(kept), pk=pk)
    log_access(patient=record.patient, what="prescription", by=request.user)
    return _sheet(request, record)


@needs(Perm.OWN_VIEW)
@require_GET
def my_prescription(request: HttpRequest, pk: int) -> HttpResponse:
    """The same sheet for the patient, once it is signed."""
    own = permissions.released_to(request.user).values("pk")
    record = get_object_or_404(queries.with_content(Encounter.objects.filter(pk__in=own)), pk=pk)
    log_access(patient=record.patient, what="prescription", by=request.user)
    return _sheet(request, record)


def _sheet(request: HttpRequest, record: Encounter) -> HttpResponse:
    with speaking(request.GET.get("language", "") or request.COOKIES.get("language", "")) as language:
        context = {
            "record": record,
            "patient": record.patient,
            "age": age_of(record.patient),
            "doctor": record.practitioner,
            "lines": queries.lines_to_take(record),
            "language": language,
        }
        return render(request, "emr/print.html", context)
