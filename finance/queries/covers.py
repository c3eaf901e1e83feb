"""Whose insurance pays what of a bill, by the contract that is valid on its day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from clinic.patients.models import Patient
from clinic.shared.money import rounded_down
from finance.models import Coverage, InsurerPrice, InsurerShare, InsurerTerms, PaymentMethod
from finance.models.documents import Payment
from finance.models.insurance import InsurerKind
from finance.queries.money import NOTHING
from scheduling.models import Service


@dataclass(frozen=True)
class Priced:
    """A line as an insurer sees it: its service, how many, and what it costs after the discount."""

    service: Service | None
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True)
class Part:
    """An insurer's share of the line at `place`: `percent` of `base`."""

    place: int
    coverage: Coverage
    terms: InsurerTerms
    base: Decimal
    percent: Decimal
    amount: Decimal


def in_force(day: dt.date) -> Q:
    """Rows with a validity that holds on a day."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_until=None) | Q(valid_until__gte=day))


def coverages_of(patient: Patient) -> QuerySet[Coverage]:
    """All policies of a patient, basic ones first, with those of cards merged into hers."""
    rows = Coverage.objects.filter(Q(patient=patient) | Q(patient__merged_into=patient))
    return rows.select_related("insurer").order_by("insurer__kind", "-is_active", "-pk")


def valid_coverages(patient: Patient, day: dt.date) -> list[Coverage]:
    """The basic policy that counts on a day, then the supplementary one."""
    rows = coverages_of(patient).filter(in_force(day), is_active=True, insurer__is_active=True)
    newest: dict[str, Coverage] = {}
    for row in rows:
        newest.setdefault(row.insurer.kind, row)
    return [newest[kind] for kind in (InsurerKind.BASIC, InsurerKind.EXTRA) if kind in newest]


def terms_of(insurer_id: int, day: dt.date) -> InsurerTerms | None:
    """The contract that counts on a day, with its prices."""
    prices = Prefetch("prices", InsurerPrice.objects.filter(is_active=True))
    return InsurerTerms.objects.filter(in_force(day), insurer=insurer_id).prefetch_related(prices).first()


def used_of(coverage: Coverage) -> Decimal:
    """What a policy has paid already and did not take back."""
    rows = Payment.objects.filter(method=PaymentMethod.INSURER, shares__coverage=coverage).distinct()
    back: Decimal = rows.aggregate(sum=Sum("refunded", default=NOTHING))["sum"]
    paid: Decimal = InsurerShare.objects.filter(coverage=coverage).aggregate(sum=Sum("amount", default=NOTHING))["sum"]
    return paid - back


def resolve(patient: Patient, lines: Sequence[Priced], day: dt.date) -> list[Part]:
    """Every share of a bill: the basic insurer first, then the supplementary one of what is left. Rounded down."""
    left, parts = [line.net for line in lines], list[Part]()
    for coverage in valid_coverages(patient, day):
        terms = terms_of(coverage.insurer_id, day)
        if terms is None:
            continue
        room = _room(coverage, terms)
        bears = terms.deductible
        prices = {price.service_id: price for price in terms.prices.all()}
        for place, line in enumerate(lines):
            if line.service is None or left[place] <= 0:
                continue
            price = prices.get(line.service.pk)
            base, percent = _base(price, line, left[place]), _percent(price, terms)
            if not percent:
                continue
            borne = min(bears, base)
            bears -= borne
            amount = min(rounded_down((base - borne) * percent / 100), left[place])
            amount = amount if room is None else min(amount, room)
            if amount > 0:
                parts.append(Part(place, coverage, terms, base - borne, percent, amount))
                left[place] -= amount
                room = None if room is None else room - amount
    return parts


def _room(coverage: Coverage, terms: InsurerTerms) -> Decimal | None:
    limits = [terms.ceiling] if terms.ceiling is not None else []
    if coverage.ceiling is not None:
        limits.append(max(coverage.ceiling - used_of(coverage), NOTHING))
    return min(limits) if limits else None


def _base(price: InsurerPrice | None, line: Priced, left: Decimal) -> Decimal:
    if price is None or price.tariff is None:
        return left
    return min(price.tariff * line.quantity, left)


def _percent(price: InsurerPrice | None, terms: InsurerTerms) -> Decimal:
    return terms.percent if price is None or price.percent is None else price.percent


def shares_of(invoice_id: int) -> list[InsurerShare]:
    """The shares that stand on a bill."""
    rows = InsurerShare.objects.filter(invoice=invoice_id, payment__refunded__lt=F("payment__amount"))
    return list(rows.select_related("insurer", "line", "coverage").order_by("pk"))
