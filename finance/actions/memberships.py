"""Memberships between their sale and their end: begun, frozen, renewed or not, cancelled."""

import datetime as dt
from decimal import Decimal
from secrets import token_urlsafe

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money
from clinic.shared.statuses import begin
from finance.actions.invoices import cancel_invoice, check_amount, locked
from finance.actions.ledger import Entry, post, take_turn
from finance.actions.membership_periods import add_period, earn, locked_membership, move_membership
from finance.actions.package_refunds import hold_drawer, lower_bill
from finance.models import Invoice, Membership, MembershipPeriod, MembershipPlan, MembershipStatusChange
from finance.queries.days import today
from finance.queries.memberships import RUNNING
from finance.statuses import InvoiceStatus, MembershipStatus

S = MembershipStatus
TERMS = ("name", "price", "months", "shareable", "priority", "freeze_days")


@action
def begin_membership(
    *, plan: MembershipPlan, patient: Patient, branch: Branch, form_token: str = "", by: User | None
) -> Membership:
    """Begin a membership with the bill of its first period; it gives its benefits once that is paid.

    Repeatable by `form_token`. Raises Conflict for a kind that is not on sale or that she has already.
    """
    cause = f"membership:{form_token or token_urlsafe(12)}"
    take_turn("invoice-number")  # before the patient, as bills of visits
    done = MembershipPeriod.objects.filter(invoice__cause=cause).select_related("membership").first()
    if done:
        return done.membership
    if not plan.is_active:
        raise Conflict(_("This membership is not on sale any more."), code="not_on_sale")
    if Membership.objects.filter(patient=patient, plan=plan, status__in=RUNNING).exists():
        raise Conflict(_("The patient has this membership already."), code="twice")
    row = Membership(plan=plan, patient=patient, branch=branch, **{name: getattr(plan, name) for name in TERMS})
    begin(row, log=MembershipStatusChange, by=by)
    add_period(row, today(branch), cause, by)
    return row


@action
def freeze_membership(*, membership: Membership, reason: str = "", by: User | None) -> Membership:
    """Stop a membership: no benefits, no revenue, no renewal. Raises Conflict where its terms do not allow it."""
    row = locked_membership(membership)
    if row.status == S.FROZEN:
        return row
    if not row.freeze_days:
        raise Conflict(_("This membership cannot be frozen."), code="not_allowed")
    if row.frozen_days >= row.freeze_days:
        raise Conflict(_("This membership was frozen for as long as it may be."), code="used_up")
    earn(row, by)
    return move_membership(row, S.FROZEN, by, reason=reason.strip(), frozen_on=today(row.branch))


@action
def unfreeze_membership(*, membership: Membership, by: User | None) -> Membership:
    """Let a membership go on: what was left of its periods comes later by the days it was frozen."""
    row = locked_membership(membership)
    if row.status != S.FROZEN or row.frozen_on is None:
        return row
    days = min((today(row.branch) - row.frozen_on).days, row.freeze_days - row.frozen_days)
    later = dt.timedelta(days)
    for period in row.periods.filter(ends_on__gt=row.frozen_on).order_by("-starts_on"):
        if period.starts_on > row.frozen_on:
            period.starts_on += later
        else:
            period.frozen_days += days
        period.ends_on += later
        if days:
            period.save()
    return move_membership(row, S.ACTIVE, by, frozen_on=None, frozen_days=row.frozen_days + days)


@action
def set_renewal(*, membership: Membership, renews: bool, by: User | None) -> Membership:
    """Let a membership end with its period, or go on after all; a bill for the next one that nobody paid is taken back.

    Raises Conflict for one that has ended.
    """
    rows = Invoice.objects.filter(
        membership_period__membership=membership, membership_period__starts_on__gt=today(membership.branch),
        status=InvoiceStatus.ISSUED, paid=0,
    )  # fmt: skip
    if not renews:
        for invoice in rows.order_by("pk"):
            cancel_invoice(invoice=invoice, reason=_("The membership is not renewed."), by=by)
    row = locked_membership(membership)
    if row.status not in RUNNING:
        raise Conflict(_("This membership has ended."), code="ended")
    if row.renews != renews:
        row.renews = renews
        row.save()
    return row


@action
def cancel_membership(
    *, membership: Membership, reason: str, keep: Decimal | None = None, by: User | None
) -> Membership:
    """End a membership today: days that have not passed are paid back by the way they were paid, less what the clinic
    keeps (`keep`); what is still owed for them is lowered first.

    Raises Invalid without a reason or for a `keep` above the rest, Conflict for one that has ended.
    """
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    periods = membership.periods.select_related("invoice__branch").order_by("pk")
    bills = [period.invoice for period in periods if period.owed and period.invoice.status != InvoiceStatus.CANCELLED]
    for invoice in bills:
        hold_drawer(invoice, by)
    for invoice in bills:
        locked(invoice)
    row = locked_membership(membership)
    if row.status not in RUNNING:
        raise Conflict(_("This membership has ended."), code="ended")
    earn(row, by)
    _give_back(row, keep or Decimal(0), reason.strip(), by)
    return move_membership(row, S.CANCELLED, by, reason=reason.strip(), frozen_on=None)


def _give_back(row: Membership, keep: Decimal, reason: str, by: User | None) -> None:
    """Every rial that is owed for days to come goes off the bills; what is kept is earned."""
    owing = list(row.periods.exclude(invoice__status=InvoiceStatus.CANCELLED).select_related("invoice"))
    rest = sum((period.owed for period in owing), Decimal(0))
    if keep:
        check_amount(keep, "keep")
    if keep > rest:
        raise Invalid(_("Only %(left)s is left of it.") % {"left": format_money(rest)}, field="keep")
    for period in sorted(owing, key=lambda each: each.starts_on):
        kept = min(keep, period.owed)
        keep -= kept
        if kept:
            period.earned += kept
            entries = [Entry("membership_earned", kept)]
            post(
                kind="membership_earned", cause=f"membership-period:{period.pk}/kept", entries=entries,
                business_date=today(row.branch), branch=row.branch, memo=row.name, by=by,
            )  # fmt: skip
        back = period.owed
        period.returned += back
        period.save()
        if back:
            lower_bill(locked(period.invoice), back, "membership_refunded", reason, by)
