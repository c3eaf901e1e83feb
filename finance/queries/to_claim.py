"""What can be claimed now, by insurer, branch and month."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import current_calendar, make_date, month_length, year_month_day
from finance.models import Insurer
from finance.queries.claims import open_shares
from finance.queries.documents import staff_scope
from finance.queries.money import NOTHING


@dataclass
class ToClaim:
    """The open shares of one insurer, branch and month of the reader's calendar."""

    insurer: Insurer
    branch: Branch
    first_day: dt.date
    last_day: dt.date
    count: int = 0
    amount: Decimal = NOTHING


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of a day's month, in the reader's calendar."""
    calendar = current_calendar()
    year, month, _day = year_month_day(day, calendar)
    last = month_length(year, month, calendar)
    return make_date(year, month, 1, calendar), make_date(year, month, last, calendar)


def to_claim(user: User) -> list[ToClaim]:
    """What can be claimed now, the oldest month first; one statement for the sums, by day."""
    rows = open_shares().filter(staff_scope(user, Perm.CLAIMS_WORK, "invoice__branch"))
    each = rows.order_by().values("insurer", "invoice__branch", "invoice__business_date")
    days: Any = each.annotate(count=Count("pk"), sum=Sum("amount"))
    found: dict[tuple[dt.date, int, int], ToClaim] = {}
    insurers = Insurer.objects.in_bulk()
    branches = Branch.objects.in_bulk()
    for row in days:
        first, last = month_of(row["invoice__business_date"])
        key = (first, row["insurer"], row["invoice__branch"])
        made = ToClaim(insurers[row["insurer"]], branches[row["invoice__branch"]], first, last)
        group = found.setdefault(key, made)
        group.count += row["count"]
        group.amount += row["sum"]
    return [found[key] for key in sorted(found)]
