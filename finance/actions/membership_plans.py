"""Memberships are built by the clinic."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from finance.actions.invoices import check_amount
from finance.models import MembershipPlan, MembershipPlanLine
from scheduling.models import Service

Gives = dict[Service | None, tuple[int, int]]


@action
def save_membership_plan(
    *, plan: MembershipPlan | None, gives: Gives, by: User | None, **fields: Any
) -> MembershipPlan:
    """Make or change a kind of membership; what was sold keeps its own terms until it is renewed.

    `gives`: percent off and sessions for a service, or (None) for all the others; `price` of one period in the
    clinic's currency. Raises Invalid for one that gives nothing, or for figures that cannot be.
    """
    check_amount(fields["price"], "price")
    if not any(percent or sessions for percent, sessions in gives.values()):
        raise Invalid(_("A membership gives a discount or sessions."), field="gives")
    for service, (percent, sessions) in gives.items():
        if percent > 100:
            raise Invalid(_("A discount is at most 100 percent."), field="gives")
        if sessions and service is None:
            raise Invalid(_("Choose the service of these sessions."), field="gives")
    row = plan or MembershipPlan()
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    lines = {line.service_id: line for line in row.lines.all()}
    for service, given in gives.items():
        line = lines.pop(service.pk if service else None, None) or MembershipPlanLine(plan=row, service=service)
        _set(line, *given)
    for line in lines.values():
        _set(line, 0, 0)
    return row


def _set(line: MembershipPlanLine, percent: int, sessions: int) -> None:
    if (line.discount_percent, line.sessions) == (percent, sessions) and (line.pk or not (percent or sessions)):
        return
    line.discount_percent, line.sessions = percent, sessions
    line.save()
