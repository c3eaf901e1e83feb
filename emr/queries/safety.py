"""What speaks against prescribing a drug to a patient: allergies, the same substance twice, interactions."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic.patients.models import Patient
from clinic.shared.text import search_key
from emr.models import AllergyIntolerance, Danger, Encounter, Interaction, Medication, MedicationRequest
from emr.queries.chart import current_medicines
from emr.queries.drugs import SAME_GROUP, allergies_against
from emr.queries.substances import Substances, substances_of


@dataclass(frozen=True)
class Caution:
    """One thing that speaks against a drug, in the doctor's words; `asks` for a reason, or is only told."""

    kind: str
    severity: str
    text: str
    advice: str = ""
    asks: bool = True

    def kept(self) -> dict[str, Any]:
        """What stays with the line."""
        return {name: value for name, value in asdict(self).items() if name != "asks"}


def cautions_for(
    *, patient: Patient, medication: Medication | None, name: str, encounter: Encounter | None = None
) -> list[Caution]:
    """Everything that speaks against it, gravest kind first. Compared with what the patient takes and with the lines
    of this visit; the number of queries does not grow with either."""
    allergies = allergies_against(patient=patient, medication=medication, name=name)
    found = [_allergy(each) for each in allergies]
    taken = _taken(patient, encounter)
    if not taken:
        return found
    new, *others = substances_of([(medication, name), *((line.medication, line.name) for line in taken)])
    pairs = list(zip(taken, others, strict=True))
    twice = [caution for line, other in pairs if (caution := _twice(new, other, line, encounter))]
    return found + twice + _interactions(new, pairs)


def _taken(patient: Patient, encounter: Encounter | None) -> list[MedicationRequest]:
    """The lines of this visit, and what runs from earlier ones; once each."""
    here = MedicationRequest.objects.filter(encounter=encounter, is_cancelled=False, stopped_on=None)
    lines = [*here.select_related("medication"), *current_medicines(patient)] if encounter else []
    return list({line.pk: line for line in lines or current_medicines(patient)}.values())


def _allergy(allergy: AllergyIntolerance) -> Caution:
    words = {"substance": allergy.substance, "reaction": allergy.reaction}
    text = _("Allergic to %(substance)s: %(reaction)s") if allergy.reaction else _("Allergic to %(substance)s")
    return Caution("allergy", allergy.severity, text % words)


def _twice(new: Substances, other: Substances, line: MedicationRequest, visit: Encounter | None) -> Caution | None:
    same = new.ingredients & other.ingredients or new.codes & other.codes
    here = visit is not None and line.encounter_id == visit.pk
    if same:
        # Going on with the same medicine is no mistake; the same substance under two names is.
        going_on = not here and search_key(new.label) == search_key(other.label)
        text = _("Takes it already: %(drug)s") if going_on else _("The same substance twice: %(drug)s")
        return Caution("duplicate", Danger.MAJOR, text % {"drug": line.name}, asks=not going_on)
    groups = {code[:SAME_GROUP] for code in new.codes} & {code[:SAME_GROUP] for code in other.codes}
    if any(len(group) == SAME_GROUP for group in groups):
        return Caution("group", Danger.MODERATE, _("Two drugs of one group: %(drug)s") % {"drug": line.name})
    return None


def _interactions(new: Substances, pairs: Iterable[tuple[MedicationRequest, Substances]]) -> list[Caution]:
    table = list(_rows_about(new))
    found = {}
    for line, other in pairs:
        for row in table:
            if _is(row, new, other) or _is(row, other, new):
                found[row.pk, line.name] = Caution(
                    "interaction",
                    row.severity,
                    _("With %(drug)s: %(effect)s") % {"drug": line.name, "effect": row.effect},
                    row.advice,
                    asks=row.severity != Danger.MINOR,
                )
    order = [str(value) for value in reversed(Danger.values)]
    return sorted(found.values(), key=lambda caution: order.index(caution.severity))


def _rows_about(drug: Substances) -> QuerySet[Interaction]:
    names, codes = drug.ingredients | drug.names, drug.prefixes()
    sides = Q(first_key__in=names) | Q(second_key__in=names) | Q(first_atc__in=codes) | Q(second_atc__in=codes)
    return Interaction.objects.filter(sides, is_active=True)


def _is(row: Interaction, one: Substances, other: Substances) -> bool:
    return _side(row.first_key, row.first_atc, one) and _side(row.second_key, row.second_atc, other)


def _side(key: str, code: str, drug: Substances) -> bool:
    return key in drug.ingredients or key in drug.names or bool(code and code in drug.prefixes())
