"""Statements of doctors' wallets: the moves of some days, and what is behind them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from finance.models import Commission, WalletMove, WalletMoveKind
from finance.queries.share_parts import parts_of
from finance.queries.shares import Share, share
from scheduling.models import Practitioner

ZERO = Decimal(0)
K = WalletMoveKind


@dataclass(frozen=True)
class Statement:
    """The moves of some days, the newest first, between what stood before and after them."""

    opening: Decimal
    earned: Decimal
    corrected: Decimal
    paid: Decimal
    closing: Decimal
    moves: QuerySet[WalletMove]


def statement(doctor: Practitioner, first: dt.date, last: dt.date) -> Statement:
    """What happened in a wallet in these days."""
    rows = WalletMove.objects.filter(practitioner=doctor)
    opening = rows.filter(business_date__lt=first).aggregate(sum=Sum("amount"))["sum"] or ZERO
    inside = rows.filter(business_date__range=(first, last))
    sums = inside.aggregate(
        earned=Sum("amount", filter=Q(kind__in=[K.EARNED, K.REVERSED])),
        corrected=Sum("amount", filter=Q(kind=K.ADJUSTED)),
        paid=Sum("amount", filter=Q(kind__in=[K.PAID, K.UNPAID])),
    )
    earned, corrected, paid = (sums[name] or ZERO for name in ("earned", "corrected", "paid"))
    moves = inside.exclude(amount=0).select_related(
        "branch", "payout", "commission__line", "commission__invoice__patient", "by"
    )
    return Statement(
        opening, earned, corrected, -paid, opening + earned + corrected + paid, moves.order_by("-business_date", "-pk")
    )


def share_now(terms: Commission) -> Share:
    """How one share is counted as its bill stands."""
    return share(terms, parts_of(terms.invoice)[terms.line_id])
