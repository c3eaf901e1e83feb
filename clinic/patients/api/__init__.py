"""Patients for clients of the API, by subject."""

from clinic.patients.api.cards import Patients
from clinic.patients.api.merging import Duplicates, Merges
from clinic.patients.api.relations import Consents, Labels, PatientLabels, Relatives
from clinic.patients.api.segments import Conditions, Segments

__all__ = [
    "Conditions",
    "Consents",
    "Duplicates",
    "Labels",
    "Merges",
    "PatientLabels",
    "Patients",
    "Relatives",
    "Segments",
]
