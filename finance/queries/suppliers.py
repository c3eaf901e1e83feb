"""What suppliers are owed, by the books."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from finance.models import JournalLine, Supplier
from finance.postings import CHART
from finance.queries.money import NOTHING


@dataclass(frozen=True)
class Owed:
    """A supplier (None: stock that came without one) and what is owed, in the clinic's currency."""

    supplier: Supplier | None
    amount: Decimal


def owed_to(supplier: Supplier) -> Decimal:
    """What one supplier is owed now."""
    lines = JournalLine.objects.filter(account__code=CHART["supplier"].code, supplier=supplier)
    return -(lines.aggregate(sum=Sum("amount"))["sum"] or NOTHING)


def suppliers_owed() -> list[Owed]:
    """All suppliers in use or owed something, then what is owed without a name."""
    lines = JournalLine.objects.filter(account__code=CHART["supplier"].code)
    sums = dict(lines.values_list("supplier").annotate(sum=Sum("amount")))
    rows = [Owed(row, -sums.get(row.pk, NOTHING)) for row in Supplier.objects.order_by("name")]
    found = [row for row in rows if row.amount or (row.supplier and row.supplier.is_active)]
    unnamed = -sums.get(None, NOTHING)
    return [*found, Owed(None, unnamed)] if unnamed else found


def suppliers_with_owed() -> QuerySet[Supplier]:
    """All suppliers, each with `owed`: what it is owed now."""
    lines = JournalLine.objects.filter(account__code=CHART["supplier"].code, supplier=OuterRef("pk"))
    sums = lines.order_by().values("supplier").annotate(sum=-Sum("amount")).values("sum")
    return Supplier.objects.annotate(owed=Coalesce(Subquery(sums), Value(NOTHING)))
