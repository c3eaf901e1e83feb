"""Reads of discounts: who may give how much, what waits for whom."""

from decimal import Decimal

from django.db.models import Q, QuerySet

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.accounts.roles import Role
from finance.models import Discount, DiscountLimit, Invoice
from finance.queries.documents import staff_scope
from finance.statuses import LIVE_DISCOUNTS, DiscountStatus
from scheduling.models import Visit

# Percent of a bill, until the clinic sets its own.
DEFAULT_LIMITS: dict[str, int] = {
    Role.SECRETARY: 0, Role.CASHIER: 0, Role.DOCTOR: 0, Role.MANAGER: 30, Role.OWNER: 100,
}  # fmt: skip


def limits() -> dict[str, int]:
    """The limit of every role that takes payments, in percent."""
    return DEFAULT_LIMITS | dict(DiscountLimit.objects.values_list("role", "percent"))


def limit_of(user: User | None, branch: Branch) -> int:
    """How many percent of a bill somebody may take off without asking; nobody is the house itself."""
    if user is None:
        return 100
    found, all_limits = 0, limits()
    for role, scope in user.rights.grants:
        if scope in (None, branch.pk):
            found = max(found, all_limits.get(role, 0))
    # A person whom the owner permitted discounts gives as much as a manager.
    if user.can(Perm.DISCOUNTS_GIVE, branch.pk):
        return max(found, all_limits[Role.MANAGER]) if found == 0 else found
    return found


def live_discount(*, invoice: Invoice | None = None, visit: Visit | None = None) -> Discount | None:
    """The discount that waits for approval or for the bill."""
    of = Q(pk=None)
    visit_id = visit.pk if visit else invoice.visit_id if invoice else None
    if invoice:
        of |= Q(invoice=invoice)
    if visit_id:
        of |= Q(visit=visit_id)
    return Discount.objects.filter(of, status__in=LIVE_DISCOUNTS).order_by("pk").first()


def waiting_amount(invoice: Invoice) -> Decimal:
    """What of a bill must stay open, because a discount on it is not decided."""
    row = live_discount(invoice=invoice)
    return min(row.amount, invoice.due) if row and row.status == DiscountStatus.ASKED else Decimal(0)


def discounts_for(user: User) -> QuerySet[Discount]:
    """The discounts that somebody may decide, in her branches."""
    rows = Discount.objects.filter(staff_scope(user, Perm.DISCOUNTS_GIVE))
    return rows.select_related(
        "visit__patient", "visit__service", "invoice__patient", "line", "branch", "asked_by", "decided_by", "note"
    ).order_by("-pk")


def to_decide(user: User) -> int:
    """How many wait for her."""
    return discounts_for(user).filter(status=DiscountStatus.ASKED).count()
