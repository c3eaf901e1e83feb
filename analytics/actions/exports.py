"""A patient's whole record: asked for, made in the background, kept for a day, told to the patient."""

import datetime as dt
import secrets

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics.queries.fhir import bundle_of
from analytics.queries.paper import paper_of
from clinic.accounts.models import User
from clinic.patients.actions import log_access
from clinic.patients.models import Patient, RecordExport
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.links import absolute
from clinic.shared.speaking import speaking
from clinic.shared.work import wake
from messaging.actions import queue_message

KEPT = dt.timedelta(days=1)
TRIES = 3


@action
def ask_record(*, patient: Patient, by: User | None) -> RecordExport:
    """Ask for the whole record of a patient; while one is being made or is still there, that one.

    Raises Conflict for a card that was merged into another.
    """
    from analytics import tasks  # it imports this module

    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if patient.merged_into_id:
        raise Conflict(_("This patient was merged into another one. Open that one."))
    latest = RecordExport.objects.filter(patient=patient).order_by("-pk").first()
    if latest and (latest.is_there or (latest.ready_at is None and latest.tries < TRIES)):
        return latest
    language = patient.language or (get_language() or "")[:2]
    export = RecordExport(patient=patient, asked_by=by, language=language, token=secrets.token_urlsafe(32))
    export.save()
    wake(tasks.make_record, export.pk)
    return export


@action
def make_record(*, export_id: int, by: User | None) -> RecordExport | None:
    """Make what was asked for, keep it for a day and tell the patient; None where it is made or somebody makes it."""
    rows = RecordExport.objects.select_for_update(of=("self",), skip_locked=True).select_related("patient")
    export = rows.filter(pk=export_id, ready_at=None, tries__lt=TRIES).first()
    if export is None:
        return None
    now = timezone.now()
    with speaking(export.language):
        export.bundle = bundle_of(export.patient, at=now).model_dump_json().encode()
        export.paper = paper_of(export.patient, at=now)
    export.ready_at, export.expires_at = now, now + KEPT
    export.save()
    log_access(patient=export.patient, what="export", by=export.asked_by)
    queue_message(
        kind="record_ready",
        patient=export.patient,
        cause=f"export:{export.pk}",
        link=absolute(f"/my/record/{export.token}/"),
        by=by,
    )
    return export


@action
def forget_records(*, by: User | None) -> int:
    """Empty what was kept for a day; how many."""
    rows = list(RecordExport.objects.filter(bundle__isnull=False, expires_at__lte=timezone.now())[:200])
    for row in rows:
        row.bundle = row.paper = None
        row.save()
    return len(rows)
