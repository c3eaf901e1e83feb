"""What insurers owe: shares to claim, claims with their sums, balances by insurer and age."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from finance.models import Claim, ClaimLine, ClaimPayment, Insurer, InsurerShare
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
