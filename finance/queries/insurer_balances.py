"""What insurers owe by age, beside the same by the books."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from finance.models import Claim, Insurer, JournalLine
from finance.postings import CHART
from finance.queries.claims import open_shares, with_sums
from finance.queries.debts import EDGES
from finance.queries.documents import staff_scope
from finance.queries.money import NOTHING
from finance.statuses import ClaimStatus


@dataclass
class InsurerBalance:
    """What an insurer owes: not claimed yet and claimed, by age, beside the same by the books."""

    insurer: Insurer
    unclaimed: Decimal = NOTHING
    claimed: Decimal = NOTHING
    ages: list[Decimal] = field(default_factory=lambda: [NOTHING] * 4)
    books: Decimal = NOTHING

    @property
    def owed(self) -> Decimal:
        """By the documents."""
        return self.unclaimed + self.claimed

    @property
    def agrees(self) -> bool:
        """Whether documents and books say the same."""
        return self.owed == self.books

    def add(self, amount: Decimal, days: int) -> None:
        """An amount of so many days ago."""
        self.ages[sum(days > edge for edge in EDGES)] += amount


def insurer_balances(user: User, day: dt.date) -> list[InsurerBalance]:
    """Every insurer that owes, in the branches somebody may see; a claim is as old as its last day, or its bills."""
    found = {insurer.pk: InsurerBalance(insurer) for insurer in Insurer.objects.all()}
    mine = staff_scope(user, Perm.INVOICES_VIEW, "invoice__branch")
    shares = open_shares().filter(mine).order_by().values("insurer", "invoice__business_date")
    summed: Any = shares.annotate(sum=Sum("amount"))
    for row in summed:
        found[row["insurer"]].unclaimed += row["sum"]
        found[row["insurer"]].add(row["sum"], (day - row["invoice__business_date"]).days)
    rows = Claim.objects.filter(staff_scope(user, Perm.INVOICES_VIEW)).exclude(status=ClaimStatus.DROPPED)
    for claim in with_sums(rows):
        found[claim.claim.insurer_id].claimed += claim.owed
        found[claim.claim.insurer_id].add(claim.owed, (day - min(claim.claim.last_day, day)).days)
    lines = JournalLine.objects.filter(staff_scope(user, Perm.INVOICES_VIEW), account__code=CHART["insurers"].code)
    for pk, amount in lines.order_by().values_list("insurer").annotate(sum=Sum("amount")):
        found[pk].books = amount
    return [row for row in found.values() if row.owed or row.books]
