"""Patients, who may act for them, what they agreed to, who read their record; two cards of one person."""

from clinic.patients.models.erasing import Erasure
from clinic.patients.models.exports import RecordExport
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
from clinic.patients.models.relations import (
    INVERSE,
    ContactKind,
    ContactNote,
    Kin,
    PatientRules,
    PatientTag,
    RelatedPerson,
    Tag,
    Tone,
)
from clinic.patients.models.segments import Segment

__all__ = [
    "CONSENTS",
    "INVERSE",
    "AccessLog",
    "Consent",
    "ConsentText",
    "ContactKind",
    "ContactNote",
    "Erasure",
    "Kin",
    "NotTheSame",
    "Patient",
    "PatientAccess",
    "PatientMerge",
    "PatientRules",
    "PatientTag",
    "RecordExport",
    "RelatedPerson",
    "Relation",
    "Segment",
    "Sex",
    "Tag",
    "Tone",
]
