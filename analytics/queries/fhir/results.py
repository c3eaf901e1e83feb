"""ServiceRequest, and of what a doctor has shown to her: DiagnosticReport with its Observations."""

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.resource import Resource
from fhir.resources.R4B.servicerequest import ServiceRequest as FhirRequest

from analytics.queries import handed
from analytics.queries.fhir.parts import LOINC, amount, concept, fixed, ref, said
from emr.models import Flag, OrderKind, Result, ServiceRequest
from emr.queries.orders import with_results
from emr.statuses import OrderStatus as S

ASKED = {
    S.REQUESTED: "active", S.UNDER_WAY: "active", S.RESULTED: "completed", S.REVIEWED: "completed",
    S.CANCELLED: "revoked",
}  # fmt: skip
CATEGORY = {OrderKind.LAB: "laboratory", OrderKind.IMAGING: "imaging"}
SECTION = {OrderKind.LAB: "LAB", OrderKind.IMAGING: "RAD", OrderKind.OTHER: "OTH"}
JUDGED = {Flag.NORMAL: "N", Flag.LOW: "L", Flag.HIGH: "H", Flag.ABNORMAL: "A", Flag.CRITICAL: "AA"}


def orders(cards: list[int]) -> Iterator[Resource]:
    """What was ordered; what came back only where a doctor has seen and shown it."""
    for row in with_results(handed.orders(cards)):
        shown = handed.is_shown(row)
        results = list(row.results.all())
        yield _request(cards, row, results, shown=shown)
        if shown:
            there = [each for each in results if each.is_there]
            yield from (_result(cards, row, each) for each in there)
            yield _report(cards, row, there)


def _request(cards: list[int], row: ServiceRequest, results: list[Result], *, shown: bool) -> FhirRequest:
    return FhirRequest(
        **said(
            id=str(row.pk),
            status=ASKED[S(row.status)],
            intent="order",
            priority="urgent" if row.is_urgent else "routine",
            category=[concept(str(row.get_kind_display()))],
            code=concept(", ".join(each.name for each in results) or str(row.get_kind_display())),
            orderDetail=[concept(each.name) for each in results],
            subject=ref("Patient", cards[0]),
            encounter=_visit(row),
            authoredOn=row.created_at,
            requester=_doctor(row),
            reasonCode=[concept(row.question)] if row.question and shown else None,
        )
    )


def _visit(row: ServiceRequest) -> dict[str, Any] | None:
    return ref("Encounter", row.visit_id) if row.visit_id else None


def _doctor(row: ServiceRequest) -> dict[str, Any] | None:
    return ref("Practitioner", row.practitioner_id, row.practitioner.name) if row.practitioner else None


def _result(cards: list[int], order: ServiceRequest, row: Result) -> Observation:
    code = row.item.loinc if row.item else ""
    usual = said(low=amount(row.low, row.unit), high=amount(row.high, row.unit), text=row.normal_text)
    return Observation(
        **said(
            id=f"result-{row.pk}",
            status="final",
            category=[fixed("observation-category", CATEGORY.get(OrderKind(order.kind), "exam"))],
            basedOn=[ref("ServiceRequest", order.pk)],
            code=concept(row.name, system=LOINC, code=code),
            subject=ref("Patient", cards[0]),
            encounter=_visit(order),
            effectiveDateTime=order.resulted_at,
            issued=order.reviewed_at,
            valueQuantity=amount(row.number, row.unit),
            valueString=row.text if row.number is None else None,
            interpretation=[fixed("v3-ObservationInterpretation", JUDGED[Flag(row.flag)])] if row.flag else None,
            referenceRange=[usual] if usual else None,
        )
    )


def _report(cards: list[int], row: ServiceRequest, results: list[Result]) -> DiagnosticReport:
    return DiagnosticReport(
        **said(
            id=f"report-{row.pk}",
            status="final",
            basedOn=[ref("ServiceRequest", row.pk)],
            category=[fixed("v2-0074", SECTION[OrderKind(row.kind)])],
            code=concept(str(row.get_kind_display())),
            subject=ref("Patient", cards[0]),
            encounter=_visit(row),
            effectiveDateTime=row.resulted_at,
            issued=row.reviewed_at,
            result=[ref("Observation", f"result-{each.pk}") for each in results],
            conclusion=row.conclusion,
        )
    )
