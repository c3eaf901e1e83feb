"""The chart of accounts as it stands, and what may be chosen of it."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from clinic.accounts.models import Branch
from finance.models import Account, AccountKind, VoucherKind
from finance.postings import RULED


def base_code(account: Account) -> str:
    """The code without the branch."""
    return account.code.partition("-")[0]


def is_ruled(account: Account) -> bool:
    """Whether only documents of its own move an account: by hand nothing is posted there."""
    return base_code(account) in RULED


def money_accounts(branch: Branch | None = None) -> QuerySet[Account]:
    """Accounts in use where money lies; of one branch, and those of no branch, where it is named."""
    rows = Account.objects.filter(is_money=True, is_active=True)
    return rows.filter(Q(branch=branch) | Q(branch=None)) if branch else rows


def categories(kind: str) -> QuerySet[Account]:
    """What an expense or an income written by hand can be for."""
    wanted = AccountKind.INCOME if kind == VoucherKind.INCOME else AccountKind.EXPENSE
    return Account.objects.filter(kind=wanted, is_active=True).exclude(code__in=RULED)


def openable() -> QuerySet[Account]:
    """Accounts that may be given an opening balance: neither earnings nor what other documents keep."""
    kinds = [AccountKind.ASSET, AccountKind.LIABILITY, AccountKind.EQUITY]
    return Account.objects.filter(kind__in=kinds, is_active=True).exclude(code__in=[*RULED, "3010"]).order_by("code")


def by_kind(rows: Iterable[Account]) -> list[tuple[str, list[Account]]]:
    """Accounts under the words of their kinds, in the order of a balance sheet."""
    found = list(rows)
    groups = ((kind.label, [row for row in found if row.kind == kind]) for kind in AccountKind)
    return [(str(label), own) for label, own in groups if own]
