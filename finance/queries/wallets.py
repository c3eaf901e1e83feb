"""Reads of doctors' wallets: what was earned, is held, may be paid, was paid; statements with what is behind them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, Value, When

from finance.models import WalletMove, WalletMoveKind
from finance.queries.days import clinic_today
from scheduling.models import Practitioner

ZERO = Decimal(0)
K = WalletMoveKind


@dataclass(frozen=True)
class Wallet:
    """A doctor's wallet in the clinic's currency: `earned` with corrections, `balance` = `held` + `payable`."""

    practitioner: Practitioner
    earned: Decimal
    paid: Decimal
    balance: Decimal
    payable: Decimal

    @property
    def held(self) -> Decimal:
        """Earned, and not yet payable."""
        return self.balance - self.payable


def wallets(doctors: Iterable[Practitioner] | None = None) -> list[Wallet]:
    """The wallets of doctors: those named, else all who are active or have something in theirs; one statement more."""
    sums = {row["practitioner"]: row for row in _sums(WalletMove.objects.all())}
    if doctors is None:
        known = Practitioner.objects.filter(Q(is_active=True) | Q(pk__in=sums))
        doctors = known.order_by("-is_active", "name", "pk")
    empty = {"earned": ZERO, "paid": ZERO, "balance": ZERO, "payable": ZERO}
    found = []
    for doctor in doctors:
        row = {**empty, **{name: value or ZERO for name, value in sums.get(doctor.pk, {}).items()}}
        found.append(Wallet(doctor, row["earned"], row["paid"], row["balance"], row["payable"]))
    return found


def wallet_of(doctor: Practitioner) -> Wallet:
    """One doctor's wallet."""
    return wallets([doctor])[0]


def payable(doctor: Practitioner, until: dt.date) -> Decimal:
    """What may be paid of what was released up to a day; below zero where more was paid than was kept."""
    rows = WalletMove.objects.filter(_due(until), practitioner=doctor)
    return rows.aggregate(sum=Sum("released"))["sum"] or ZERO


def payables(until: dt.date, named: Iterable[int] = ()) -> list[tuple[Practitioner, Decimal]]:
    """Doctors who can be paid something up to a day, with how much; those `named` (ids) whatever it is."""
    sums = dict(
        WalletMove.objects.filter(_due(until))
        .values_list("practitioner")
        .annotate(sum=Sum("released"))
        .filter(sum__gt=0)
    )
    doctors = Practitioner.objects.filter(pk__in=[*sums, *named]).order_by("name", "pk")
    return [(doctor, sums.get(doctor.pk, ZERO)) for doctor in doctors]


def _sums(rows: QuerySet[WalletMove]) -> Iterable[dict[str, Any]]:
    paid = Q(kind__in=[K.PAID, K.UNPAID])
    due = _due(clinic_today())
    minus = Case(When(paid, then=-F("amount")), default=Value(ZERO), output_field=DecimalField())
    found: Any = rows.values("practitioner").annotate(
        earned=Sum("amount", filter=~paid), paid=Sum(minus), balance=Sum("amount"), payable=Sum("released", filter=due)
    )
    rows_of_sums: Iterable[dict[str, Any]] = found
    return rows_of_sums


def _due(until: dt.date) -> Q:
    """Moves that count for what may be paid up to a day: what was paid, or taken by hand, counts whenever it was."""
    taken = Q(kind__in=[K.PAID, K.UNPAID]) | Q(kind=K.ADJUSTED, released__lt=0)
    return Q(payable_on__lte=until) | taken
