"""Organization, Patient, RelatedPerson, Consent, Practitioner."""

from collections.abc import Iterator

from fhir.resources.R4B.consent import Consent as FhirConsent
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.patient import Patient as FhirPatient
from fhir.resources.R4B.practitioner import Practitioner as FhirPractitioner
from fhir.resources.R4B.relatedperson import RelatedPerson as FhirRelated

from analytics.queries.fhir.parts import base, concept, fixed, ref, said
from clinic.patients.models import Consent, Patient, RelatedPerson
from clinic.shared.tenancy import current_clinic
from emr.models import CarePlan, Letter, ServiceRequest
from scheduling.models import Appointment, Practitioner, Visit


def organization() -> Organization:
    """The clinic."""
    clinic = current_clinic()
    return Organization(id="1", name=clinic.name)


def patient(row: Patient) -> FhirPatient:
    """Who she is and how she is reached."""
    numbers = [{"system": f"{base()}/file-number", "value": str(row.pk)}]
    if row.national_code:
        numbers.append({"system": f"{base()}/national-code", "value": row.national_code})
    if row.insurance_number:
        numbers.append({"system": f"{base()}/insurance", "value": row.insurance_number})
    return FhirPatient(
        **said(
            id=str(row.pk),
            identifier=numbers,
            name=[said(family=row.last_name, given=[row.first_name] if row.first_name else None)],
            telecom=_reached(row.phone, row.email),
            gender=row.sex,
            birthDate=row.birth_date,
            address=[{"text": row.address}] if row.address else None,
            communication=[{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": row.language}]}}]
            if row.language
            else None,
            managingOrganization=ref("Organization", 1),
        )
    )


def _reached(phone: str, email: str = "") -> list[dict[str, str]]:
    ways = (("phone", phone), ("email", email))
    return [{"system": system, "value": value} for system, value in ways if value]


def related(cards: list[int]) -> Iterator[FhirRelated]:
    """Family and guardians that were noted on her card."""
    for row in RelatedPerson.objects.filter(patient__in=cards).select_related("relative").order_by("pk"):
        name = row.relative.full_name if row.relative else row.name
        phone = row.relative.phone if row.relative else row.phone
        yield FhirRelated(
            **said(
                id=str(row.pk),
                patient=ref("Patient", cards[0]),
                relationship=[concept(str(row.get_kin_display()))],
                name=[{"text": name}],
                telecom=_reached(phone),
            )
        )


def consents(cards: list[int]) -> Iterator[FhirConsent]:
    """What she agreed to, word for word."""
    for row in Consent.objects.filter(patient__in=cards).order_by("pk"):
        yield FhirConsent(
            **said(
                id=str(row.pk),
                status="inactive" if row.withdrawn_at else "active",
                scope=fixed("consentscope", "treatment" if row.kind == "treatment" else "patient-privacy"),
                category=[concept(row.kind)],
                patient=ref("Patient", cards[0]),
                dateTime=row.accepted_at,
                policyRule=concept(row.text),
            )
        )


def practitioners(cards: list[int]) -> Iterator[FhirPractitioner]:
    """Those whom she saw or is to see, and who ordered, planned or wrote for her."""
    seen = set(Visit.objects.filter(patient__in=cards).values_list("practitioner", flat=True))
    for model in (Appointment, ServiceRequest, CarePlan, Letter):
        seen |= set(model.objects.filter(patient__in=cards).values_list("practitioner", flat=True))
    for row in Practitioner.objects.filter(pk__in=seen).order_by("pk"):
        yield FhirPractitioner(
            **said(
                id=str(row.pk),
                name=[{"text": row.name}],
                identifier=[{"system": f"{base()}/license", "value": row.license_number}]
                if row.license_number
                else None,
            )
        )
