"""The working day of a branch: past midnight, in Ramadan evenings, over both changes of the clock."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from clinic.accounts.queries import business_day, day_bounds
from finance.models import Journal
from finance.queries.days import local_day, today
from inventory.queries import today_in
from scheduling.queries.floor import branch_day
from tests.finance import make as money

UTC = dt.UTC
TEHRAN, LONDON = "Asia/Tehran", "Europe/London"

# zone, hour at which the day starts, moment in UTC, the working day
CASES = [
    # A Ramadan evening in Tehran (UTC+03:30): the clinic works until two, the day starts at four.
    (TEHRAN, 4, "2026-03-05T19:30", "2026-03-05"),  # 23:00
    (TEHRAN, 4, "2026-03-05T20:30", "2026-03-05"),  # 00:00
    (TEHRAN, 4, "2026-03-05T22:15", "2026-03-05"),  # 01:45
    (TEHRAN, 4, "2026-03-06T00:29", "2026-03-05"),  # 03:59
    (TEHRAN, 4, "2026-03-06T00:30", "2026-03-06"),  # 04:00
    # The night before Nowruz belongs to the old year.
    (TEHRAN, 4, "2026-03-20T21:00", "2026-03-20"),
    (TEHRAN, 0, "2026-03-20T21:00", "2026-03-21"),
    # London loses 01:00–02:00 on 29 March and has it twice on 25 October.
    (LONDON, 2, "2026-03-29T00:59", "2026-03-28"),  # 00:59, an instant before the gap
    (LONDON, 2, "2026-03-29T01:00", "2026-03-29"),  # 02:00, the instant after it
    (LONDON, 2, "2026-10-25T00:30", "2026-10-24"),  # 01:30, the first time
    (LONDON, 2, "2026-10-25T01:30", "2026-10-24"),  # 01:30, the second time
    (LONDON, 2, "2026-10-25T02:00", "2026-10-25"),
    (LONDON, 1, "2026-03-29T01:00", "2026-03-29"),  # the day starts within the gap
    (TEHRAN, 4, "2028-02-29T21:00", "2028-02-29"),  # a leap day after midnight
]


@pytest.mark.parametrize(("zone", "hour", "moment", "day"), CASES)
def test_the_night_belongs_to_the_day_before(
    zone: str, hour: int, moment: str, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = money.make.branch(time_zone=zone, day_starts_hour=hour)
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=UTC)
    expected = dt.date.fromisoformat(day)
    assert business_day(branch, at) == expected
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert {today(branch), today_in(branch), branch_day(branch), local_day(branch, at)} == {expected}


@pytest.mark.parametrize("zone", [TEHRAN, LONDON])
@pytest.mark.parametrize("hour", [0, 1, 2, 4])
def test_days_touch_without_gap_and_hold_their_moments(zone: str, hour: int) -> None:
    branch = money.make.branch(time_zone=zone, day_starts_hour=hour)
    for first in (dt.date(2026, 3, 28), dt.date(2026, 10, 24)):
        for step in range(3):
            day = first + dt.timedelta(days=step)
            begin, end = (moment.astimezone(UTC) for moment in day_bounds(branch, day))
            assert day_bounds(branch, day + dt.timedelta(days=1))[0].astimezone(UTC) == end
            assert business_day(branch, begin) == day
            assert business_day(branch, end - dt.timedelta(seconds=1)) == day
            assert business_day(branch, end) == day + dt.timedelta(days=1)


def test_money_taken_after_midnight_is_of_the_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    branch = money.make.branch()
    branch.day_starts_hour = 4
    branch.save()
    at = dt.datetime(2026, 3, 5, 22, 0, tzinfo=UTC)  # 01:30 in Tehran
    monkeypatch.setattr(timezone, "now", lambda: at)
    invoice = money.bill(300_000)
    payment = money.pay(invoice, 300_000)
    evening = dt.date(2026, 3, 5)
    assert (invoice.business_date, payment.business_date) == (evening, evening)
    assert set(Journal.objects.exclude(branch=None).values_list("business_date", flat=True)) == {evening}
    assert payment.amount == Decimal(300_000)
