"""The clinical record: encounters, findings, drugs."""

from emr.models.background import BackgroundEntry, BackgroundKind, Relative
from emr.models.drugs import HandOff, Medication, MedicationRequest
from emr.models.favourites import FavouriteDiagnosis, FavouriteDrug, PrescriptionSet, PrescriptionSetLine
from emr.models.files import Audience, File, FileKind
from emr.models.findings import AllergyIntolerance, Condition, Severity
from emr.models.intake import Intake, IntakeDraft, IntakeForm, IntakeFormVersion, IntakeStatusChange
from emr.models.letters import Letter, LetterKind, LetterStatusChange, LetterTemplate, Paper
from emr.models.orders import Flag, OrderItem, OrderKind, Result, ServiceRequest, ServiceRequestStatusChange
from emr.models.outcomes import Better, OutcomeMeasure, OutcomeScore
from emr.models.phone_links import PhoneLink
from emr.models.plans import CarePlan, CarePlanStatusChange, PlanGoal, PlannedSessions
from emr.models.record import (
    Addendum,
    Cosign,
    CosignStatusChange,
    Encounter,
    EncounterStatusChange,
    GlassBreak,
    NoteReader,
    Privacy,
)
from emr.models.safety import Danger, Interaction
from emr.models.templates import NoteTemplate, NoteTemplateVersion, Phrase, TemplateKind
from emr.models.vitals import VitalKind, VitalRange, VitalSign

__all__ = [
    "Addendum",
    "AllergyIntolerance",
    "Audience",
    "BackgroundEntry",
    "BackgroundKind",
    "Better",
    "CarePlan",
    "CarePlanStatusChange",
    "Condition",
    "Cosign",
    "CosignStatusChange",
    "Danger",
    "Encounter",
    "EncounterStatusChange",
    "FavouriteDiagnosis",
    "FavouriteDrug",
    "File",
    "FileKind",
    "Flag",
    "GlassBreak",
    "HandOff",
    "Intake",
    "IntakeDraft",
    "IntakeForm",
    "IntakeFormVersion",
    "IntakeStatusChange",
    "Interaction",
    "Letter",
    "LetterKind",
    "LetterStatusChange",
    "LetterTemplate",
    "Medication",
    "MedicationRequest",
    "NoteReader",
    "NoteTemplate",
    "NoteTemplateVersion",
    "OrderItem",
    "OrderKind",
    "OutcomeMeasure",
    "OutcomeScore",
    "Paper",
    "PhoneLink",
    "Phrase",
    "PlanGoal",
    "PlannedSessions",
    "PrescriptionSet",
    "PrescriptionSetLine",
    "Privacy",
    "Relative",
    "Result",
    "ServiceRequest",
    "ServiceRequestStatusChange",
    "Severity",
    "TemplateKind",
    "VitalKind",
    "VitalRange",
    "VitalSign",
]
