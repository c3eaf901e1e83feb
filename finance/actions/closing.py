"""The end of a branch's day: its figures are kept, its cash agrees or the difference is posted."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import quantise
from clinic.shared.notices import tell
from finance.actions.drawers import uses_shifts
from finance.actions.ledger import Entry, post
from finance.models import DayClose
from finance.queries.days import closing_turn, today
from finance.queries.report import daily_report
from finance.queries.takings import drawer


@action
def close_day(
    *, branch: Branch, day: dt.date, counted: Decimal | None = None, note: str = "", by: User | None
) -> DayClose:
    """Close a working day of a branch; money that comes later is of the next one. A closed day is closed once.

    With shifts the cash is what they counted; without, `counted` is the whole drawer's and a difference is posted.
    Raises Conflict for a day that has not begun or whose drawers are open, Invalid for a sum that cannot be.
    """
    closing_turn(branch)
    done = DayClose.objects.filter(branch=branch, day=day).first()
    if done:
        return done
    if day > today(branch) or DayClose.objects.filter(branch=branch, day__gt=day).exists():
        raise Conflict(_("This day cannot be closed: it has not begun, or a later one is closed already."), code="day")
    report = daily_report(branch, day)
    if report.open_shifts:
        who = report.open_shifts[0]
        words = {"desk": who.desk.name, "who": who.cashier.full_name}
        raise Conflict(_("%(desk)s is still open (%(who)s). Have it counted first.") % words, code="shift_open")
    if uses_shifts(branch):
        ended = [shift for shift in report.shifts if shift.business_date == day]
        expected = sum((shift.expected or Decimal(0) for shift in ended), Decimal(0))
        counted = sum((shift.counted or Decimal(0) for shift in ended), Decimal(0))
    else:
        expected = drawer(branch, day)
        counted = _checked(counted)
        if counted != expected:
            if not note.strip():
                raise Invalid(_("The drawer holds another sum by the books. Count again, or write why."), field="note")
            _post_difference(branch, day, counted - expected, note, by)
    row = DayClose(
        branch=branch, day=day, expected=expected, counted=counted, note=note.strip()[:200], by=by,
        figures=daily_report(branch, day).figures(),
    )  # fmt: skip
    row.save()
    tell("money", branch=branch.pk)
    return row


def _checked(counted: Decimal | None) -> Decimal:
    if counted is None:
        raise Invalid(_("Count the cash and write the sum, zero where there is none."), field="counted")
    if counted < 0 or counted != quantise(counted) or counted >= Decimal(10) ** 15:
        raise Invalid(_("Write zero or more, in whole units of the currency."), field="counted")
    return counted


def _post_difference(branch: Branch, day: dt.date, difference: Decimal, note: str, by: User | None) -> None:
    kind = "cash_over" if difference > 0 else "cash_short"
    post(
        kind=kind,
        cause=f"day:{branch.pk}:{day}",
        entries=[Entry(kind, abs(difference))],
        business_date=day,
        branch=branch,
        memo=note,
        by=by,
    )
