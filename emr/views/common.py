"""What the doctor's pages share: finding a record, and drawing its parts."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.errors import ActionError
from emr import permissions, queries
from emr.forms import AddendumForm, AllergyForm, FollowUpForm
from emr.models import AllergyIntolerance, Encounter
from emr.queries.favourites import at_hand
from emr.queries.templates import questions_of, told
from emr.views.answers import drawn
from emr.views.care.forms import LineForm, SetForm
from scheduling.models import Service, Visit

FOLLOW_CHOICES = [(7, _("1 week")), (14, _("2 weeks")), (30, _("1 month")), (90, _("3 months"))]


def age_of(patient: Patient) -> int | None:
    """Full years, where the birth date is known."""
    born, today = patient.birth_date, timezone.localdate()
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def find_visit(pk: int) -> Visit:
    """A visit with what its page names; 404 where there is none."""
    return get_object_or_404(
        Visit.objects.select_related("patient", "service", "practitioner", "branch", "room", "encounter"), pk=pk
    )


def find_record(request: HttpRequest, pk: int) -> Encounter:
    """A record with its content, for who may write it in that branch."""
    record = get_object_or_404(queries.with_content(Encounter.objects.all()), pk=pk)
    if not permissions.may_write(request.user, record.visit.branch_id):
        raise PermissionDenied
    if not permissions.may_read_note(request.user, record):
        raise PermissionDenied
    return record


def again(record: Encounter) -> Encounter:
    """The record as it is after an action."""
    return queries.with_content(Encounter.objects.all()).get(pk=record.pk)


def can_write(request: HttpRequest, visit: Visit, record: Encounter | None) -> bool:
    """Whether this page may offer inputs."""
    return record is not None and record.is_open and permissions.may_write(request.user, visit.branch_id)


def parts(request: HttpRequest, visit: Visit, record: Encounter | None) -> dict[str, Any]:
    """The context of every part of the visit page."""
    writer = permissions.may_write(request.user, visit.branch_id)
    return {
        "visit": visit,
        "patient": visit.patient,
        "age": age_of(visit.patient),
        "record": record,
        "writer": writer,
        "writable": can_write(request, visit, record),
        "prescriber": permissions.may_prescribe(request.user, visit.branch_id),
        "glance": queries.record_at_a_glance(visit.patient, reader=request.user, besides=record),
        **note_context(visit, record),
        "supervisors": queries.supervisors(request.user) if writer and record and not record.is_open else [],
        "allergy_form": AllergyForm(),
        "severities": AllergyIntolerance._meta.get_field("severity").choices,
        **prescribing(request, visit, record),
        "addendum_form": AddendumForm(),
        "follow_form": FollowUpForm.of(record) if record else None,
        "follow_choices": FOLLOW_CHOICES,
        "services": Service.objects.filter(is_active=True),
    }


def prescribing(request: HttpRequest, visit: Visit, record: Encounter | None) -> dict[str, Any]:
    """What the diagnosis and the prescription offer besides what stands there."""
    hand = at_hand(request.user, record if can_write(request, visit, record) else None)
    known = hand.diagnosis_keys
    lines = record.prescriptions.all() if record else []
    return {
        "hand": hand,
        "starred": {line.pk for line in lines if (line.name, line.dose) in hand.drug_keys},
        "starred_diagnoses": {
            each.pk for each in (record.conditions.all() if record else []) if (each.code, each.title) in known
        },
        "line_form": LineForm(),
        "set_form": SetForm(auto_id="set-%s"),
    }


def note_context(visit: Visit, record: Encounter | None) -> dict[str, Any]:
    """What the note asks, what was answered, which templates may be chosen."""
    if record is None:
        return {}
    content = record.template.content if record.template else None
    return {
        "sections": drawn(content, record.answers) if record.is_open else [],
        "told": told(content, record.answers),
        "templates": queries.templates_for(visit) if record.is_open else [],
        "asked": " ".join(question["key"] for question in questions_of(content)),
    }


def part(request: HttpRequest, name: str, record: Encounter, *, status: int = 200, **more: Any) -> HttpResponse:
    """One part of the visit page (`emr/parts/<name>.html`), as an answer to htmx."""
    context = {**parts(request, record.visit, record), **more}
    return render(request, f"emr/parts/{name}.html", context, status=status)


def words_of(error: ActionError) -> dict[str, Any]:
    """An action's refusal for a template: which input, and the sentence."""
    return {"error_field": error.field, "error": error.message, "error_code": error.code, "error_status": error.status}
