"""A patient's background: what is known of before, of the family, of the way of life."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from emr.models import BackgroundEntry, BackgroundKind, Relative
from emr.permissions import require_write

ALONE = {BackgroundKind.SMOKING, BackgroundKind.ALCOHOL, BackgroundKind.OCCUPATION}  # the newest replaces the old
OLDEST_YEAR = 1850


@action
def add_background(
    *,
    patient: Patient,
    kind: str,
    title: str,
    relative: str = "",
    year: int | None = None,
    detail: str = "",
    by: User | None,
) -> BackgroundEntry:
    """Note a fact; the same one again gets its details instead of standing twice. `year` is Gregorian, when it was or
    began; `relative` is for the family only. Raises Invalid."""
    require_write(by)
    title = normalise(title)[:200]
    if kind not in BackgroundKind.values:
        raise Invalid(_("Choose what kind it is."), field="kind")
    if not title:
        raise Invalid(_("Write what it is."), field="title")
    if kind == BackgroundKind.FAMILY and relative not in Relative.values:
        raise Invalid(_("Choose who in the family."), field="relative")
    if year is not None and not OLDEST_YEAR <= year <= timezone.localdate().year:
        raise Invalid(_("Write a year that has been."), field="year")
    relative = relative if kind == BackgroundKind.FAMILY else ""
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    known = BackgroundEntry.objects.filter(patient=patient, kind=kind, entered_in_error=False)
    if kind not in ALONE:
        known = known.filter(title=title, relative=relative)
    row = known.first() or BackgroundEntry(patient=patient, kind=kind, relative=relative)
    row.title, row.year, row.detail = title, year, normalise(detail)[:300]
    row.save()
    return row


@action
def remove_background(*, entry: BackgroundEntry, by: User | None) -> BackgroundEntry:
    """Mark a fact as entered in error; it stays in the history and is shown no more."""
    require_write(by)
    row = BackgroundEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if not row.entered_in_error:
        row.entered_in_error = True
        row.save()
    return row
