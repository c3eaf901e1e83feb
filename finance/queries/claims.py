"""What insurers owe: shares to claim, claims with their sums, balances by insurer and age."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import current_calendar, make_date, month_length, year_month_day
from finance.models import Claim, ClaimLine, ClaimPayment, Insurer, InsurerShare, JournalLine
from finance.postings import CHART
from finance.queries.debts import EDGES
from finance.queries.documents import staff_scope
from finance.queries.money import NOTHING
from finance.statuses import ClaimStatus


def open_shares(branch: Branch | None = None, insurer: Insurer | None = None) -> QuerySet[InsurerShare]:
    """Shares that stand on bills and in no claim."""
    claimed = ClaimLine.objects.filter(share=OuterRef("pk"), is_live=True)
    rows = InsurerShare.objects.filter(~Exists(claimed), payment__refunded__lt=F("payment__amount"))
    rows = rows.filter(invoice__branch=branch) if branch else rows
    rows = rows.filter(insurer=insurer) if insurer else rows
    return rows.select_related("insurer", "invoice__branch", "invoice__patient").order_by("pk")


@dataclass
class ToClaim:
    """The open shares of one insurer, branch and month of the reader's calendar."""

    insurer: Insurer
    branch: Branch
    first_day: dt.date
    last_day: dt.date
    count: int = 0
    amount: Decimal = NOTHING


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of a day's month, in the reader's calendar."""
    calendar = current_calendar()
    year, month, _day = year_month_day(day, calendar)
    last = month_length(year, month, calendar)
    return make_date(year, month, 1, calendar), make_date(year, month, last, calendar)


def to_claim(user: User) -> list[ToClaim]:
    """What can be claimed now, the oldest month first; one statement for the sums, by day."""
    rows = open_shares().filter(staff_scope(user, Perm.CLAIMS_WORK, "invoice__branch"))
    each = rows.order_by().values("insurer", "invoice__branch", "invoice__business_date")
    days: Any = each.annotate(count=Count("pk"), sum=Sum("amount"))
    found: dict[tuple[dt.date, int, int], ToClaim] = {}
    insurers = Insurer.objects.in_bulk()
    branches = Branch.objects.in_bulk()
    for row in days:
        first, last = month_of(row["invoice__business_date"])
        key = (first, row["insurer"], row["invoice__branch"])
        made = ToClaim(insurers[row["insurer"]], branches[row["invoice__branch"]], first, last)
        group = found.setdefault(key, made)
        group.count += row["count"]
        group.amount += row["sum"]
    return [found[key] for key in sorted(found)]


@dataclass(frozen=True)
class ClaimSums:
    """A claim with its sums: asked, accepted, dealt with otherwise, received (with what the insurer kept)."""

    claim: Claim
    count: int
    asked: Decimal
    accepted: Decimal
    settled: Decimal
    received: Decimal
    answered: bool

    @property
    def difference(self) -> Decimal:
        """What was not accepted and nobody has dealt with."""
        return self.asked - self.accepted - self.settled if self.answered else NOTHING

    @property
    def to_come(self) -> Decimal:
        """What was accepted and did not come yet."""
        return self.accepted - self.received

    @property
    def owed(self) -> Decimal:
        """What the insurer owes of it by the books."""
        return self.asked - self.settled - self.received


def claims_for(user: User) -> QuerySet[Claim]:
    """The claims of the branches in which somebody works on them."""
    rows = Claim.objects.filter(staff_scope(user, Perm.CLAIMS_WORK))
    return rows.select_related("insurer", "branch").order_by("-number")


def with_sums(claims: Iterable[Claim]) -> list[ClaimSums]:
    """Claims with their sums: two statements whatever their number."""
    found = list(claims)
    lines = ClaimLine.objects.filter(claim__in=found, is_live=True).order_by().values("claim")
    sums = lines.annotate(
        count=Count("pk"), asked_=Sum("asked"), accepted_=Sum(Coalesce("accepted", NOTHING)), settled_=Sum("settled")
    )
    by_claim: dict[int, Any] = {row["claim"]: row for row in sums}
    paid = ClaimPayment.objects.filter(claim__in=found).order_by().values("claim")
    received = {row["claim"]: row["sum"] for row in paid.annotate(sum=Sum(F("amount") + F("deducted")))}
    waiting = {ClaimStatus.DRAFT, ClaimStatus.SENT, ClaimStatus.DROPPED}
    return [_sums(claim, by_claim.get(claim.pk), received.get(claim.pk, NOTHING), waiting) for claim in found]


def _sums(claim: Claim, row: dict[str, Any] | None, received: Decimal, waiting: set[ClaimStatus]) -> ClaimSums:
    values = row or {"count": 0, "asked_": NOTHING, "accepted_": NOTHING, "settled_": NOTHING}
    answered = claim.status not in waiting
    return ClaimSums(
        claim, values["count"], values["asked_"], values["accepted_"], values["settled_"], received, answered
    )


def lines_of(claim: Claim) -> QuerySet[ClaimLine]:
    """A claim's lines with what a list for the insurer needs."""
    rows = claim.lines.filter(is_live=True)
    return rows.select_related(
        "share__invoice__patient", "share__invoice__visit__practitioner", "share__line__practitioner",
        "share__coverage", "share__terms",
    ).prefetch_related("differences").order_by("share__invoice__number", "pk")  # fmt: skip


def received_of(claim: Claim) -> Decimal:
    """What came for a claim, with what the insurer kept for itself."""
    found: Decimal = claim.payments.aggregate(sum=Sum(F("amount") + F("deducted"), default=NOTHING))["sum"]
    return found


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
