"""Closing days of the books and opening them again; at a year's end its profit goes to the equity."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from finance.actions.ledger import Entry, post, reverse
from finance.models import Account, AccountKind, Journal, JournalLine, PeriodMove
from finance.queries.days import local_day
from finance.queries.periods import closed_ranges

YEAR_CLOSED = "year_closed"


@action
def close_period(*, first: dt.date, last: dt.date, reason: str, year_end: bool = False, by: User | None) -> PeriodMove:
    """Close all days from `first` to `last`: from now on nothing is posted on them, whoever asks.

    Waits until all that is being posted is written. With `year_end` the profit of these days is carried to the equity
    by journals of the last day, one for each branch. Raises Invalid for days that are not over everywhere, Conflict
    where all of them are closed.
    """
    reason = _reason(reason)
    if last < first:
        raise Invalid(_("The last day lies before the first."), field="last_day")
    alone_with_the_books()
    if last >= _earliest_today():
        raise Invalid(_("Only days that are over can be closed."), field="last_day")
    if any(begin <= first and last <= end for begin, end in closed_ranges()):
        raise Conflict(_("These days are closed already."), field="first_day")
    if year_end:
        _carry_profit(first, last, by)
    move = PeriodMove(first_day=first, last_day=last, closes=True, year_end=year_end, reason=reason, by=by)
    move.save()
    return move


@action
def reopen_period(*, first: dt.date, last: dt.date, reason: str, by: User | None) -> PeriodMove:
    """Open days again. Where the end of a closed year is among them, its profit is carried back to the accounts.

    Raises Conflict where none of them is closed.
    """
    reason = _reason(reason)
    if last < first:
        raise Invalid(_("The last day lies before the first."), field="last_day")
    alone_with_the_books()
    if not any(begin <= last and first <= end for begin, end in closed_ranges()):
        raise Conflict(_("These days are open already."), field="first_day")
    move = PeriodMove(first_day=first, last_day=last, closes=False, reason=reason, by=by)
    move.save()
    carried = Journal.objects.filter(kind=YEAR_CLOSED, business_date__range=(first, last), reversed_by=None)
    for journal in carried.order_by("pk"):
        reverse(journal=journal, cause=f"{journal.cause}/opened", business_date=journal.business_date, by=by)
    return move


def alone_with_the_books() -> None:
    """Wait for all postings that are under way, and let none begin until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':books', 11))")


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(_("Write why."), field="reason")
    return text[:200]


def _earliest_today() -> dt.date:
    """The day at the branch where it is earliest: a day is over when it is over everywhere."""
    now = timezone.now()
    return min(local_day(branch, now) for branch in Branch.objects.all())


def _carry_profit(first: dt.date, last: dt.date, by: User | None) -> None:
    """Bring every account of income and expense to zero over these days, against the profit of years before."""
    lines = JournalLine.objects.filter(
        account__kind__in=[AccountKind.INCOME, AccountKind.EXPENSE], business_date__range=(first, last)
    )
    of_branch: dict[int | None, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in lines.values("branch", "account").annotate(sum=Sum("amount")).order_by("account"):
        if row["sum"]:
            of_branch[row["branch"]].append((row["account"], row["sum"]))
    accounts, branches = Account.objects.in_bulk(), Branch.objects.in_bulk()
    times = PeriodMove.objects.count()  # a year may be opened and closed again
    for branch, sums in of_branch.items():
        post(
            kind=YEAR_CLOSED,
            cause=f"year:{last.isoformat()}/{times}:{branch or 0}",
            entries=[_carried(accounts[account], amount) for account, amount in sums],
            business_date=last,
            branch=branches.get(branch) if branch else None,
            by=by,
        )


def _carried(account: Account, amount: Decimal) -> Entry:
    """The entry that takes an account's sum (debit above zero) away."""
    if account.kind == AccountKind.INCOME:
        if amount < 0:
            return Entry("year_income", -amount, debit=account)
        return Entry("year_income_back", amount, credit=account)
    if amount > 0:
        return Entry("year_expense", amount, credit=account)
    return Entry("year_expense_back", -amount, debit=account)
