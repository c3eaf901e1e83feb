"""The day's takings of a branch: what came by each method, what went back, what is still owed."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum

from clinic.accounts.models import Branch
from finance.models import REAL_MONEY, Invoice, JournalLine, Payment, PaymentMethod, Refund
from finance.queries.money import NOTHING
from finance.statuses import InvoiceStatus


@dataclass(frozen=True)
class ByMethod:
    """One method on one day or in one shift; `kept` is what came less what went back."""

    method: str
    label: str
    count: int
    received: Decimal
    refunded: Decimal

    @property
    def kept(self) -> Decimal:
        """What is left of it at the end."""
        return self.received - self.refunded


@dataclass(frozen=True)
class Takings:
    """A branch's day. `money` counts real money only; credit and points moved before or were never money."""

    branch: Branch
    day: dt.date
    rows: list[ByMethod]
    billed: Decimal
    bills: int
    unpaid: Decimal
    drawer: Decimal

    @property
    def money(self) -> Decimal:
        """Real money that came and stayed."""
        return sum((row.kept for row in self.rows if row.method in REAL_MONEY), NOTHING)

    @property
    def refunded(self) -> Decimal:
        """Real money that went back."""
        return sum((row.refunded for row in self.rows if row.method in REAL_MONEY), NOTHING)


def takings(branch: Branch, day: dt.date) -> Takings:
    """Everything of one branch and one day of its calendar, from the documents; the drawer from the books."""
    # Without order_by() the rows' own order would split the groups.
    came = payments_of(branch, day).order_by().values("method").annotate(sum=Sum("amount"), count=Count("pk"))
    went = refunds_of(branch, day).order_by().values("method").annotate(sum=Sum("amount"))
    received = {row["method"]: (row["sum"], row["count"]) for row in came}
    refunded = {row["method"]: row["sum"] for row in went}
    rows = [
        ByMethod(method.value, str(method.label), *_both(received, method), refunded.get(method.value, NOTHING))
        for method in PaymentMethod
        if method.value in received or method.value in refunded
    ]
    bills = Invoice.objects.filter(branch=branch, business_date=day).exclude(status=InvoiceStatus.CANCELLED)
    whole = bills.aggregate(billed=Sum(F("total") - F("credited")), owed=Sum(F("total") - F("credited") - F("paid")))
    return Takings(
        branch=branch,
        day=day,
        rows=rows,
        billed=whole["billed"] or NOTHING,
        bills=bills.count(),
        unpaid=whole["owed"] or NOTHING,
        drawer=drawer(branch, day),
    )


def _both(received: dict[str, tuple[Decimal, int]], method: PaymentMethod) -> tuple[int, Decimal]:
    amount, count = received.get(method.value, (NOTHING, 0))
    return count, amount


def drawer(branch: Branch, day: dt.date) -> Decimal:
    """The cash that must be in the branch's drawer at the end of a day, by the books."""
    lines = JournalLine.objects.filter(account__code=f"1010-{branch.pk}", business_date__lte=day)
    return lines.aggregate(sum=Sum("amount"))["sum"] or NOTHING


def payments_of(branch: Branch, day: dt.date) -> QuerySet[Payment]:
    """The payments that came on a day, the newest first."""
    rows = Payment.objects.filter(branch=branch, business_date=day).select_related("patient", "invoice", "received_by")
    return rows.order_by("-received_at", "-pk")


def refunds_of(branch: Branch, day: dt.date) -> QuerySet[Refund]:
    """The refunds of a day, the newest first."""
    rows = Refund.objects.filter(payment__branch=branch, business_date=day)
    return rows.select_related("payment__patient", "payment__invoice", "by").order_by("-refunded_at", "-pk")


def unpaid_of(branch: Branch, day: dt.date) -> QuerySet[Invoice]:
    """The bills of a day on which something is owed."""
    rows = Invoice.objects.filter(branch=branch, business_date=day, status=InvoiceStatus.ISSUED)
    return rows.select_related("patient", "visit").order_by("number")
