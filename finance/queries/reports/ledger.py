"""The general ledger: every line of an account with what stood there after it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum, Window

from finance.models import Account, JournalLine
from finance.queries.money import NOTHING
from finance.queries.reports.scope import Scope


@dataclass(frozen=True)
class AccountLedger:
    """An account's days: what stood there before, the lines in order, what stands there after."""

    account: Account
    opening: Decimal
    lines: QuerySet[JournalLine, Any]
    closing: Decimal


def account_lines(account: Account, scope: Scope) -> AccountLedger:
    """The lines of an account; each `stood` is the balance after it, without `opening`."""
    opening = scope.lines_before().filter(account=account).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    own = scope.lines().filter(account=account)
    moved = own.aggregate(sum=Sum("amount"))["sum"] or NOTHING
    order = [F("business_date").asc(), F("journal_id").asc(), F("pk").asc()]
    lines = own.annotate(stood=Window(Sum("amount"), order_by=order)).order_by("business_date", "journal_id", "pk")
    lines = lines.select_related("journal", "patient", "practitioner", "service", "supplier")
    return AccountLedger(account, opening, lines, opening + moved)
