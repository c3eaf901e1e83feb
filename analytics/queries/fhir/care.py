"""Appointment, Encounter, Condition, AllergyIntolerance, MedicationRequest, and signed notes as DocumentReference."""

import base64
from collections.abc import Iterator

from fhir.resources.R4B.allergyintolerance import AllergyIntolerance as FhirAllergy
from fhir.resources.R4B.appointment import Appointment as FhirAppointment
from fhir.resources.R4B.condition import Condition as FhirCondition
from fhir.resources.R4B.documentreference import DocumentReference
from fhir.resources.R4B.encounter import Encounter as FhirEncounter
from fhir.resources.R4B.medicationrequest import MedicationRequest as FhirMedicationRequest

from analytics.queries import handed
from analytics.queries.fhir.parts import ICD10, concept, fixed, ref, said
from clinic.shared.links import absolute
from emr.models import AllergyIntolerance, Condition, Encounter, MedicationRequest, Privacy
from emr.statuses import EncounterStatus
from scheduling.models import Appointment, Visit
from scheduling.statuses import AppointmentStatus as A
from scheduling.statuses import VisitStatus as V

BOOKED = {
    A.HELD: "pending", A.PENDING: "pending", A.BOOKED: "booked", A.ARRIVED: "arrived", A.CHECKED_IN: "checked-in",
    A.FULFILLED: "fulfilled", A.CANCELLED: "cancelled", A.NO_SHOW: "noshow", A.RESCHEDULED: "cancelled",
    A.EXPIRED: "cancelled", A.ENTERED_IN_ERROR: "entered-in-error",
}  # fmt: skip
CAME = {
    V.ARRIVED: "arrived", V.CALLED: "arrived", V.ON_HOLD: "onleave", V.IN_ROOM: "in-progress",
    V.CHECKOUT: "in-progress", V.FINISHED: "finished", V.LEFT: "cancelled", V.CANCELLED: "cancelled",
    V.ENTERED_IN_ERROR: "entered-in-error",
}  # fmt: skip


def appointments(cards: list[int]) -> Iterator[FhirAppointment]:
    """Every promised time."""
    rows = Appointment.objects.filter(patient__in=cards).select_related("service", "practitioner").order_by("pk")
    for row in rows:
        yield FhirAppointment(
            **said(
                id=str(row.pk),
                status=BOOKED[A(row.status)],
                serviceType=[concept(row.service.name)],
                start=row.starts_at,
                end=row.ends_at,
                created=row.created_at,
                participant=[
                    {"actor": ref("Patient", cards[0]), "status": "accepted"},
                    {"actor": ref("Practitioner", row.practitioner_id, row.practitioner.name), "status": "accepted"},
                ],
            )
        )


