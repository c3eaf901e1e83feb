"""Expenses that come again: proposed on their day, confirmed by a person."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.calendar import Calendar, add_months, make_date, month_length, year_month_day
from clinic.shared.errors import Invalid
from clinic.shared.statuses import begin, move
from clinic.shared.tenancy import current_clinic
from finance.actions.invoices import check_amount
from finance.actions.vouchers import Written, write_voucher
from finance.models import Account, DueExpense, DueExpenseStatusChange, Every, RecurringExpense, VoucherKind
from finance.queries.accounts import categories
from finance.queries.days import clinic_today
from finance.statuses import DUE_MOVES, DueStatus

MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}
AT_ONCE = 24  # days of one expense that are proposed in one run, should nobody have looked for long


@action
def save_recurring(*, recurring: RecurringExpense | None = None, by: User | None, **values: Any) -> RecurringExpense:
    """Add an expense that comes again, or change it; what is proposed already stays. Values as in the model, but
    `next_on`, which follows from `starts_on`. Raises Invalid at the field.
    """
    row = recurring or RecurringExpense()
    before = (row.starts_on, row.every)
    for name, value in values.items():
        setattr(row, name, value)
    check_amount(row.amount)
    if not row.name.strip():
        raise Invalid(_("Write what it was for."), field="name")
    if not categories(VoucherKind.EXPENSE).filter(pk=row.category_id).exists():
        raise Invalid(_("Choose a category."), field="category")
    if not row.money_id and not row.supplier_id:
        raise Invalid(_("Choose what it was paid from, or the supplier to whom it is owed."), field="money")
    if before != (row.starts_on, row.every):
        row.next_on = _first_after(row, row.due.order_by("-due_on").first() if row.pk else None)
    row.save()
    return row


def _first_after(row: RecurringExpense, last: DueExpense | None) -> dt.date:
    day, place = row.starts_on, 0
    while last and day <= last.due_on:
        place += 1
        day = day_of(row, place)
    return day


def day_of(row: RecurringExpense, place: int) -> dt.date:
    """The day of its n-th time, counted from the first: the 31st is the last day of shorter months, and comes back."""
    if row.every == Every.WEEK:
        return row.starts_on + dt.timedelta(weeks=place)
    calendar: Calendar = "jalali" if current_clinic().language == "fa" else "gregorian"
    year, month, day = year_month_day(row.starts_on, calendar)
    year, month = add_months(year, month, place * MONTHS[Every(row.every)])
    return make_date(year, month, min(day, month_length(year, month, calendar)), calendar)


@action
def propose_expenses(*, by: User | None) -> int:
    """Write a proposal for every day of a recurring expense that has come; safe to run again. Returns how many."""
    today, made = clinic_today(), 0
    rows = RecurringExpense.objects.filter(is_active=True, next_on__lte=today).select_for_update(of=("self",))
    for row in rows.order_by("pk"):
        place, count = 0, 0
        while day_of(row, place) < row.next_on:
            place += 1
        while row.next_on <= today and count < AT_ONCE:
            due = DueExpense(recurring=row, due_on=row.next_on)
            made += begin(due, log=DueExpenseStatusChange, by=by, once=True)
            place, count = place + 1, count + 1
            row.next_on = day_of(row, place)
        row.save()
    return made


@action
def confirm_due(
    *,
    due: DueExpense,
    amount: Decimal,
    business_date: dt.date | None = None,
    money: Account | None = None,
    reference: str = "",
    by: User | None,
) -> DueExpense:
    """Post a proposed expense with the amount that it really was; of its own day unless another is given.

    Raises Conflict where somebody confirmed it or left it out, or where its day is closed.
    """
    due = _locked(due)
    if due.status == DueStatus.CONFIRMED:
        return due
    of = due.recurring
    voucher = write_voucher(
        written=Written(
            VoucherKind.EXPENSE, of.branch, amount, of.name, business_date or due.due_on,
            money if money is not None else of.money, of.category, None, of.supplier, of.practitioner, reference,
            f"due:{due.pk}",
        ),
        by=by,
    )  # fmt: skip
    changes = {"voucher": voucher}
    return move(due, DueStatus.CONFIRMED, moves=DUE_MOVES, log=DueExpenseStatusChange, by=by, changes=changes)


@action
def skip_due(*, due: DueExpense, reason: str = "", by: User | None) -> DueExpense:
    """Leave a proposed expense out this time."""
    return move(due, DueStatus.SKIPPED, moves=DUE_MOVES, log=DueExpenseStatusChange, by=by, reason=reason)


@action
def propose_again(*, due: DueExpense, by: User | None) -> DueExpense:
    """Take back that it was left out."""
    return move(due, DueStatus.PROPOSED, moves=DUE_MOVES, log=DueExpenseStatusChange, by=by)


def _locked(due: DueExpense) -> DueExpense:
    rows = DueExpense.objects.select_for_update(of=("self",))
    return rows.select_related("recurring__branch", "recurring__category", "recurring__supplier").get(pk=due.pk)
