"""Patients, who may act for them, what they agreed to, who read their record; two cards of one person."""

from clinic.patients.models.merging import NotTheSame, PatientMerge
from clinic.patients.models.people import (
    CONSENTS,
    AccessLog,
    Consent,
    ConsentText,
    Patient,
    PatientAccess,
    Relation,
    Sex,
)

__all__ = [
    "CONSENTS",
    "AccessLog",
    "Consent",
    "ConsentText",
    "NotTheSame",
    "Patient",
    "PatientAccess",
    "PatientMerge",
    "Relation",
    "Sex",
]
