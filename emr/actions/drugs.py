"""Prescribing, one line at a time."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.text import normalise
from emr.actions.common import draft
from emr.actions.dosing import clean_dosing
from emr.models import Encounter, Medication, MedicationRequest
from emr.models.dosing import counted_quantity
from emr.permissions import require_write
from emr.queries.drugs import allergies_against
from emr.queries.safety import Caution, cautions_for

LONGEST_COURSE = 365


@action
def prescribe(
    *,
    encounter: Encounter,
    medication: Medication | None = None,
    name: str = "",
    dose: str = "",
    dosing: dict[str, Any] | None = None,
    quantity: str = "",
    days: int | None = None,
    is_ongoing: bool = False,
    override_reason: str = "",
    by: User | None,
) -> MedicationRequest:
    """Add a line to the prescription: a drug of the clinic's list, or any by name. `days` is the length of the course,
    `dosing` the dose as picked ({amount, unit, often, when}), `dose` what is added in words.

    Raises Conflict where something grave speaks against it and no reason is given (code `allergy` with `allergies`,
    else `caution`; both with `cautions`), Invalid for a line without a drug, Conflict once the record is signed.
    """
    row = draft(encounter, by, Perm.PRESCRIBE)
    line = {"medication": medication, "name": name, "dose": dose, "dosing": dosing, "quantity": quantity, "days": days}
    made, cautions = add_line(row, {**line, "is_ongoing": is_ongoing}, override_reason)
    if made is None:
        raise _refused(row, medication, name, cautions)
    return made


def add_line(
    row: Encounter, line: dict[str, Any], override_reason: str
) -> tuple[MedicationRequest | None, list[Caution]]:
    """The line, unless something asks for a reason that is missing; and all that speaks against it."""
    medication = line.get("medication")
    name = normalise(line.get("name"))[:200] or (str(medication)[:200] if medication else "")
    days = line.get("days")
    if not name:
        raise Invalid(_("Name the drug, or choose one from the list."), field="name")
    if days is not None and not 1 <= days <= LONGEST_COURSE:
        raise Invalid(_("A course lasts from 1 to 365 days."), field="days")
    dosing = clean_dosing(line.get("dosing"), medication)
    reason = normalise(override_reason)[:300]
    cautions = cautions_for(patient=row.patient, medication=medication, name=name, encounter=row)
    asked = any(caution.asks for caution in cautions)
    if asked and not reason:
        return None, cautions
    usual = medication.default_dose if medication and not dosing else ""
    made = MedicationRequest.objects.create(
        encounter=row,
        patient=row.patient,
        medication=medication,
        name=name,
        dose=normalise(line.get("dose"))[:200] or usual,
        dosing=dosing,
        quantity=normalise(line.get("quantity"))[:40] or counted_quantity(dosing, days),
        days=days,
        is_ongoing=bool(line.get("is_ongoing")),
        warnings=[caution.kept() for caution in cautions],
        warning_overridden=reason if asked else "",
    )
    return made, cautions


def _refused(row: Encounter, medication: Medication | None, name: str, cautions: list[Caution]) -> Conflict:
    told = [caution.kept() for caution in cautions if caution.asks]
    against = allergies_against(patient=row.patient, medication=medication, name=normalise(name) or str(medication))
    if not against:
        text = " · ".join(caution["text"] for caution in told)
        message = _("%(what)s. To prescribe it all the same, say why.") % {"what": text}
        return Conflict(message, field="override_reason", code="caution", cautions=told)
    return Conflict(
        _("This patient is allergic to %(substance)s. To prescribe it all the same, say why.")
        % {"substance": ", ".join(allergy.substance for allergy in against)},
        field="override_reason",
        code="allergy",
        allergies=[{"substance": a.substance, "reaction": a.reaction, "severity": a.severity} for a in against],
        cautions=told,
    )


@action
def cancel_prescription_line(*, line: MedicationRequest, by: User | None) -> MedicationRequest:
    """Strike a line out; it stays in the record as struck out. Raises Conflict once the record is signed."""
    draft(line.encounter, by, Perm.PRESCRIBE)
    row = MedicationRequest.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if not row.is_cancelled:
        row.is_cancelled = True
        row.save()
    return row


@action
def stop_medicine(*, line: MedicationRequest, why: str = "", by: User | None) -> MedicationRequest:
    """The patient takes it no more, from today; what was signed about it stays. Stopping it again changes nothing."""
    require_write(by, permission=Perm.PRESCRIBE)
    row = MedicationRequest.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if row.stopped_on is None:
        row.stopped_on, row.stopped_why = timezone.localdate(), normalise(why)[:200]
        row.save()
    return row
