"""Both calendars, both languages."""

import datetime as dt

import pytest
from django.utils import translation

from clinic.shared import calendar
from clinic.shared.calendar import DateProblem, Style, format_date, make_date, month_grid, parse_date
from clinic.shared.templatetags.ui import days_of

DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("style", "fa", "en"),
    [
        ("long", "شنبه ۳۰ آبان ۱۴۰۵", "Saturday, 21 November 2026"),
        ("medium", "۳۰ آبان ۱۴۰۵", "21 November 2026"),
        ("weekday", "شنبه ۳۰ آبان", "Sat 21 Nov"),
        ("short", "۳۰ آبان", "21 Nov"),
        ("numeric", "۱۴۰۵/۰۸/۳۰", "2026-11-21"),
        ("month", "آبان ۱۴۰۵", "November 2026"),
    ],
)
def test_styles(style: Style, fa: str, en: str) -> None:
    assert (format_date(DAY, "fa", style), format_date(DAY, "en", style)) == (fa, en)


def test_the_calendar_may_differ_from_the_language() -> None:
    assert format_date(DAY, "en", calendar="jalali") == "30 Aban 1405"
    assert format_date(DAY, "fa", calendar="gregorian") == "۲۱ نوامبر ۲۰۲۶"
    token = calendar.calendar_choice.set("gregorian")
    try:
        assert format_date(DAY, "fa") == "۲۱ نوامبر ۲۰۲۶"
    finally:
        calendar.calendar_choice.reset(token)


def test_times_are_shown_in_the_current_zone() -> None:
    moment = dt.datetime(2026, 11, 21, 20, 45, tzinfo=dt.UTC)
    with calendar.timezone.override("Asia/Tehran"):
        assert calendar.format_time(moment, "fa") == "۰۰:۱۵"
        assert calendar.format_datetime(moment, "en") == "22 November 2026, 00:15"


@pytest.mark.parametrize(
    ("typed", "kind", "day"),
    [
        ("1405/8/30", "jalali", DAY),
        ("۱۴۰۵/۰۸/۳۰", "jalali", DAY),
        ("30-8-1405", "jalali", DAY),
        ("14050830", "jalali", DAY),
        ("۳۰ آبان ۱۴۰۵", "jalali", DAY),
        ("30 Aban 1405", "gregorian", DAY),
        ("2026-11-21", "jalali", DAY),
        ("1405.8.30", "gregorian", DAY),
        ("21 November 2026", "gregorian", DAY),
        ("21 nov 2026", "jalali", DAY),
        ("Nov 21, 2026", "gregorian", DAY),
        ("21/11/2026", "gregorian", DAY),
        ("1403/12/30", "jalali", dt.date(2025, 3, 20)),
        ("1399/12/30", "jalali", dt.date(2021, 3, 20)),
    ],
)
def test_read(typed: str, kind: calendar.Calendar, day: dt.date) -> None:
    assert parse_date(typed, kind) == day


@pytest.mark.parametrize(
    ("typed", "kind", "code"),
    [
        ("", "jalali", "empty"),
        ("tomorrow", "gregorian", "unreadable"),
        ("1405/8", "jalali", "unreadable"),
        ("1/2/3/4", "jalali", "unreadable"),
        ("1405/13/1", "jalali", "month"),
        ("2026-00-10", "gregorian", "month"),
        ("1404/12/30", "jalali", "day"),
        ("1405/7/31", "jalali", "day"),
        ("1405/1/0", "jalali", "day"),
        ("2026-02-29", "gregorian", "day"),
        ("0/1/1", "jalali", "year"),
        ("05/8/30", "jalali", "year"),
        ("99999/1/1", "gregorian", "year"),
        ("0000-01-01", "gregorian", "year"),
    ],
)
def test_not_read(typed: str, kind: calendar.Calendar, code: str) -> None:
    with pytest.raises(DateProblem) as problem:
        parse_date(typed, kind)
    assert problem.value.code == code


def test_the_error_names_the_length_of_the_month() -> None:
    with translation.override("en"), pytest.raises(DateProblem) as problem:
        make_date(1404, 12, 30, "jalali")
    with translation.override("en"):
        assert str(problem.value) == "Esfand 1404 has 29 days."


@pytest.mark.parametrize(("year", "days"), [(1399, 30), (1400, 29), (1403, 30), (1404, 29), (1408, 30)])
def test_esfand(year: int, days: int) -> None:
    assert calendar.month_length(year, 12, "jalali") == days


def test_every_day_of_two_centuries_goes_there_and_back() -> None:
    day = dt.date(1921, 3, 21)
    while day < dt.date(2100, 1, 1):
        assert make_date(*calendar.year_month_day(day, "jalali"), "jalali") == day
        day += dt.timedelta(days=13)


@pytest.mark.parametrize(
    ("year", "month", "kind", "first", "weeks"),
    [
        (1405, 9, "jalali", dt.date(2026, 11, 21), 5),
        (2026, 12, "gregorian", dt.date(2026, 11, 30), 5),
        (2027, 2, "gregorian", dt.date(2027, 2, 1), 4),
    ],
)
def test_month_grid(year: int, month: int, kind: calendar.Calendar, first: dt.date, weeks: int) -> None:
    grid = month_grid(year, month, kind)
    assert (grid[0][0].date, len(grid), {len(week) for week in grid}) == (first, weeks, {7})
    inside = [cell for week in grid for cell in week if cell.in_month]
    assert [cell.day for cell in inside] == list(range(1, calendar.month_length(year, month, kind) + 1))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [((1405, 12), 1, (1406, 1)), ((1405, 1), -1, (1404, 12)), ((2026, 5), 0, (2026, 5)), ((2026, 11), 14, (2028, 1))],
)
def test_add_months(start: tuple[int, int], count: int, end: tuple[int, int]) -> None:
    assert calendar.add_months(*start, count) == end


def test_week_begins_on_saturday_or_monday() -> None:
    assert calendar.week_header("jalali", "fa")[0] == ("ش", "شنبه")
    assert calendar.week_header("gregorian", "en")[0] == ("Mo", "Monday")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("", "", ""), "empty"),
        (("1", "", "1360"), "unreadable"),
        (("31", "12", "1360"), "day"),
        (("1", "1", "1500"), "future"),
        (("x", "1", "1360"), "unreadable"),
    ],
)
def test_wrong_birth_dates(parts: tuple[str, str, str], code: str) -> None:
    with pytest.raises(DateProblem) as problem:
        calendar.parse_birth_date(*parts, "jalali")
    assert problem.value.code == code


def test_birth_date() -> None:
    assert calendar.parse_birth_date("۱", "۷", "۱۳۶۰", "jalali") == dt.date(1981, 9, 23)


def test_whole_months_are_called_by_their_name() -> None:
    with translation.override("en"):
        assert days_of(dt.date(2026, 11, 1), dt.date(2026, 11, 30)) == "November 2026"
        assert days_of(dt.date(2026, 11, 1), dt.date(2026, 12, 31)) == "1 November 2026 to 31 December 2026"
    with translation.override("fa"):
        assert days_of(dt.date(2026, 11, 22), dt.date(2026, 12, 21)) == "آذر ۱۴۰۵"
        assert days_of(dt.date(2026, 11, 1), dt.date(2026, 11, 30)) == "از ۱۰ آبان ۱۴۰۵ تا ۹ آذر ۱۴۰۵"
