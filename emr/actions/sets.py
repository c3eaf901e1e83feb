"""What a doctor uses again: sets, the last prescription."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.text import normalise
from emr.actions.common import draft, locked
from emr.actions.drugs import add_line
from emr.models import (
    Encounter,
    MedicationRequest,
    PrescriptionSet,
    PrescriptionSetLine,
)
from emr.models.favourites import DrugLine
from emr.queries.favourites import last_prescription

LINE = ("medication", "name", "dose", "dosing", "quantity", "days")


@action
def repeat_prescription(*, encounter: Encounter, override_reason: str = "", by: User | None) -> list[MedicationRequest]:
    """Prescribe once more what the patient's last signed prescription holds. Raises Conflict where there is none, and
    as `prescribe` does."""
    row = draft(encounter, by, Perm.PRESCRIBE)
    last = last_prescription(row.patient, besides=row)
    if not last:
        raise Conflict(_("There is no earlier prescription to repeat."), code="no_last")
    return _add_all(row, last, override_reason)


@action
def use_set(*, encounter: Encounter, of_set: PrescriptionSet, override_reason: str = "", by: User) -> list[Any]:
    """Prescribe all drugs of a set and add its advice. Raises as `prescribe` does: then nothing is written."""
    row = draft(encounter, by, Perm.PRESCRIBE)
    if of_set.owner_id not in {None, by.pk}:
        raise Forbidden(_("This set belongs to another doctor."))
    made = _add_all(row, of_set.lines.select_related("medication"), override_reason)
    if of_set.advice and of_set.advice not in row.advice:
        row.advice = f"{row.advice}\n{of_set.advice}".strip()
        row.version += 1
        row.save()
    return made


def _add_all(
    row: Encounter, lines: Iterable[MedicationRequest | DrugLine], override_reason: str
) -> list[MedicationRequest]:
    made, told = [], []
    for line in lines:
        values = {name: getattr(line, name) for name in LINE}
        if values["medication"] is not None and not values["medication"].is_active:
            values["medication"] = None
        one, cautions = add_line(row, values, override_reason)
        told += [caution.kept() for caution in cautions if caution.asks] if one is None else []
        made += [one] if one else []
    if told:
        text = " · ".join(dict.fromkeys(caution["text"] for caution in told))
        message = _("%(what)s. To prescribe it all the same, say why.") % {"what": text}
        raise Conflict(message, field="override_reason", code="caution", cautions=told)
    return made


@action
def save_set(*, encounter: Encounter, name: str, shared: bool = False, by: User) -> PrescriptionSet:
    """Keep the lines and the advice of this record as a set, for oneself or for the whole clinic; one of the same
    name gets these lines instead. Raises Invalid without a name, Conflict without lines."""
    row = locked(encounter, by, Perm.PRESCRIBE)
    name = normalise(name)[:80]
    if not name:
        raise Invalid(_("Name the set."), field="name")
    lines = list(row.prescriptions.filter(is_cancelled=False))
    if not lines:
        raise Conflict(_("Prescribe something first, then keep it as a set."), code="empty")
    owner = None if shared else by
    kept = PrescriptionSet.objects.filter(owner=owner, name=name, is_active=True).select_for_update(of=("self",))
    the_set = kept.first() or PrescriptionSet(owner=owner, name=name)
    the_set.advice = row.advice
    the_set.save()
    for old in the_set.lines.all():
        old.delete()
    for line in lines:
        PrescriptionSetLine.objects.create(of_set=the_set, **{name: getattr(line, name) for name in LINE})
    return the_set


@action
def drop_set(*, of_set: PrescriptionSet, by: User) -> PrescriptionSet:
    """Take a set out of use: one's own, or one of the clinic by who keeps its lists."""
    if of_set.owner_id not in {None, by.pk} or not by.can(Perm.PRESCRIBE):
        raise Forbidden(_("This set belongs to another doctor."))
    row = PrescriptionSet.objects.select_for_update(of=("self",)).get(pk=of_set.pk)
    if row.is_active:
        row.is_active = False
        row.save()
    return row
