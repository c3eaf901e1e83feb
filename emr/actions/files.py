"""Adding, describing, releasing and removing files of patients."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.actions import log_access
from clinic.patients.models import AccessLog, Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from clinic.shared.uploads import keep_upload
from emr.models import Audience, File, FileKind, Intake, ServiceRequest
from emr.permissions import may_add_files
from scheduling.models import Visit

FILES_AT_MOST = 2_000  # of one patient
BYTES_AT_MOST = 5 * 10**9


def add_file(
    *,
    patient: Patient,
    upload: Any,
    kind: str = FileKind.PHOTO,
    title: str = "",
    taken_on: dt.date | None = None,
    audience: str = Audience.CLINICAL,
    visit: Visit | None = None,
    order: ServiceRequest | None = None,
    drawn_on: File | None = None,
    intake: Intake | None = None,
    asked_for: str = "",
    holds: Callable[[], object] | None = None,
    came_by: str = "page",
    by: User | None,
) -> File:
    """Keep an uploaded photo or PDF, decoded and written anew before any transaction begins; `taken_on` is today
    where nobody says otherwise; a paper that came back of an `order` stands with its results, one that a form
    asked for (`asked_for`, a question of `intake`) with its answers. `holds` raises where it may no longer be written.

    Raises Invalid at `file` for what is not kept, at the other fields for what cannot be read, Forbidden for an
    account that adds no files, Conflict where the patient has too many.
    """
    if by is not None and not may_add_files(by):
        raise Forbidden(_("Your role does not add files."))
    values = described(kind=kind, title=title, taken_on=taken_on or timezone.localdate(), audience=audience)
    _check_room(patient)
    with keep_upload(upload) as kept:
        return _write_file(
            patient=patient,
            kept=kept,
            visit=visit,
            order=order,
            drawn_on=drawn_on,
            intake=intake,
            asked_for=asked_for,
            holds=holds,
            came_by=came_by,
            by=by,
            values=values,
        )


@action
def _write_file(
    *,
    patient: Patient,
    kept: Any,
    values: dict[str, Any],
    holds: Callable[[], object] | None,
    by: User | None,
    **more: Any,
) -> File:
    if holds is not None:
        holds()
    Patient.objects.select_for_update().get(pk=patient.pk)
    _check_room(patient)
    beside = (more["visit"], more["order"], more["drawn_on"], more["intake"])
    if any(row and row.patient_id != patient.pk for row in beside):
        raise Invalid(_("This belongs to another patient."), field="visit")
    file = File(patient=patient, uploaded_by=by, **values, **more)
    file.stored, file.stored_thumb, file.stored_page = kept.name, kept.thumb, kept.page
    for name in ("mime", "size", "width", "height", "pages", "sha256"):
        setattr(file, name, getattr(kept, name))
    file.save()
    tell_of_files()
    return file


def _check_room(patient: Patient) -> None:
    sizes = list(File.objects.filter(patient=patient, removed_at=None).values_list("size", flat=True))
    if len(sizes) >= FILES_AT_MOST or sum(sizes) >= BYTES_AT_MOST:
        raise Conflict(_("This patient has as many files as can be kept. Remove some first."))


def described(*, kind: str, title: str, taken_on: dt.date, audience: str) -> dict[str, Any]:
    """What is said of a file in the spelling that is stored; raises Invalid at the field."""
    if kind not in FileKind.values:
        raise Invalid(_("Choose one of the answers."), field="kind")
    if audience not in Audience.values:
        raise Invalid(_("Choose one of the answers."), field="audience")
    title = normalise(title)
    if len(title) > 120:
        raise Invalid(_("Write at most %(count)s characters.") % {"count": 120}, field="title")
    if not dt.date(1900, 1, 1) <= taken_on <= timezone.localdate():
        raise Invalid(_("A photo or document cannot be from the future."), field="taken_on")
    return {"kind": kind, "title": title, "taken_on": taken_on, "audience": audience}


@action
def log_thumbs(*, patient: Patient, by: User | None) -> None:
    """Note that small pictures were seen: one row for a person and patient in ten minutes, not one for each picture."""
    lately = timezone.now() - dt.timedelta(minutes=10)
    if not AccessLog.objects.filter(patient=patient, user=by, what="pictures", at__gt=lately).exists():
        log_access(patient=patient, what="pictures", by=by)


def tell_of_files() -> None:
    """Open galleries fetch themselves again; the notice names no patient."""
    for branch in Branch.objects.values_list("pk", flat=True):
        tell("files", branch=branch)
