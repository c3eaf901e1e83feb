"""The periods of a membership: billed, earned day by day, given back. Below all that is done with memberships.

Locks: the number of bills, the bill, the membership, its periods and rights.
"""

import datetime as dt

from clinic.accounts.models import User
from clinic.shared.money import rounded_down
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from finance.actions.invoices import Draft, issue_invoice
from finance.actions.ledger import Entry, post
from finance.models import Membership, MembershipPeriod, MembershipRight, MembershipStatusChange
from finance.queries.days import after_months, today
from finance.queries.memberships import GIVES
from finance.statuses import MEMBERSHIP_MOVES, InvoiceStatus, MembershipStatus


def locked_membership(membership: Membership) -> Membership:
    """The membership as it is now, held until the transaction ends."""
    rows = Membership.objects.select_for_update(of=("self",)).select_related("patient", "branch", "plan")
    return rows.get(pk=membership.pk)


def move_membership(row: Membership, to: str, by: User | None, *, reason: str = "", **changes: object) -> Membership:
    """Move a membership by its table."""
    tell("money", branch=row.branch_id)
    return move(row, to, moves=MEMBERSHIP_MOVES, log=MembershipStatusChange, by=by, reason=reason, changes=changes)


def add_period(row: Membership, starts_on: dt.date, cause: str, by: User | None) -> MembershipPeriod:
    """Bill the next period, with what the kind gives now; the caller holds the turn of bill numbers."""
    line = Draft(row.name, row.price, f"membership-plan:{row.plan_id}", rule="membership_sold")
    invoice = issue_invoice(patient=row.patient, branch=row.branch, lines=[line], cause=cause, by=by)
    ends_on = after_months(starts_on, row.months)
    period = MembershipPeriod(
        membership=row, invoice=invoice, starts_on=starts_on, ends_on=ends_on, days=(ends_on - starts_on).days,
        price=invoice.total,
    )  # fmt: skip
    period.save()
    for given in row.plan.lines.filter(GIVES):
        MembershipRight(
            period=period, service=given.service, discount_percent=given.discount_percent, sessions=given.sessions,
            left=given.sessions,
        ).save()  # fmt: skip
    return period


def is_paid(period: MembershipPeriod) -> bool:
    """Whether a period gives its benefits and is earned."""
    return period.invoice.status == InvoiceStatus.BALANCED


def earn(row: Membership, by: User | None) -> None:
    """Post what the days until today have earned of every paid period of a locked membership; all of it at its end."""
    if row.status in (MembershipStatus.CANCELLED, MembershipStatus.EXPIRED):
        return
    now = today(row.branch)
    for period in row.periods.select_related("invoice").order_by("starts_on"):
        if period.invoice.status == InvoiceStatus.CANCELLED or not period.owed:
            continue
        passed = ((row.frozen_on or now) - period.starts_on).days - period.frozen_days
        whole = passed >= period.days
        if passed <= 0 or not (is_paid(period) or whole):
            continue
        due = period.price if whole else rounded_down(period.price * passed / period.days)
        part = min(due - period.earned, period.owed)
        if part <= 0:
            continue
        period.earned += part
        period.save()
        post(
            kind="membership_earned", cause=f"membership-period:{period.pk}/{period.earned}",
            entries=[Entry("membership_earned", part)], business_date=now, branch=row.branch, memo=row.name, by=by,
        )  # fmt: skip
