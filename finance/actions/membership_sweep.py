"""Memberships go on by the clock: earned, billed anew, ended."""

import datetime as dt

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.events import publish
from finance.actions.invoices import cancel_invoice
from finance.actions.ledger import take_turn
from finance.actions.membership_periods import add_period, earn, is_paid, locked_membership, move_membership
from finance.actions.memberships import TERMS, unfreeze_membership
from finance.events import MembershipBilled
from finance.models import Membership, MembershipPeriod
from finance.queries.days import today
from finance.statuses import InvoiceStatus, MembershipStatus

S = MembershipStatus
BEFORE = dt.timedelta(days=5)  # the bill of the next period is written so early
GRACE = dt.timedelta(days=7)  # so long a bill that nobody pays waits after its first day


@action
def earn_membership(*, membership: Membership, by: User | None) -> None:
    """Post as revenue what the days until today have earned of every paid period. May be repeated."""
    earn(locked_membership(membership), by)


@action
def renew_membership(*, membership: Membership, by: User | None) -> None:
    """Bill the next period some days before the last one ends, and end what is not renewed or not paid. Repeatable.

    The kind's price and terms of that day hold for the next period.
    """
    take_turn("invoice-number")
    stale = [period for period in _standing(membership) if _given_up(period, today(membership.branch))]
    for period in stale:
        cancel_invoice(invoice=period.invoice, reason=_("The membership was not paid."), by=by)
    row = locked_membership(membership)
    day, periods = today(row.branch), _standing(row)
    if row.status != S.ACTIVE:
        return
    last = periods[0] if periods else None
    merged = row.patient.merged_into_id is not None  # a second one of a plan stays on the card that was merged away
    goes_on = last is not None and row.renews and is_paid(last) and row.plan.is_active and not stale and not merged
    if last is None or (day >= last.ends_on and not goes_on):
        earn(row, by)
        move_membership(row, S.EXPIRED, by)
    elif day >= last.ends_on - BEFORE and goes_on:
        for name in TERMS:
            setattr(row, name, getattr(row.plan, name))
        row.freeze_days = max(row.freeze_days, row.frozen_days)
        row.save()
        period = add_period(row, last.ends_on, f"membership:{row.pk}/{last.ends_on.isoformat()}", by)
        publish(MembershipBilled(period.pk))


def sweep_memberships() -> None:
    """Every running membership earns and is renewed or ended; frozen ones go on when their days are used up."""
    for row in Membership.objects.filter(status=S.FROZEN).select_related("branch").order_by("pk"):
        if row.frozen_on and (today(row.branch) - row.frozen_on).days >= row.freeze_days - row.frozen_days:
            unfreeze_membership(membership=row, by=None)
    for row in Membership.objects.filter(status=S.ACTIVE).select_related("branch").order_by("pk"):
        earn_membership(membership=row, by=None)
        if _looks_at(row):
            renew_membership(membership=row, by=None)


def _looks_at(row: Membership) -> bool:
    """Whether a bill of it may be due to be written or given up; everything else waits for no lock."""
    day, periods = today(row.branch), _standing(row)
    return not periods or day >= periods[0].ends_on - BEFORE or any(_given_up(period, day) for period in periods)


def _standing(row: Membership) -> list[MembershipPeriod]:
    """Its periods whose bills stand, the last one first."""
    rows = row.periods.exclude(invoice__status=InvoiceStatus.CANCELLED).select_related("invoice__branch")
    return list(rows.order_by("-starts_on"))


def _given_up(period: MembershipPeriod, day: dt.date) -> bool:
    invoice = period.invoice
    return (
        invoice.status == InvoiceStatus.ISSUED
        and not invoice.paid
        and not invoice.credited
        and not period.earned
        and day >= period.starts_on + GRACE
    )
