"""Invoice."""

from collections.abc import Iterator

from fhir.resources.R4B.invoice import Invoice as FhirInvoice

from analytics.queries.fhir.parts import concept, money, ref, said
from finance.models import Invoice
from finance.statuses import InvoiceStatus as S

STATES = {S.DRAFT: "draft", S.ISSUED: "issued", S.BALANCED: "balanced", S.CANCELLED: "cancelled"}


def invoices(cards: list[int]) -> Iterator[FhirInvoice]:
    """Every bill with its lines."""
    for row in Invoice.objects.filter(patient__in=cards).prefetch_related("lines").order_by("pk"):
        lines = [
            {
                "sequence": number,
                "chargeItemCodeableConcept": concept(line.name),
                "priceComponent": [{"type": "base", "factor": line.quantity, "amount": money(line.unit_price)}],
            }
            for number, line in enumerate(row.lines.all(), 1)
        ]
        yield FhirInvoice(
            **said(
                id=str(row.pk),
                status=STATES[S(row.status)],
                identifier=[{"value": str(row.number)}] if row.number else None,
                subject=ref("Patient", cards[0]),
                date=row.issued_at,
                issuer=ref("Organization", 1),
                lineItem=lines,
                totalNet=money(row.total - row.tax),
                totalGross=money(row.total),
            )
        )
