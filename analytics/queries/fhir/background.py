"""What was before: Condition, Procedure, FamilyMemberHistory, Immunization, and the way of life as Observation."""

from collections.abc import Iterator

from fhir.resources.R4B.condition import Condition as FhirCondition
from fhir.resources.R4B.familymemberhistory import FamilyMemberHistory
from fhir.resources.R4B.immunization import Immunization
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.procedure import Procedure
from fhir.resources.R4B.resource import Resource

from analytics.queries.fhir.parts import concept, fixed, ref, said
from emr.models import BackgroundEntry, BackgroundKind, Relative

V3 = "http://terminology.hl7.org/CodeSystem/v3-"
ROLES = {
    Relative.MOTHER: "MTH", Relative.FATHER: "FTH", Relative.SISTER: "SIS", Relative.BROTHER: "BRO",
    Relative.CHILD: "CHILD", Relative.GRANDPARENT: "GRPRN", Relative.OTHER: "FAMMEMB",
}  # fmt: skip


def background(cards: list[int]) -> Iterator[Resource]:
    """Every fact that stands, each as the resource that FHIR has for it."""
    rows = BackgroundEntry.objects.filter(patient__in=cards, entered_in_error=False).order_by("pk")
    for row in rows:
        yield _resource(ref("Patient", cards[0]), row)


def _resource(patient: dict[str, str], row: BackgroundEntry) -> Resource:
    pk, year = f"background-{row.pk}", str(row.year) if row.year else None
    note = [{"text": row.detail}] if row.detail else None
    if row.kind == BackgroundKind.ILLNESS:
        return FhirCondition(
            **said(
                id=pk, code=concept(row.title), subject=patient, onsetString=year, note=note,
                category=[fixed("condition-category", "problem-list-item")],
                clinicalStatus=fixed("condition-clinical", "active"),
                verificationStatus=fixed("condition-ver-status", "unconfirmed"),
            )
        )  # fmt: skip
    if row.kind == BackgroundKind.SURGERY:
        return Procedure(
            **said(id=pk, status="completed", code=concept(row.title), subject=patient, performedString=year, note=note)
        )
    if row.kind == BackgroundKind.FAMILY:
        return FamilyMemberHistory(
            **said(
                id=pk, status="partial", patient=patient, note=note, condition=[{"code": concept(row.title)}],
                relationship=concept(
                    str(row.get_relative_display()), system=f"{V3}RoleCode", code=ROLES[Relative(row.relative)]
                ),
            )
        )  # fmt: skip
    if row.kind == BackgroundKind.VACCINE:
        return Immunization(
            **said(
                id=pk, status="completed", vaccineCode=concept(row.title), patient=patient, note=note,
                occurrenceString=year or "unknown",
            )
        )  # fmt: skip
    return Observation(
        **said(
            id=pk, status="final", category=[fixed("observation-category", "social-history")], subject=patient,
            code=concept(str(row.get_kind_display())), valueString=row.title, note=note,
        )
    )  # fmt: skip
