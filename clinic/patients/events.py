"""What happens to patients' cards, told to `clinic/workflows.py`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PatientsMerged:
    """Two cards became one, or (`apart`) were told apart again; the rows have moved already."""

    merge_id: int
    apart: bool = False


@dataclass(frozen=True)
class PatientErased:
    """Nothing is known of a person any more; her rows stand without words."""

    patient_id: int


@dataclass(frozen=True)
class PhoneGivenUp:
    """A number left a patient's card, since it has another owner now."""

    patient_id: int
    phone: str
