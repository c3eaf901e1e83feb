"""Reads of the ledger: the trial balance and the journals behind it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import get_language

from finance.models import Account, Journal, JournalLine
from finance.queries.money import NOTHING


@dataclass(frozen=True)
class Row:
    """An account with the sums of its two sides; `balance` is debit less credit."""

    account: Account
    debit: Decimal
    credit: Decimal

    @property
    def name(self) -> str:
        """The account's name in the reader's language."""
        return name_of(self.account)

    @property
    def balance(self) -> Decimal:
        """Above zero on the debit side, below on the credit side."""
        return self.debit - self.credit

    @property
    def on_debit(self) -> Decimal:
        """The balance where it stands on the debit side."""
        return max(self.balance, NOTHING)

    @property
    def on_credit(self) -> Decimal:
        """The balance where it stands on the credit side."""
        return max(-self.balance, NOTHING)


@dataclass(frozen=True)
class TrialBalance:
    """Every account that was moved, up to and with a day."""

    until: dt.date | None
    rows: list[Row]

    @property
    def debit(self) -> Decimal:
        """The sum of all debits."""
        return sum((row.debit for row in self.rows), NOTHING)

    @property
    def credit(self) -> Decimal:
        """The sum of all credits."""
        return sum((row.credit for row in self.rows), NOTHING)

    @property
    def sum_on_debit(self) -> Decimal:
        """The sum of the debit balances."""
        return sum((row.on_debit for row in self.rows), NOTHING)

    @property
    def sum_on_credit(self) -> Decimal:
        """The sum of the credit balances."""
        return sum((row.on_credit for row in self.rows), NOTHING)

    @property
    def balances(self) -> bool:
        """Whether the two sides are equal, as they must be."""
        return self.debit == self.credit


def name_of(account: Account) -> str:
    """An account's name in the reader's language."""
    english = not (get_language() or "").startswith("fa")
    return account.name_en if english and account.name_en else account.name


def trial_balance(until: dt.date | None = None) -> TrialBalance:
    """The trial balance in one sum over the lines, so that it is of one moment."""
    lines = JournalLine.objects.all()
    if until:
        lines = lines.filter(business_date__lte=until)
    sums = lines.values("account").annotate(
        debit=Sum("amount", filter=Q(amount__gt=0)), credit=Sum("amount", filter=Q(amount__lt=0))
    )
    found = {row["account"]: row for row in sums}
    accounts = Account.objects.filter(pk__in=found).order_by("code")
    return TrialBalance(
        until,
        [
            Row(account, found[account.pk]["debit"] or NOTHING, -(found[account.pk]["credit"] or NOTHING))
            for account in accounts
        ],
    )


def journals(*, account: int | None = None, day: dt.date | None = None, branch: int | None = None) -> QuerySet[Journal]:
    """Journals with their lines, the newest first; of one account, day or branch where asked."""
    rows = Journal.objects.select_related("branch", "by").prefetch_related("lines__account")
    if account:
        rows = rows.filter(pk__in=JournalLine.objects.filter(account=account).values("journal"))
    if day:
        rows = rows.filter(business_date=day)
    if branch:
        rows = rows.filter(branch=branch)
    return rows.order_by("-pk")
