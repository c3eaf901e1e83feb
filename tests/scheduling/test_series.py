"""Recurring visits: conflicts seen first, all or none, the same wall time, one message."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid
from messaging.models import Message
from scheduling import actions
from scheduling.models import Appointment, Holiday, Series, TimeOff
from scheduling.queries.series import Wish, dates_of, place_in_series, preview, wall_moment
from tests.scheduling.test_holds import soon

TEN = dt.time(10)
LONDON = "Europe/London"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


@pytest.fixture
def first(make: Any, place: dict[str, Any]) -> Appointment:
    return actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=make.user("secretary"))


def wish_of(appointment: Appointment) -> Wish:
    return Wish(
        appointment.service, appointment.practitioner, appointment.branch, appointment.patient, appointment.mode
    )


def weekly(appointment: Appointment, times: int = 4) -> list[dt.datetime]:
    return dates_of(appointment.starts_at, every_days=7, times=times, zone=appointment.branch.time_zone)


def wall_of(appointment: Appointment) -> dt.time:
    return appointment.starts_at.astimezone(zoneinfo.ZoneInfo(appointment.branch.time_zone)).time()


def booked(first: Appointment, by: Any, times: int = 4) -> list[Appointment]:
    dates = [(first.practitioner, at) for at in weekly(first, times)[1:]]
    return actions.book_series(wish=wish_of(first), dates=dates, every_days=7, first=first, by=by)


def test_each_date_says_what_stands_in_its_way(make: Any, place: dict[str, Any], first: Appointment) -> None:
    dates = weekly(first, 6)
    clerk = make.user("secretary")
    actions.book_direct(**place, patient=make.patient(), starts_at=dates[1], by=clerk)
    local = [at.astimezone(zoneinfo.ZoneInfo("Asia/Tehran")).date() for at in dates]
    Holiday(date=local[2], name="نوروز").save()
    TimeOff(practitioner=place["practitioner"], starts_at=dates[3] - dt.timedelta(hours=1),
            ends_at=dates[3] + dt.timedelta(hours=1)).save()  # fmt: skip
    other = make.practitioner(place["service"])
    actions.book_direct(**{**place, "practitioner": other}, patient=first.patient, starts_at=dates[4], by=clerk)
    found = preview(wish_of(first), dates[1:], wall=wall_of(first))
    assert [each.state for each in found] == ["taken", "closed", "closed", "busy", "free"]
    assert "نوروز" in found[1].why
    assert [len(each.nearest) for each in found] == [3, 3, 3, 3, 0]
    assert all(slot.begin != int(dates[1].timestamp()) or slot.practitioner_id == other.pk for slot in found[0].nearest)


def test_all_chosen_dates_are_booked_in_one_message(make: Any, first: Appointment) -> None:
    found = booked(first, make.user("secretary"))
    assert [each.starts_at for each in found] == weekly(first)
    series = Series.objects.get()
    assert {each.series for each in found} == {series}
    assert (series.times, series.every_days, series.patient) == (4, 7, first.patient)
    assert place_in_series(found[2]) == (3, 4)
    waiting = Message.objects.filter(status="queued")
    assert [message.kind for message in waiting] == ["series_booked"]
    assert "۴" in waiting.get().text


def test_one_date_that_is_taken_books_none(make: Any, place: dict[str, Any], first: Appointment) -> None:
    actions.book_direct(**place, patient=make.patient(), starts_at=weekly(first)[2], by=make.user("secretary"))
    with pytest.raises(Conflict) as refused:
        booked(first, make.user("secretary"))
    assert refused.value.field == "dates"
    assert refused.value.details["nearest"]
    assert Appointment.objects.count() == 2
    first.refresh_from_db()
    assert first.series is None


def test_a_series_within_a_series_is_refused(make: Any, first: Appointment) -> None:
    booked(first, make.user("secretary"))
    with pytest.raises(Conflict):
        booked(first, make.user("secretary"), times=5)
    with pytest.raises(Invalid):
        actions.book_series(wish=wish_of(first), dates=[], every_days=7, by=make.user("secretary"))


def test_this_and_the_following_are_cancelled_in_one_message(make: Any, first: Appointment) -> None:
    found = booked(first, make.user("secretary"))
    Message.objects.all().update(status="sent")
    gone = actions.cancel_following(appointment=found[2], by_patient=True, by=make.user("secretary"))
    assert [each.pk for each in gone] == [found[2].pk, found[3].pk]
    assert sorted(Appointment.objects.values_list("status", flat=True)) == [
        "booked",
        "booked",
        "cancelled",
        "cancelled",
    ]
    assert [message.kind for message in Message.objects.filter(status="queued")] == ["series_cancelled"]
    with pytest.raises(Conflict):
        actions.cancel_following(appointment=found[2], by=make.user("secretary"))


def test_this_and_the_following_are_moved_even_into_each_others_time(make: Any, first: Appointment) -> None:
    found = booked(first, make.user("secretary"))
    Message.objects.all().update(status="sent")
    week = dt.timedelta(days=7)  # each comes to where the next one was
    dates = [(each, each.practitioner, each.starts_at + week) for each in found[1:]]
    moved = actions.move_following(appointment=found[1], dates=dates, by=make.user("secretary"))
    assert [each.starts_at for each in moved] == [at + week for at in weekly(first)[1:]]
    assert {each.series_id for each in moved} == {found[0].series_id}
    assert [message.kind for message in Message.objects.filter(status="queued")] == ["series_moved"]


@pytest.mark.parametrize(
    ("first_day", "offsets"),
    [
        (dt.date(2027, 3, 21), [0, 1, 1]),  # the clock goes forward on 28 March
        (dt.date(2027, 10, 24), [1, 0, 0]),  # and back on 31 October
    ],
)
def test_the_wall_time_stays_when_the_clock_moves(first_day: dt.date, offsets: list[int]) -> None:
    begin = dt.datetime.combine(first_day, TEN, zoneinfo.ZoneInfo(LONDON))
    dates = dates_of(begin, every_days=7, times=3, zone=LONDON)
    assert [at.time() for at in dates] == [TEN] * 3
    assert [at.utcoffset() for at in dates] == [dt.timedelta(hours=hours) for hours in offsets]


def test_a_wall_time_that_the_clock_skips_is_no_time(make: Any) -> None:
    branch, service = make.branch(name="London", time_zone=LONDON), make.service()
    doctor = make.practitioner(service, branch=branch)
    year = timezone.now().year + 1
    last_sunday = max(day for day in range(25, 32) if dt.date(year, 3, day).weekday() == 6)
    day = dt.date(year, 3, last_sunday)
    at = wall_moment(day, dt.time(1, 30), LONDON)
    (found,) = preview(Wish(service, doctor, branch), [at], wall=dt.time(1, 30))
    assert found.state == "closed"


def test_nowruz_lies_between_two_weeks_of_the_same_weekday(first: Appointment) -> None:
    zone = zoneinfo.ZoneInfo("Asia/Tehran")
    before = dt.datetime(2027, 3, 15, 10, tzinfo=zone)
    dates = dates_of(before, every_days=7, times=3, zone="Asia/Tehran")
    assert [(at.date(), at.time()) for at in dates] == [(dt.date(2027, 3, day), TEN) for day in (15, 22, 29)]
    Holiday(date=dt.date(2027, 3, 22), name="نوروز").save()
    found = preview(wish_of(first), dates, wall=TEN)
    assert [each.state for each in found] == ["free", "closed", "free"]


def test_the_drawer_shows_conflicts_and_books_what_was_chosen(
    make: Any, page: Any, place: dict[str, Any], first: Appointment
) -> None:
    taken = weekly(first)[1]
    actions.book_direct(**place, patient=make.patient(), starts_at=taken, by=make.user("secretary"))
    client, address = page("secretary"), f"/desk/appointments/{first.pk}/repeat/"
    html = client.get(address, headers=HTMX)
    rows = html.context["dates"]
    assert [row["date"].state for row in rows] == ["taken", "free", "free", "free", "free"]
    typed = {"every": "۱", "unit": "weeks", "times": "4"}
    shown = client.post(address, {**typed, "show": "1"}, headers=HTMX)
    rows = shown.context["dates"]
    assert [row["chosen"] == "" for row in rows] == [True, False, False]
    values = {row["name"]: row["chosen"] for row in rows}
    stale = client.post(address, {**typed, "times": "6", "book": "1", "shown": shown.context["shown"], **values})
    assert Series.objects.count() == 0  # other numbers: look at the dates first
    assert stale.status_code == 200
    values["date-1"] = rows[0]["choices"][0][0]
    done = client.post(address, {**typed, "book": "1", "shown": shown.context["shown"], **values}, headers=HTMX)
    assert done.status_code == 204
    assert Series.objects.get().appointments.count() == 4
    panel = client.get(f"/desk/appointments/{first.pk}/", headers=HTMX).content.decode()
    assert "۱ از ۴" in panel


def test_the_drawers_of_the_following(make: Any, page: Any, first: Appointment) -> None:
    found = booked(first, make.user("secretary"))
    client = page("secretary")
    move = f"/desk/appointments/{found[1].pk}/series/move/"
    assert client.get(move, headers=HTMX).status_code == 200
    local = found[1].starts_at.astimezone(zoneinfo.ZoneInfo("Asia/Tehran")) + dt.timedelta(days=1)
    typed = {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}
    shown = client.post(move, {**typed, "show": "1"}, headers=HTMX)
    assert [row["date"].state for row in shown.context["dates"]] == ["free"] * 3
    values = {row["name"]: row["chosen"] for row in shown.context["dates"]}
    done = client.post(move, {**typed, "book": "1", "shown": shown.context["shown"], **values}, headers=HTMX)
    assert done.status_code == 204
    moved = Appointment.objects.filter(status="booked").order_by("starts_at")
    assert [each.starts_at for each in moved] == [
        first.starts_at, *(at + dt.timedelta(days=1) for at in weekly(first)[1:]),
    ]  # fmt: skip
    last = moved.last()
    assert last
    end = f"/desk/appointments/{last.pk}/series/cancel/"
    assert client.get(end, headers=HTMX).status_code == 200
    assert client.post(end, {"who": "clinic", "reason": "x"}, headers=HTMX).status_code == 204
    assert Appointment.objects.filter(status="booked").count() == 3
    assert client.get(end, headers=HTMX).status_code == 404


def test_booking_goes_on_to_repeating(make: Any, page: Any, place: dict[str, Any]) -> None:
    from tests.scheduling.test_overrides import typed

    answer = page("secretary").post("/desk/book/", typed(place, make.patient(), soon(), repeat="1"), headers=HTMX)
    assert answer.status_code == 204
    assert f"/desk/appointments/{Appointment.objects.get().pk}/repeat/" in answer["HX-Trigger"]


def test_online_visits_are_repeated_online(make: Any, place: dict[str, Any], first: Appointment) -> None:
    place["service"].mode = "either"
    place["service"].save()
    clerk = make.user("secretary")
    online = actions.book_direct(**place, patient=make.patient(), starts_at=soon(3, 12), mode="online", by=clerk)
    found = booked(online, clerk, times=2)
    assert [each.mode for each in found] == ["online", "online"]


def test_the_desk_repeats_despite_a_warning(make: Any, place: dict[str, Any], first: Appointment, page: Any) -> None:
    place["service"].min_gap_days = 10
    place["service"].save()
    desk, address = page(first.booked_by), f"/desk/appointments/{first.pk}/repeat/"
    at = weekly(first, 2)[1]
    form = {"every": "1", "unit": "weeks", "times": "2", "shown": "1-weeks-2", "book": "1",
            "date-2": f"{first.practitioner_id}-{int(at.timestamp())}"}  # fmt: skip
    refused = desk.post(address, form, headers=HTMX)
    assert refused.status_code == 422
    assert 'name="despite"' in refused.content.decode()
    assert desk.post(address, form | {"despite": "1"}, headers=HTMX).status_code == 204
    assert Series.objects.get().appointments.count() == 2


def test_a_date_that_stays_where_it_is_keeps_its_time(make: Any, first: Appointment) -> None:
    clerk = make.user("secretary")
    found = booked(first, clerk)
    dates = [(each, each.practitioner, each.starts_at) for each in found[:2]]
    dates[1] = (found[1], found[1].practitioner, found[1].starts_at + dt.timedelta(hours=1))
    actions.move_following(appointment=found[0], dates=dates, by=clerk)
    assert Appointment.objects.get(pk=first.pk).occupancies.count() == 2
