"""What memberships take off the bills of visits, and what a cancelled bill gives back to them."""

from dataclasses import replace

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from finance.actions.invoices import Draft
from finance.models import Invoice, MembershipPeriod, MembershipRight, MembershipUse
from finance.queries.memberships import Benefit, benefit_of
from finance.statuses import InvoiceStatus
from scheduling.models import Visit


def member_line(visit: Visit, line: Draft) -> tuple[Draft, Benefit | None]:
    """The line of a visit less what a membership takes off, which is held. Call it inside an action."""
    benefit = benefit_of(visit, line.unit_price, hold=True)
    if benefit is None:
        return line, None
    membership = benefit.membership
    source = f"{line.price_source} membership:{membership.pk}"
    less = replace(line, price_source=source, discount=benefit.amount, discount_reason=membership.name[:120])
    return less, benefit


def note_use(benefit: Benefit, invoice: Invoice, visit: Visit, by: User | None) -> None:
    """Write down what was taken off a bill that was just issued; an included session is counted down."""
    right = benefit.right
    if benefit.is_session:
        right.left -= 1
        right.save()
    MembershipUse(
        right=right, visit=visit, invoice=invoice, sessions=int(benefit.is_session), amount=benefit.amount,
        list_price=benefit.list_price, cause=f"invoice:{invoice.pk}/membership", by=by,
    ).save(force_insert=True)  # fmt: skip


@action
def take_back_membership(*, invoice: Invoice, by: User | None) -> None:
    """What a cancelled bill took from a membership comes back; the period that it sold is owed no more. Repeatable.

    Raises Conflict where days of that period are earned: then the membership is cancelled.
    """
    if invoice.status != InvoiceStatus.CANCELLED:
        return
    period = MembershipPeriod.objects.select_for_update().filter(invoice=invoice).first()
    if period and period.owed:
        if period.earned or period.returned:
            raise Conflict(_("Days of this membership have passed. Cancel the membership instead."), code="used")
        period.returned = period.price
        period.save()
    for used in MembershipUse.objects.filter(invoice=invoice, amount__gt=0):
        cause = f"use:{used.pk}/back"
        if MembershipUse.objects.filter(cause=cause).exists():
            continue
        right = MembershipRight.objects.select_for_update().get(pk=used.right_id)
        if used.sessions:
            right.left += 1
            right.save()
        MembershipUse(
            right=right, visit=used.visit, invoice=invoice, sessions=-used.sessions, amount=-used.amount,
            list_price=used.list_price, cause=cause, by=by,
        ).save(force_insert=True)  # fmt: skip
