"""Reads of labels, family and the clinic's choices about patients' data."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from clinic.patients.models import Patient, PatientRules, RelatedPerson, Tag
from clinic.patients.models.relations import INVERSE, Kin
from clinic.shared.calendar import add_months


@dataclass(frozen=True)
class Kinship:
    """One person who belongs to a patient, from whichever card it was noted."""

    row: RelatedPerson
    person: Patient | None
    name: str
    phone: str
    kin: str
    is_own: bool  # noted on this card: it can be changed here

    @property
    def label(self) -> str:
        """What the person is to the patient, in words."""
        return str(Kin(self.kin).label)


def patient_rules() -> PatientRules:
    """The clinic's choices; the usual ones until somebody chooses."""
    return PatientRules.objects.order_by("-pk").first() or PatientRules()


def kept_until(last_visit: dt.date | None) -> dt.date | None:
    """The day until which a record must be kept; None where nobody was ever seen or the clinic keeps nothing."""
    years = patient_rules().keep_years
    if last_visit is None or not years:
        return None
    year, month = add_months(last_visit.year, last_visit.month, 12 * years)
    return dt.date(year, month, min(last_visit.day, 28))


def tags_of(patient: Patient) -> QuerySet[Tag]:
    """The labels of a patient, by name."""
    return Tag.objects.filter(pk__in=patient.tag_rows.values("tag"))


def tags_to_put(patient: Patient) -> QuerySet[Tag]:
    """The labels in use that she does not have."""
    return Tag.objects.filter(is_active=True).exclude(pk__in=patient.tag_rows.values("tag"))


def relatives_of(patient: Patient) -> list[Kinship]:
    """Who belongs to a patient, from both directions; people noted twice stand once, as noted on this card."""
    rows = RelatedPerson.objects.filter(Q(patient=patient) | Q(relative=patient)).select_related("patient", "relative")
    found: dict[int, Kinship] = {}
    outsiders = []
    for row in rows.order_by("pk"):
        if row.patient_id == patient.pk and row.relative is None:
            outsiders.append(Kinship(row, None, row.name, row.phone, row.kin, True))
        elif row.patient_id == patient.pk and row.relative is not None:
            other = row.relative
            found[other.pk] = Kinship(row, other, other.full_name, other.phone, row.kin, True)
        else:
            other = row.patient
            kin = parent_of(other) if row.kin == Kin.CHILD else INVERSE[row.kin]
            found.setdefault(other.pk, Kinship(row, other, other.full_name, other.phone, kin, False))
    return [*found.values(), *outsiders]


def parent_of(person: Patient) -> str:
    """Mother or father by the sex on the card."""
    return {"female": Kin.MOTHER, "male": Kin.FATHER}.get(person.sex, Kin.GUARDIAN)
