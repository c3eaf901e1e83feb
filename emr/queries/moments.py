"""The record's own moments on a patient's timeline: fifty visits with all that was written, in one statement."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.permissions import Perm
from clinic.shared.chart import Ask, Moment, moments
from clinic.shared.db.prepared import rows
from emr.models import Encounter, MedicationRequest, NoteTemplateVersion
from emr.permissions import closed_to
from emr.queries.drawing import Pen, lines_html, visit_html
from emr.statuses import EncounterStatus

# Written by hand: the ORM takes longer to put it together than the database to answer it.
VISITS = """
    SELECT v.id, v.arrived_at, v.status, v.came_by, v.appointment_id, s.name AS service, p.name AS doctor,
           e.id AS record, e.status AS record_status, e.privacy, e.complaint, e.note, e.advice,
           NULLIF(e.answers, '{}'), e.template_id,
           ARRAY(SELECT ARRAY[c.code, c.title] FROM emr_condition c
                  WHERE c.encounter_id = e.id AND NOT c.entered_in_error ORDER BY c.id) AS conditions,
           ARRAY(SELECT ARRAY[m.name, m.dose, CASE WHEN m.is_cancelled THEN 'x' ELSE '' END]
                   FROM emr_medicationrequest m WHERE m.encounter_id = e.id ORDER BY m.id) AS lines,
           (SELECT json_agg(json_build_array(a.text, a.created_at, u.full_name) ORDER BY a.id) FROM emr_addendum a
              JOIN accounts_user u ON u.id = a.by_id WHERE a.encounter_id = e.id) AS addenda
      FROM scheduling_visit v
      JOIN scheduling_service s ON s.id = v.service_id
      JOIN scheduling_practitioner p ON p.id = v.practitioner_id
      LEFT JOIN emr_encounter e ON e.visit_id = v.id
     WHERE v.patient_id = ANY(%(patients)s::bigint[])
       AND (%(at)s::timestamptz IS NULL OR v.arrived_at < %(at)s
            OR (v.arrived_at = %(at)s AND (%(order)s::bigint > %(last)s::bigint
                                           OR %(order)s::bigint = %(last)s::bigint AND v.id < %(pk)s::bigint)))
     ORDER BY v.arrived_at DESC, v.id DESC LIMIT %(limit)s::bigint
"""


class VisitRow(NamedTuple):
    """A line of VISITS, in its order."""

    pk: int
    at: dt.datetime
    status: str
    came_by: str
    appointment: int | None
    service: str
    doctor: str
    record: int | None
    record_status: str | None
    privacy: str | None
    complaint: str
    note: str
    advice: str
    answers: Any
    template: int | None
    conditions: list[list[str]]
    lines: list[list[str]]  # name, dose, and something where it is struck out
    addenda: list[tuple[str, str, str]] | None


def visit_rows(ask: Ask) -> list[VisitRow]:
    """Visits with what was written in each; one statement."""
    mark = ask.before
    values = {
        "patients": list(ask.patients),
        "at": mark.at if mark else None,
        "last": mark.order if mark else 0,
        "pk": mark.pk if mark else 0,
        "order": ask.order,
        "limit": ask.limit,
    }
    found = (VisitRow(*row) for row in rows(VISITS, values))
    return [row._replace(answers=json.loads(row.answers)) if isinstance(row.answers, str) else row for row in found]


@moments("visits", label=gettext_lazy("Visits and notes"), icon="notebook-pen", permission=Perm.RECORD_VIEW, order=10)
def visits(ask: Ask) -> Iterable[Moment]:
    """Each visit with its note, diagnoses, drugs and additions; a private note says only that it is one."""
    found = visit_rows(ask)
    closed = closed_to(ask.user, [(row.record, row.privacy or "") for row in found if row.record])
    asked = {row.template for row in found if row.template and row.answers and row.record not in closed}
    pen = Pen()
    contents = dict(NoteTemplateVersion.objects.filter(pk__in=asked).values_list("pk", "content")) if asked else {}
    return [
        Moment(
            at=row.at,
            pk=row.pk,
            title=row.service,
            text=row.doctor,
            url=f"/doctor/visit/{row.pk}/",
            status=row.record_status or ("" if row.status == "finished" else row.status),
            icon="" if row.record else "circle",
            body=visit_html(row, pen, contents.get(row.template or 0), closed=row.record in closed),
        )
        for row in found
    ]


@moments(
    "prescriptions",
    label=gettext_lazy("Prescriptions"),
    icon="pill",
    permission=Perm.RECORD_VIEW,
    order=20,
    folded=True,
)
def prescriptions(ask: Ask) -> Iterable[Moment]:
    """What was prescribed, by visit."""
    with_lines = MedicationRequest.objects.filter(patient__in=ask.patients).values("encounter")
    kept = Encounter.objects.filter(pk__in=with_lines).exclude(status=EncounterStatus.ENTERED_IN_ERROR)
    records = list(ask.newest(kept.select_related("practitioner"), "created_at").prefetch_related("prescriptions"))
    pen = Pen()
    closed = closed_to(ask.user, [(record.pk, record.privacy) for record in records])
    return [
        Moment(
            at=record.created_at,
            pk=record.pk,
            title=_("Prescription"),
            text=record.practitioner.name,
            url="" if record.pk in closed else f"/prescriptions/{record.pk}/print/",
            body=lines_html([(line.name, line.dose, line.is_cancelled) for line in record.prescriptions.all()], pen),
        )
        for record in records
    ]
