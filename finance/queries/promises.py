"""Reads of what is promised: parts of plans with what is paid of them, and cheques by their day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from clinic.accounts.models import Branch
from finance.models import Cheque, Instalment, PaymentPlan
from finance.queries.money import NOTHING
from finance.statuses import ChequeStatus, PlanStatus


@dataclass(frozen=True)
class Part:
    """One instalment on a day: what of it is paid, and whether it is late."""

    row: Instalment
    plan: PaymentPlan
    paid: Decimal
    day: dt.date

    @property
    def open(self) -> Decimal:
        """What is still to be paid of it."""
        return self.row.amount - self.paid

    @property
    def state(self) -> str:
        """paid, overdue, due (today) or later."""
        if self.open <= 0:
            return "paid"
        return "overdue" if self.row.due_on < self.day else "due" if self.row.due_on == self.day else "later"


def parts_of(plans: Iterable[PaymentPlan], day: dt.date) -> list[Part]:
    """The parts of plans as they stand on a day; what was paid since pays the earliest first."""
    found = {plan.pk: plan for plan in plans}
    rows: dict[int, list[Instalment]] = defaultdict(list)
    for row in Instalment.objects.filter(plan__in=found).order_by("plan", "place"):
        rows[row.plan_id].append(row)
    parts = []
    for pk, plan in found.items():
        paid = max(plan.total - plan.invoice.due, NOTHING)
        for row in rows[pk]:
            part = min(paid, row.amount)
            parts.append(Part(row, plan, part, day))
            paid -= part
    return parts


def running_plans(branch: Branch | None = None) -> QuerySet[PaymentPlan]:
    """The plans on which something is still owed."""
    rows = PaymentPlan.objects.filter(status=PlanStatus.RUNNING, invoice__status="issued")
    rows = rows.select_related("invoice", "patient", "branch")
    return rows.filter(branch=branch) if branch else rows


def plan_of(invoice_id: int) -> PaymentPlan | None:
    """The running plan of a bill."""
    rows = PaymentPlan.objects.filter(invoice=invoice_id, status=PlanStatus.RUNNING)
    return rows.select_related("invoice", "patient", "branch").first()


def due_parts(branch: Branch, day: dt.date) -> list[Part]:
    """The open parts of a branch, the longest overdue first."""
    return sorted(
        (part for part in parts_of(running_plans(branch), day) if part.open > 0),
        key=lambda part: (part.row.due_on, part.row.pk),
    )


def cheques_of(branch: Branch, status: str = "") -> QuerySet[Cheque]:
    """The cheques of a branch by the day they are due; without a status those that still wait."""
    rows = Cheque.objects.filter(branch=branch).select_related("patient", "payment", "branch")
    waiting = [ChequeStatus.IN_HAND, ChequeStatus.DEPOSITED]
    return rows.filter(status__in=[status] if status else waiting).order_by("due_on", "pk")
