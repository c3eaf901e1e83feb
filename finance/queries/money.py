"""Reads of payments and balances: what is left, what was taken, what came from whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from clinic.patients.models import Patient
from finance.models import REAL_MONEY, Invoice, JournalLine, Payment, PaymentMethod, Refund, WalletAccount
from loyalty.queries import Offer, current_rule, offer

NOTHING = Decimal(0)


@dataclass(frozen=True)
class PointsOffer:
    """What points may pay on a bill now; `room` is the cap in money whatever she owns."""

    offer: Offer
    room: Decimal


def total(rows: "QuerySet[Payment] | QuerySet[Refund] | QuerySet[JournalLine]", field: str = "amount") -> Decimal:
    """The sum of a money column, zero for no rows."""
    return rows.aggregate(sum=Sum(field))["sum"] or NOTHING


# A deposit's part of a bill is real money where the deposit was paid with it.
REAL = Q(method__in=REAL_MONEY) | Q(
    method=PaymentMethod.DEPOSIT,
    deposit__in=Payment.objects.filter(invoice=None, method__in=REAL_MONEY, deposit__isnull=False).values("deposit"),
)


def is_real_money(payment: Payment) -> bool:
    """Whether a payment came as money: neither credit nor points, nor a deposit out of them."""
    return Payment.objects.filter(REAL, pk=payment.pk).exists()


def real_money_paid(invoice: Invoice) -> Decimal:
    """What was paid on a bill with money (neither credit nor points) and not paid back."""
    rows = Payment.objects.filter(REAL, invoice=invoice)
    return total(rows) - total(rows, "refunded")


def money_that_earns(invoice: Invoice) -> Decimal:
    """What of a bill earns points: real money, but nothing for a visit that was not."""
    return NOTHING if invoice.cause.startswith("fee:") else real_money_paid(invoice)


def credit_of(patient: Patient) -> Decimal:
    """A patient's credit with the clinic."""
    row = WalletAccount.objects.filter(patient=patient).first()
    return row.balance if row else NOTHING


def points_offer(invoice: Invoice) -> PointsOffer:
    """What the patient may pay with points on this bill now."""
    used = Payment.objects.filter(invoice=invoice, method=PaymentMethod.POINTS)
    spent = total(used) - total(used, "refunded")
    whole = invoice.total - invoice.credited
    found = offer(invoice.patient, total=whole, used=spent, due=invoice.due)
    cap = whole * current_rule().cap_percent / 100
    return PointsOffer(found, max(NOTHING, min(cap - spent, invoice.due)))


def balance_of(patient: Patient) -> Decimal:
    """What a patient owes by the books; below zero is her credit. Rows of patients merged into her count too."""
    lines = JournalLine.objects.filter(
        Q(patient=patient) | Q(patient__merged_into=patient), account__code__in=["1100", "2010"]
    )
    return total(lines)


def balances_of(patients: Iterable[int]) -> dict[int, Decimal]:
    """`balance_of` for many patients at once, by their ids; who owes nothing and has no credit may be missing."""
    ids = set(patients)
    lines = JournalLine.objects.filter(Q(patient__in=ids) | Q(patient__merged_into__in=ids))
    lines = lines.filter(account__code__in=["1100", "2010"])
    whose = Coalesce("patient__merged_into", "patient")
    rows = lines.annotate(whose=whose).values("whose").annotate(sum=Sum("amount"))
    return {row["whose"]: row["sum"] for row in rows}
