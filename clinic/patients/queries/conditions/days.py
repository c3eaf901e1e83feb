"""Days of other years."""

import calendar as gregorian
import datetime as dt


def on_day(year: int, day: dt.date) -> dt.date:
    """The same day of another year; 28 February where there is no 29th."""
    leap_day = (day.month, day.day) == (2, 29) and not gregorian.isleap(year)
    return day.replace(year=year, day=28) if leap_day else day.replace(year=year)
