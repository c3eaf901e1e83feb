"""The daily report of a branch: money by channel and cashier, bills, cash, visits; the same whenever it is run.

Read from what is dated and never changed: payments, refunds, journals, and the moves of shifts.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from clinic.accounts.models import Branch
from clinic.accounts.queries import day_bounds
from finance.models import (
    REAL_MONEY,
    DayClose,
    JournalLine,
    Payment,
    Shift,
)
from finance.queries.day_cash import CashDay, cash_day
from finance.queries.day_lines import Line, by_cashier, by_channel, plain
from finance.queries.drawers import shifts
from finance.queries.money import NOTHING
from finance.statuses import LIVE_SHIFTS
from scheduling.models import Appointment, Visit
from scheduling.statuses import AppointmentStatus, VisitStatus


@dataclass(frozen=True)
class Amount:
    """One figure with how often it happened."""

    count: int
    sum: Decimal


@dataclass(frozen=True)
class DailyReport:
    """A branch's day."""

    branch: Branch
    day: dt.date
    channels: list[Line]
    cashiers: list[Line]
    billed: Amount
    cancelled: Amount
    discounts: Amount
    credit_notes: Amount
    deposits: Amount
    top_ups: Amount
    cash: CashDay
    visits: dict[str, int]
    shifts: list[Shift] = field(default_factory=list)
    closed: DayClose | None = None

    @property
    def money(self) -> Decimal:
        """Real money that came and stayed."""
        return sum((row.kept for row in self.channels if row.is_money), NOTHING)

    @property
    def open_shifts(self) -> list[Shift]:
        """Drawers that are not closed yet."""
        return [shift for shift in self.shifts if shift.status in LIVE_SHIFTS]

    def figures(self) -> dict[str, Any]:
        """Every figure as plain values: what is kept when the day is closed, and compared when it is run again."""
        amounts = ("billed", "cancelled", "discounts", "credit_notes", "deposits", "top_ups")
        return {
            "channels": [row.plain() for row in self.channels],
            "cashiers": [row.plain() for row in self.cashiers],
            **{name: [getattr(self, name).count, plain(getattr(self, name).sum)] for name in amounts},
            "cash": {name: plain(value) for name, value in vars(self.cash).items()},
        }

    @property
    def is_as_closed(self) -> bool:
        """Whether a closed day still says what it said then."""
        return self.closed is None or self.closed.figures == self.figures()


def daily_report(branch: Branch, day: dt.date) -> DailyReport:
    """Everything of one working day of a branch."""
    closed = DayClose.objects.filter(branch=branch, day=day).select_related("by").first()
    return DailyReport(
        branch=branch,
        day=day,
        channels=by_channel(branch, day),
        cashiers=by_cashier(branch, day),
        billed=_posted(branch, day, "issue", "1100"),
        cancelled=_posted(branch, day, "issue_reversed", "1100", sign=-1),
        discounts=_account(branch, day, "4910"),
        credit_notes=_posted(branch, day, "credit_note", "4920"),
        deposits=_held(branch, day, deposit=True),
        top_ups=_held(branch, day, deposit=False),
        cash=cash_day(branch, day),
        visits=_visits(branch, day),
        shifts=list(shifts().filter(branch=branch).filter(
            Q(business_date=day) | Q(status__in=LIVE_SHIFTS, business_date__lte=day)).order_by("opened_at")),
        closed=closed,
    )  # fmt: skip


def _lines(branch: Branch, day: dt.date) -> Any:
    return JournalLine.objects.filter(journal__branch=branch, journal__business_date=day)


def _posted(branch: Branch, day: dt.date, kind: str, account: str, *, sign: int = 1) -> Amount:
    """The journals of a kind: how many, and the sum on one account."""
    found = _lines(branch, day).filter(journal__kind=kind, account__code=account)
    row = found.aggregate(sum=Sum("amount"), count=Count("journal", distinct=True))
    return Amount(row["count"], sign * (row["sum"] or NOTHING))


def _account(branch: Branch, day: dt.date, account: str) -> Amount:
    row = _lines(branch, day).filter(account__code=account).aggregate(
        sum=Sum("amount"), count=Count("journal", distinct=True)
    )  # fmt: skip
    return Amount(row["count"], row["sum"] or NOTHING)


def _held(branch: Branch, day: dt.date, *, deposit: bool) -> Amount:
    """Money that pays no bill yet: deposits of appointments, else what went into the credit."""
    rows = Payment.objects.filter(
        branch=branch, business_date=day, invoice=None, deposit__isnull=not deposit, method__in=REAL_MONEY
    )
    found = rows.aggregate(sum=Sum("amount"), count=Count("pk"))
    return Amount(found["count"], found["sum"] or NOTHING)


def _visits(branch: Branch, day: dt.date) -> dict[str, int]:
    """How the day went on the floor."""
    visits = dict(Visit.objects.filter(branch=branch, day=day).order_by().values_list("status").annotate(Count("pk")))
    since, until = day_bounds(branch, day)
    booked = Appointment.objects.filter(branch=branch, starts_at__gte=since, starts_at__lt=until)
    asked = dict(booked.order_by().values_list("status").annotate(Count("pk")))
    return {
        "came": sum(visits.values()),
        "done": visits.get(VisitStatus.FINISHED, 0),
        "left": visits.get(VisitStatus.LEFT, 0),
        "no_show": asked.get(AppointmentStatus.NO_SHOW, 0),
        "cancelled": asked.get(AppointmentStatus.CANCELLED, 0),
    }