def encounters(cards: list[int]) -> Iterator[FhirEncounter]:
    """Every visit."""
    rows = Visit.objects.filter(patient__in=cards).select_related("service", "practitioner").order_by("pk")
    for row in rows:
        ended = row.finished_at if row.finished_at and row.finished_at >= row.arrived_at else None
        yield FhirEncounter(
            **said(
                id=str(row.pk),
                status=CAME[V(row.status)],
                class_fhir={"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                type=[concept(row.service.name)],
                subject=ref("Patient", cards[0]),
                participant=[{"individual": ref("Practitioner", row.practitioner_id, row.practitioner.name)}],
                period=said(start=row.arrived_at, end=ended),
                appointment=[ref("Appointment", row.appointment_id)] if row.appointment_id else None,
                serviceProvider=ref("Organization", 1),
            )
        )


def conditions(cards: list[int]) -> Iterator[FhirCondition]:
    """Diagnoses and problems; those of records that are not signed yet are not handed over."""
    rows = Condition.objects.filter(patient__in=cards, entered_in_error=False).select_related("encounter")
    for row in rows.exclude(encounter__status=EncounterStatus.DRAFT).order_by("pk"):
        yield FhirCondition(
            **said(
                id=str(row.pk),
                clinicalStatus=fixed("condition-clinical", "resolved" if row.ended_on else "active"),
                verificationStatus=fixed("condition-ver-status", "confirmed"),
                category=[
                    fixed("condition-category", "problem-list-item" if row.is_problem else "encounter-diagnosis")
                ],
                code=concept(row.title, system=ICD10, code=row.code),
                subject=ref("Patient", cards[0]),
                encounter=ref("Encounter", row.encounter.visit_id) if row.encounter else None,
                recordedDate=row.created_at,
                abatementDateTime=row.ended_on,
            )
        )


def allergies(cards: list[int]) -> Iterator[FhirAllergy]:
    """What she does not tolerate."""
    for row in AllergyIntolerance.objects.filter(patient__in=cards).order_by("pk"):
        reaction = [{"manifestation": [concept(row.reaction)], "severity": row.severity}] if row.reaction else None
        yield FhirAllergy(
            **said(
                id=str(row.pk),
                clinicalStatus=fixed("allergyintolerance-clinical", "resolved" if row.ended_on else "active"),
                verificationStatus=fixed("allergyintolerance-verification", "confirmed"),
                code=concept(row.substance),
                patient=ref("Patient", cards[0]),
                recordedDate=row.created_at,
                reaction=reaction,
            )
        )


def medicines(cards: list[int]) -> Iterator[FhirMedicationRequest]:
    """Prescription lines of signed records."""
    rows = MedicationRequest.objects.filter(patient__in=cards, encounter__status=EncounterStatus.SIGNED)
    for row in rows.select_related("encounter__practitioner").order_by("pk"):
        words = ", ".join(filter(None, [row.dose_words, row.quantity]))
        repeat = {"repeat": {"boundsDuration": {"value": row.days, "unit": "d"}}} if row.days else {}
        yield FhirMedicationRequest(
            **said(
                id=str(row.pk),
                status="cancelled" if row.is_cancelled else "completed",
                intent="order",
                medicationCodeableConcept=concept(row.name),
                subject=ref("Patient", cards[0]),
                encounter=ref("Encounter", row.encounter.visit_id),
                authoredOn=row.encounter.signed_at,
                requester=ref("Practitioner", row.encounter.practitioner_id, row.encounter.practitioner.name),
                dosageInstruction=[said(text=words, timing=repeat)] if words or repeat else None,
            )
        )


def notes(cards: list[int]) -> Iterator[DocumentReference]:
    """Signed notes that everybody who treats her may read; drafts and private notes are not handed over."""
    rows = Encounter.objects.filter(
        patient__in=cards, status=EncounterStatus.SIGNED, privacy=Privacy.EVERYBODY
    ).select_related("practitioner", "visit")
    for row in rows.prefetch_related("addenda").order_by("pk"):
        text = "\n\n".join(filter(None, [row.complaint, row.note, row.advice, *(a.text for a in row.addenda.all())]))
        if text:
            yield DocumentReference(
                **said(
                    id=str(row.pk),
                    status="current",
                    docStatus="final",
                    type=concept("Note"),
                    subject=ref("Patient", cards[0]),
                    date=row.signed_at,
                    author=[ref("Practitioner", row.practitioner_id, row.practitioner.name)],
                    context={"encounter": [ref("Encounter", row.visit_id)]},
                    content=[
                        {
                            "attachment": {
                                "contentType": "text/plain; charset=utf-8",
                                "data": base64.b64encode(text.encode()).decode(),
                            }
                        }
                    ],
                )
            )


def files(cards: list[int]) -> Iterator[DocumentReference]:
    """Photos and documents that a doctor released to her; the clinic's address gives them to who is signed in."""
    for row in handed.files(cards):
        attachment = said(
            contentType=row.mime, title=row.title, url=absolute(f"/files/{row.pk}/content/"), size=row.size
        )
        yield DocumentReference(
            **said(
                id=f"file-{row.pk}",
                status="current",
                type=concept(str(row.get_kind_display())),
                subject=ref("Patient", cards[0]),
                date=row.created_at,
                context={"encounter": [ref("Encounter", row.visit_id)]} if row.visit_id else None,
                content=[{"attachment": attachment}],
            )
        )
