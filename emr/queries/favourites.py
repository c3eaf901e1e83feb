"""What a doctor has at hand while prescribing."""

from dataclasses import dataclass, field

from django.db.models import Q

from clinic.accounts.models import User
from clinic.patients.models import Patient
from emr.models import Encounter, FavouriteDiagnosis, FavouriteDrug, MedicationRequest, PrescriptionSet
from emr.queries.chart import whole_of
from emr.statuses import EncounterStatus


@dataclass(frozen=True)
class AtHand:
    """One doctor's favourites, the sets she may use, and what the patient got last time: five queries."""

    diagnoses: list[FavouriteDiagnosis] = field(default_factory=list)
    drugs: list[FavouriteDrug] = field(default_factory=list)
    sets: list[PrescriptionSet] = field(default_factory=list)
    last: list[MedicationRequest] = field(default_factory=list)

    @property
    def drug_keys(self) -> set[tuple[str, str]]:
        """Name and dose of the favourites: tells which lines carry a star."""
        return {(drug.name, drug.dose) for drug in self.drugs}

    @property
    def diagnosis_keys(self) -> set[tuple[str, str]]:
        """Code and title of the favourites."""
        return {(each.code, each.title) for each in self.diagnoses}


def at_hand(user: User, record: Encounter | None) -> AtHand:
    """See `AtHand`; empty where nothing may be written."""
    if record is None:
        return AtHand()
    return AtHand(
        diagnoses=list(FavouriteDiagnosis.objects.filter(user=user)),
        drugs=list(FavouriteDrug.objects.filter(user=user).select_related("medication")),
        sets=list(
            PrescriptionSet.objects.filter(Q(owner=user) | Q(owner=None), is_active=True).prefetch_related("lines")
        ),
        last=last_prescription(record.patient, besides=record),
    )


def last_prescription(patient: Patient, *, besides: Encounter) -> list[MedicationRequest]:
    """The lines of the patient's last signed record that has any."""
    lines = MedicationRequest.objects.filter(
        whole_of(patient), encounter__status=EncounterStatus.SIGNED, is_cancelled=False
    ).exclude(encounter=besides)
    last = lines.order_by("-encounter__signed_at").values_list("encounter", flat=True).first()
    return list(lines.filter(encounter=last).select_related("medication")) if last else []
