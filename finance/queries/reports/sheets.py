"""What the clinic has, owes and is worth on a day; and how money came and went."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from finance.models import Account, AccountKind, Journal
from finance.queries.books import name_of
from finance.queries.money import NOTHING
from finance.queries.reports.scope import Scope

LONG_AGO = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Balance:
    """An account with what stands on its own side."""

    account: Account
    amount: Decimal

    @property
    def name(self) -> str:
        """The account's name in the reader's language."""
        return name_of(self.account)


@dataclass(frozen=True)
class BalanceSheet:
    """A day's assets, debts and equity; `profit` is what was earned and not carried to the equity yet."""

    day: dt.date
    assets: list[Balance]
    debts: list[Balance]
    equity: list[Balance]
    profit: Decimal

    @property
    def sum_assets(self) -> Decimal:
        """All that the clinic has."""
        return sum((row.amount for row in self.assets), NOTHING)

    @property
    def sum_debts(self) -> Decimal:
        """All that it owes."""
        return sum((row.amount for row in self.debts), NOTHING)

    @property
    def sum_equity(self) -> Decimal:
        """What is its owners', with the profit not carried yet."""
        return sum((row.amount for row in self.equity), NOTHING) + self.profit

    @property
    def balances(self) -> bool:
        """Whether what it has equals what it owes and what is its owners'."""
        return self.sum_assets == self.sum_debts + self.sum_equity


def balance_sheet(day: dt.date, known: dt.datetime | None = None) -> BalanceSheet:
    """The balance sheet at the end of a day."""
    lines = Scope(LONG_AGO, day, known).lines_until()
    sums = dict(lines.values_list("account").annotate(sum=Sum("amount")).order_by())
    sides: dict[str, list[Balance]] = {kind: [] for kind in AccountKind.values}
    profit = NOTHING
    for account in Account.objects.filter(pk__in=sums).order_by("code"):
        amount = sums[account.pk]
        if account.kind in (AccountKind.INCOME, AccountKind.EXPENSE):
            profit -= amount
        elif amount:
            sides[account.kind].append(Balance(account, amount if account.kind == AccountKind.ASSET else -amount))
    kinds = AccountKind
    return BalanceSheet(day, sides[kinds.ASSET], sides[kinds.LIABILITY], sides[kinds.EQUITY], profit)


@dataclass(frozen=True)
class Flow:
    """What happened, in words, with the money that it brought and took."""

    label: str
    came: Decimal
    went: Decimal

    @property
    def net(self) -> Decimal:
        """What was left of it."""
        return self.came - self.went


@dataclass(frozen=True)
class CashFlow:
    """Money at the beginning, what came and went for what, money at the end; by account as well."""

    scope: Scope
    opening: Decimal
    flows: list[Flow]
    accounts: list[tuple[Account, Decimal, Decimal]]  # with what lay there at the beginning and at the end

    @property
    def came(self) -> Decimal:
        """All that came."""
        return sum((flow.came for flow in self.flows), NOTHING)

    @property
    def went(self) -> Decimal:
        """All that went."""
        return sum((flow.went for flow in self.flows), NOTHING)

    @property
    def closing(self) -> Decimal:
        """What lies there at the end."""
        return self.opening + self.came - self.went


def cash_flow(scope: Scope) -> CashFlow:
    """How the money of all accounts where money lies changed. What only moves between them neither came nor went."""
    money = {account.pk: account for account in Account.objects.filter(is_money=True).order_by("code")}
    before = dict(
        scope.lines_before().filter(account__in=list(money)).values_list("account").annotate(Sum("amount")).order_by()
    )
    lines = scope.lines().filter(account__in=list(money))
    moved = dict(lines.values_list("account").annotate(Sum("amount")).order_by())
    # By journal first: a transfer's two sides are nothing to the whole.
    each = lines.values("journal", "journal__kind").annotate(net=Sum("amount")).order_by()
    found: dict[str, list[Decimal]] = {}
    for row in each.filter(~Q(net=0)):
        sides = found.setdefault(row["journal__kind"], [NOTHING, NOTHING])
        sides[0 if row["net"] > 0 else 1] += abs(row["net"])
    flows = [Flow(Journal(kind=kind).kind_label, came, went) for kind, (came, went) in found.items()]
    accounts = [
        (account, before.get(pk, NOTHING), before.get(pk, NOTHING) + moved.get(pk, NOTHING))
        for pk, account in money.items()
        if pk in before or pk in moved
    ]
    return CashFlow(
        scope, sum(before.values(), NOTHING), sorted(flows, key=lambda flow: (-flow.net, flow.label)), accounts
    )
