"""Whose wallets, shares and payouts somebody may look at; the rules that hold."""

from django.db.models import Q, QuerySet

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from finance.models import Commission, CommissionRule, Payout
from finance.queries.days import clinic_today
from scheduling.models import Practitioner


def shares_for(user: User) -> QuerySet[Commission]:
    """The shares that somebody may look at: all, or the own ones."""
    rows = Commission.objects.select_related("practitioner", "line__service", "invoice__patient", "invoice__branch")
    if user.can(Perm.WALLETS_VIEW):
        return rows
    return rows.filter(practitioner__user=user) if user.can(Perm.WALLET_OWN) else rows.none()


def payouts_for(user: User) -> QuerySet[Payout]:
    """The payouts that somebody may look at: all, or the own ones."""
    rows = Payout.objects.select_related("practitioner", "branch", "money", "by", "reversal__by")
    if user.can(Perm.WALLETS_VIEW):
        return rows
    return rows.filter(practitioner__user=user) if user.can(Perm.WALLET_OWN) else rows.none()


def doctors_for(user: User) -> QuerySet[Practitioner]:
    """The doctors whose wallets somebody may look at: all, or the own one."""
    rows = Practitioner.objects.order_by("name", "pk")
    if user.can(Perm.WALLETS_VIEW):
        return rows
    return rows.filter(user=user) if user.can(Perm.WALLET_OWN) else rows.none()


def rules_now() -> tuple[list[CommissionRule], list[CommissionRule]]:
    """The rules that hold or will, and those that are over (the latest hundred)."""
    rows = CommissionRule.objects.select_related("practitioner", "service", "category", "branch")
    today = clinic_today()
    live = rows.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    over = rows.filter(valid_until__lt=today).order_by("-valid_until", "-pk")[:100]
    return list(live.order_by("practitioner__name", "category__name", "service__name", "valid_from", "pk")), list(over)
