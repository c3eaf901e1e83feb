"""A group of patients as a table to keep."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.models import CONSENTS, Consent, Patient, PatientTag
from clinic.patients.views.segments import find_segment
from clinic.shared.calendar import format_date
from clinic.shared.sheets import csv_answer
from clinic.shared.workbooks import xlsx_answer

IN_A_FILE = 20_000


@needs(Perm.SEGMENTS_EXPORT)
@require_safe
def segment_file(request: HttpRequest, segment_pk: int, sheet: str) -> HttpResponse:
    """The patients of a group as a table to keep; each card notes that it was taken."""
    answer = {"csv": csv_answer, "xlsx": xlsx_answer}.get(sheet)
    row = find_segment(request, segment_pk)
    if answer is None or not row.is_active:
        raise Http404
    patients = list(queries.patients_of(row).order_by("pk")[:IN_A_FILE])
    actions.note_list_taken(patients=patients, by=request.user)
    head = [
        *(_("File number"), _("First name"), _("Last name"), _("Mobile number"), _("E-mail"), _("Date of birth")),
        *(_("Sex"), _("Labels"), _("May be written to")),
    ]
    return answer(f"group-{row.pk}-{timezone.localdate():%Y-%m-%d}", head, _lines(patients))


def _lines(patients: list[Patient]) -> list[list[object]]:
    ids = [each.pk for each in patients]
    labels: dict[int, list[str]] = {}
    for one, name in (
        PatientTag.objects.filter(patient__in=ids).order_by("tag__name").values_list("patient", "tag__name")
    ):
        labels.setdefault(one, []).append(name)
    told = CONSENTS["messages"].kind
    agreed = set(
        Consent.objects.filter(patient__in=ids, kind=told, withdrawn_at=None).values_list("patient", flat=True)
    )
    return [
        [
            each.pk,
            each.first_name,
            each.last_name,
            each.phone,
            each.email,
            _day(each.birth_date),
            each.get_sex_display(),
            ", ".join(labels.get(each.pk, [])),
            _("yes") if each.pk in agreed else _("no"),
        ]
        for each in patients
    ]


def _day(day: dt.date | None) -> str:
    return format_date(day, style="numeric") if day else ""
