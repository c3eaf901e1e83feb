"""What was earned and what it cost: by account, by branch, doctor and service, month by month."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, IntegerField, Q, Sum, Value, When

from clinic.accounts.models import Branch
from clinic.shared.calendar import add_months, year_month_day
from finance.models import Account, AccountKind
from finance.queries.books import name_of
from finance.queries.money import NOTHING
from finance.queries.reports.scope import Scope, month_range
from scheduling.models import Practitioner, Service
from scheduling.templatetags.names import called

EARNINGS = [AccountKind.INCOME, AccountKind.EXPENSE]
MODELS: dict[str, Any] = {"branch": Branch, "practitioner": Practitioner, "service": Service}


@dataclass(frozen=True)
class Line:
    """An account's amount in the period and in the one before; above zero is income, or a cost."""

    account: Account
    amount: Decimal
    before: Decimal

    @property
    def name(self) -> str:
        """The account's name in the reader's language."""
        return name_of(self.account)

    @property
    def change(self) -> Decimal:
        """What it is more, or less, than before."""
        return self.amount - self.before


@dataclass(frozen=True)
class Profit:
    """Income and costs of a scope with those of the one before."""

    scope: Scope
    income: list[Line]
    costs: list[Line]

    def sum_of(self, side: str, when: str = "amount") -> Decimal:
        """The sum of a side, now ("amount") or before."""
        return sum((getattr(line, when) for line in getattr(self, side)), NOTHING)

    @property
    def earned(self) -> Decimal:
        """All income."""
        return self.sum_of("income")

    @property
    def spent(self) -> Decimal:
        """All costs."""
        return self.sum_of("costs")

    @property
    def profit(self) -> Decimal:
        """What is left; below zero a loss."""
        return self.earned - self.spent

    @property
    def before(self) -> Decimal:
        """What was left in the period before."""
        return self.sum_of("income", "before") - self.sum_of("costs", "before")


@dataclass(frozen=True)
class Part:
    """A branch, doctor or service (its id; None where the lines name none) with what it earned and cost."""

    key: int | None
    name: str
    income: Decimal
    cost: Decimal

    @property
    def profit(self) -> Decimal:
        """What is left."""
        return self.income - self.cost


@dataclass(frozen=True)
class Month:
    """A month with what was earned and spent."""

    first: dt.date
    last: dt.date
    income: Decimal
    cost: Decimal

    @property
    def profit(self) -> Decimal:
        """What is left."""
        return self.income - self.cost


def profit(scope: Scope) -> Profit:
    """Income and costs by account, beside the period before."""
    now, before = _by_account(scope), _by_account(scope.before())
    accounts = Account.objects.filter(pk__in=set(now) | set(before)).order_by("code")
    income: list[Line] = []
    costs: list[Line] = []
    for account in accounts:
        sign = -1 if account.kind == AccountKind.INCOME else 1
        line = Line(account, sign * now.get(account.pk, NOTHING), sign * before.get(account.pk, NOTHING))
        (income if account.kind == AccountKind.INCOME else costs).append(line)
    return Profit(scope, income, costs)


def _earnings() -> dict[int, str]:
    """The accounts of income and costs with their kinds: few, so the lines need no join."""
    return dict(Account.objects.filter(kind__in=EARNINGS).values_list("pk", "kind"))


def _by_account(scope: Scope) -> dict[int, Decimal]:
    lines = scope.earned().filter(account__in=list(_earnings()))
    return dict(lines.values_list("account").annotate(sum=Sum("amount")).order_by())


def profit_by(scope: Scope, what: str) -> list[Part]:
    """By "branch", "practitioner" or "service", the most profitable first."""
    kinds = _earnings()
    income = [pk for pk, kind in kinds.items() if kind == AccountKind.INCOME]
    lines = scope.earned().filter(account__in=list(kinds))
    rows = lines.values(what).annotate(
        income=Sum("amount", filter=Q(account__in=income)), cost=Sum("amount", filter=~Q(account__in=income))
    )
    found = list(rows.order_by())
    names = MODELS[what].objects.in_bulk([row[what] for row in found if row[what]])
    parts = [
        Part(row[what], _called(names.get(row[what])), -(row["income"] or NOTHING), row["cost"] or NOTHING)
        for row in found
    ]
    return sorted(parts, key=lambda part: (part.key is None, -part.profit, part.name))


def _called(thing: Any) -> str:
    return called(thing) if thing else ""


def months_back(scope: Scope, count: int = 12) -> list[Month]:
    """The `count` months of the reader's calendar up to that of the last day, the oldest first."""
    year, month, _day = year_month_day(scope.last)
    ranges = [month_range(*add_months(year, month, -back)) for back in range(count - 1, -1, -1)]
    whole, kinds = replace(scope, first=ranges[0][0], last=ranges[-1][1]), _earnings()
    income = [pk for pk, kind in kinds.items() if kind == AccountKind.INCOME]
    place = Case(
        *(When(business_date__lte=last, then=Value(number)) for number, (_first, last) in enumerate(ranges)),
        output_field=IntegerField(),
    )
    lines = whole.earned().filter(account__in=list(kinds)).annotate(place=place)
    rows = lines.values("place").annotate(
        income=Sum(F("amount"), filter=Q(account__in=income)), cost=Sum(F("amount"), filter=~Q(account__in=income))
    )
    found = {row["place"]: row for row in rows.order_by()}
    nothing: dict[str, Decimal | None] = {"income": None, "cost": None}
    return [
        Month(
            first,
            last,
            -(found.get(number, nothing)["income"] or NOTHING),
            found.get(number, nothing)["cost"] or NOTHING,
        )
        for number, (first, last) in enumerate(ranges)
    ]
