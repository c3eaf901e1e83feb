"""Prescribing, and the clinic's own list of drugs."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.text import normalise, search_key
from emr.actions.common import draft
from emr.models import Encounter, Medication, MedicationRequest
from emr.queries.drugs import allergies_against

LONGEST_COURSE = 365


@action
def prescribe(
    *,
    encounter: Encounter,
    medication: Medication | None = None,
    name: str = "",
    dose: str = "",
    quantity: str = "",
    days: int | None = None,
    override_reason: str = "",
    by: User | None,
) -> MedicationRequest:
    """Add a line to the prescription: a drug of the clinic's list, or any by name. `days` is the length of the course.

    Raises Conflict (code `allergy`, with `allergies`) where the patient is allergic to it and no reason is given,
    Invalid for a line without a drug, Conflict once the record is signed.
    """
    row = draft(encounter, by, Perm.PRESCRIBE)
    name = normalise(name)[:200] or (str(medication)[:200] if medication else "")
    if not name:
        raise Invalid(_("Name the drug, or choose one from the list."), field="name")
    if days is not None and not 1 <= days <= LONGEST_COURSE:
        raise Invalid(_("A course lasts from 1 to 365 days."), field="days")
    reason = normalise(override_reason)[:300]
    against = allergies_against(patient=row.patient, medication=medication, name=name)
    if against and not reason:
        raise Conflict(
            _("This patient is allergic to %(substance)s. To prescribe it all the same, say why.")
            % {"substance": ", ".join(allergy.substance for allergy in against)},
            field="override_reason",
            code="allergy",
            allergies=[{"substance": a.substance, "reaction": a.reaction, "severity": a.severity} for a in against],
        )
    return MedicationRequest.objects.create(
        encounter=row,
        patient=row.patient,
        medication=medication,
        name=name,
        dose=normalise(dose)[:200] or (medication.default_dose if medication else ""),
        quantity=normalise(quantity)[:40],
        days=days,
        warning_overridden=reason if against else "",
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
def save_medication(*, medication: Medication | None = None, by: User | None, **values: Any) -> Medication:
    """Put a drug on the clinic's list, or change one. Raises Invalid where it has no name or stands there already."""
    if by is not None and not (by.can(Perm.PRESCRIBE) or by.can(Perm.SETUP_MANAGE)):
        raise Forbidden(_("Only doctors and managers keep the list of drugs."))
    row = medication or Medication()
    for field in ("name", "name_en", "form", "strength", "substance", "atc", "default_dose"):
        if field in values:
            setattr(row, field, normalise(values[field]))
    if "is_active" in values:
        row.is_active = bool(values["is_active"])
    if not row.name:
        raise Invalid(_("Name the drug."), field="name")
    same = Medication.objects.filter(name=row.name, form=row.form, strength=row.strength, is_active=True)
    if row.is_active and same.exclude(pk=row.pk).exists():
        raise Invalid(_("This drug is already on the list."), field="name")
    row.atc = row.atc.upper()
    row.search_text = search_key(f"{row.name} {row.name_en} {row.substance} {row.strength} {row.atc}")
    row.save()
    return row
