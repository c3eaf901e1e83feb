"""Payment plans: a bill that is owed is paid in parts on agreed days."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money
from clinic.shared.notices import tell
from clinic.shared.statuses import begin, move
from clinic.shared.text import normalise
from finance.actions.invoices import check_amount, locked
from finance.models import Instalment, Invoice, PaymentPlan, PaymentPlanStatusChange
from finance.queries.days import today
from finance.statuses import PLAN_MOVES, InvoiceStatus, PlanStatus

MOST_PARTS = 60
LONGEST = dt.timedelta(days=366 * 5)


@action
def agree_plan(
    *, invoice: Invoice, parts: Sequence[tuple[dt.date, Decimal]], note: str = "", by: User | None
) -> PaymentPlan:
    """Agree on parts (day, amount) that add up to what is owed on a bill; an earlier plan of it ends.

    Raises Conflict where nothing is owed, Invalid for parts that do not add up or days out of order.
    """
    invoice = locked(invoice)
    if invoice.status != InvoiceStatus.ISSUED or invoice.due <= 0:
        raise Conflict(_("Nothing is owed on this bill."), code="nothing_owed")
    _check(invoice, parts)
    for running in PaymentPlan.objects.select_for_update().filter(invoice=invoice, status=PlanStatus.RUNNING):
        _end(running, _("Another plan was agreed."), by)
    plan = PaymentPlan(
        invoice=invoice, patient=invoice.patient, branch=invoice.branch, total=invoice.due, note=normalise(note)[:200]
    )
    begin(plan, log=PaymentPlanStatusChange, by=by)
    for place, (day, amount) in enumerate(parts, 1):
        Instalment(plan=plan, place=place, due_on=day, amount=amount).save()
    tell("money", branch=plan.branch_id)
    return plan


@action
def end_plan(*, plan: PaymentPlan, reason: str, by: User | None) -> PaymentPlan:
    """End a plan: the bill is owed at once again. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    ended = _end(plan, normalise(reason), by)
    tell("money", branch=ended.branch_id)
    return ended


def even_parts(total: Decimal, count: int, unit: Decimal) -> list[Decimal]:
    """A sum in `count` parts of whole units; what is left over stands in the last."""
    part = (total / count // unit) * unit
    return [part] * (count - 1) + [total - part * (count - 1)]


def _end(plan: PaymentPlan, reason: str, by: User | None) -> PaymentPlan:
    return move(plan, PlanStatus.ENDED, moves=PLAN_MOVES, log=PaymentPlanStatusChange, by=by, reason=reason)


def _check(invoice: Invoice, parts: Sequence[tuple[dt.date, Decimal]]) -> None:
    if not 1 <= len(parts) <= MOST_PARTS:
        raise Invalid(_("A plan has from 1 to 60 parts."), field="count")
    for _day, amount in parts:
        check_amount(amount)
    days = [day for day, _amount in parts]
    if days != sorted(set(days)):
        raise Invalid(_("Each part is due after the one before."), field="first")
    first = today(invoice.branch)
    if days[0] < first or days[-1] - first > LONGEST:
        raise Invalid(_("The first part is due today or later, the last one within five years."), field="first")
    if sum(amount for _day, amount in parts) != invoice.due:
        text = _("The parts must add up to %(due)s.") % {"due": format_money(invoice.due)}
        raise Invalid(text, field="count")
