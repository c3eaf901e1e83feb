"""A board whose day begins at six, alive: it goes on after midnight, and what is pressed there is of that night."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from scheduling.models import Appointment, WorkingHours
from scheduling.queries.floor import branch_day
from tests.browser.counting import Hand
from tests.browser.stage import Stage
from tests.conftest import HOST_A
from tests.make import Make
from tests.scheduling.floor_make import Floor


def _night(make: Make) -> tuple[Floor, dt.date, Appointment]:
    """Somebody at 00:30 of a night shift a week ahead, which begins at 18:00."""
    floor = Floor(make)
    floor.branch.day_starts_hour = 6
    floor.branch.save()
    floor.doctor.hours.all().delete()
    day = branch_day(floor.branch) + dt.timedelta(days=7)
    late = day + dt.timedelta(days=1)
    for weekday, starts, ends in ((day, dt.time(18), dt.time(23, 59)), (late, dt.time(0), dt.time(3))):
        WorkingHours.objects.create(
            practitioner=floor.doctor, branch=floor.branch, weekday=weekday.weekday(), starts=starts, ends=ends
        )
    zone = ZoneInfo(floor.branch.time_zone)
    return floor, day, floor.appointment(starts_at=dt.datetime.combine(late, dt.time(0, 30), zone))


def test_the_night_goes_on_below(stage: Stage, make: Make) -> None:
    floor, day, booked = _night(make)
    page = stage.open(HOST_A, f"/desk/?branch={floor.branch.pk}&day={day}", floor.clerk, language="en")
    card = page.locator(f"#visit-{booked.pk}")
    expect(card).to_contain_text("00:30")
    labels = [text for text in page.locator(".ec-sidebar time, .ec-sidebar").all_inner_texts() if text.strip()]
    hours = [each for each in " ".join(labels).split() if ":" in each]
    assert hours.index("19:00") < hours.index("23:00") < hours.index("00:00") < hours.index("02:00")
    page.keyboard.press("b")
    cursor = page.locator("#board-cursor")
    expect(cursor).to_be_focused()
    _press_until(page, cursor, "01:00")
    page.keyboard.press("Enter")
    late = day + dt.timedelta(days=1)
    expect(page.locator("#drawer [name=day]")).to_have_value(late.isoformat())
    expect(page.locator("#drawer [name=time]")).to_have_value("01:00")


def test_a_card_is_dropped_after_midnight(stage: Stage, make: Make) -> None:
    floor, day, booked = _night(make)
    other = make.practitioner(floor.service, hours=False)
    for row in floor.doctor.hours.all():
        WorkingHours.objects.create(
            practitioner=other, branch=floor.branch, weekday=row.weekday, starts=row.starts, ends=row.ends
        )
    page = stage.open(HOST_A, f"/desk/?branch={floor.branch.pk}&day={day}", floor.clerk, language="en")
    Hand(page).drag(page.locator(f"#visit-{booked.pk}"), over=page.locator(".ec-body .ec-day").nth(1))
    expect(page.locator(".c-toast [data-key=KeyZ]")).to_be_visible()
    moved = Appointment.objects.get(status="booked")
    assert (moved.practitioner, moved.starts_at) == (other, booked.starts_at)


def _press_until(page: Any, cursor: Any, clock: str) -> None:
    for _step in range(60):
        if cursor.is_visible() and cursor.inner_text() == clock:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the board has no place at {clock}")
