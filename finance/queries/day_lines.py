"""Money of a day by way of paying and by who took it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from clinic.accounts.models import Branch
from finance.models import (
    REAL_MONEY,
    Payment,
    PaymentMethod,
    Refund,
)
from finance.queries.money import NOTHING

NONE = (0, NOTHING)


@dataclass(frozen=True)
class Line:
    """One row of a table: a name, how often, what came and what went back."""

    key: str
    label: str
    count: int
    received: Decimal
    refunded: Decimal = NOTHING
    is_money: bool = True

    @property
    def kept(self) -> Decimal:
        """What is left of it."""
        return self.received - self.refunded

    def plain(self) -> list[Any]:
        """The row as plain values."""
        return [self.key, self.count, plain(self.received), plain(self.refunded)]


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def by_channel(branch: Branch, day: dt.date) -> list[Line]:
    """By way of paying; what a deposit or the credit pays came earlier."""
    # Without order_by() the rows' own order would split the groups.
    came = Payment.objects.filter(branch=branch, business_date=day).order_by().values_list("method")
    went = Refund.objects.filter(payment__branch=branch, business_date=day).order_by().values_list("method")
    received = {row[0]: row[1:] for row in came.annotate(Count("pk"), Sum("amount"))}
    refunded = dict(went.annotate(Sum("amount")))
    return [
        Line(
            method.value, str(method.label), received.get(method.value, NONE)[0], received.get(method.value, NONE)[1],
            refunded.get(method.value, NOTHING), method in REAL_MONEY,
        )
        for method in PaymentMethod
        if method.value in received or method.value in refunded
    ]  # fmt: skip


def by_cashier(branch: Branch, day: dt.date) -> list[Line]:
    """Real money by who took it and who paid it back; nobody is the patient herself, online."""
    came = Payment.objects.filter(branch=branch, business_date=day, method__in=REAL_MONEY).order_by()
    went = Refund.objects.filter(payment__branch=branch, business_date=day, method__in=REAL_MONEY).order_by()
    names: dict[int | None, str] = {}
    received: dict[int | None, tuple[int, Decimal]] = {}
    refunded: dict[int | None, Decimal] = {}
    for pk, name, count, total in came.values_list("received_by", "received_by__full_name").annotate(
        Count("pk"), Sum("amount")
    ):
        names[pk], received[pk] = name or "", (count, total)
    for pk, name, total in went.values_list("by", "by__full_name").annotate(Sum("amount")):
        names[pk], refunded[pk] = name or "", total
    rows = [Line(str(pk or ""), name, *received.get(pk, NONE), refunded.get(pk, NOTHING)) for pk, name in names.items()]
    return sorted(rows, key=lambda row: (-row.received, row.label))
