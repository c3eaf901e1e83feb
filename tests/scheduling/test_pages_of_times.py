"""The page of times: what it offers first, months, parts of the day, closed days, several services, where."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from clinic.patients.models import PatientAccess
from scheduling import actions
from scheduling.models import Appointment, GroupSession, Holiday, Mode, WorkingHours
from scheduling.queries.again import usual_of
from scheduling.queries.opening import zone_of
from scheduling.queries.strip import times
from tests.scheduling.test_holds import soon
from tests.scheduling.test_site import sent_code, text_of
from tests.scheduling.test_slots import standing_clock

__all__ = ["standing_clock"]

ZONE = "Asia/Tehran"
MORNING = dt.datetime(2026, 11, 22, 7, tzinfo=zone_of(ZONE))


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


def shown(place: dict[str, Any], **asked: Any) -> Any:
    asked = {"practitioner": None, "branch": None, "now": MORNING, **asked}
    return times(services=[place["service"]], zone=ZONE, **asked)


def test_a_closed_day_is_not_a_full_one(make: Any, place: dict[str, Any]) -> None:
    Holiday(date=dt.date(2026, 11, 23), name="تعطیل").save()
    for hour in range(8, 20):
        for minute in (0, 30):
            actions.book_direct(
                **place, patient=make.patient(), by=None,
                starts_at=dt.datetime(2026, 11, 24, hour, minute, tzinfo=zone_of(ZONE)),
            )  # fmt: skip
    days = {day.date.day: (day.free, day.is_open) for day in shown(place).days}
    assert days[23] == (0, False)
    assert days[24] == (0, True)
    assert days[25] == (47, True)


def test_a_day_that_is_over_is_closed(place: dict[str, Any]) -> None:
    page = shown(place, now=MORNING.replace(hour=20))
    assert (page.days[0].free, page.days[0].is_open) == (0, False)
    assert page.chosen == dt.date(2026, 11, 23)


def test_where_two_weeks_have_nothing_the_next_two_are_shown(place: dict[str, Any]) -> None:
    for hours in WorkingHours.objects.all():
        hours.valid_from = dt.date(2026, 12, 20)
        hours.save()
    page = shown(place)
    assert page.chosen == dt.date(2026, 12, 20)
    assert f"{page.soonest.wall:%m-%d %H}" == "12-20 08"
    empty = shown(place, first=dt.date(2026, 11, 22))  # who asks for these weeks sees them
    assert empty.parts == []
    assert f"{empty.next.wall:%m-%d %H}" == "12-20 08"


def test_a_part_of_the_day(place: dict[str, Any]) -> None:
    page = shown(place, part="evening")
    assert {slot.wall.hour for _name, slots in page.parts for slot in slots} == {17, 18, 19}
    assert page.days[0].free == len(page.parts[0][1])
    assert page.soonest.wall.hour == 17


def test_a_month_of_the_readers_calendar(page: Any, place: dict[str, Any]) -> None:
    jalali = text_of(page().get(f"/book/{place['service'].pk}/?year=1405&month=10", headers={"accept-language": "fa"}))
    assert "دی ۱۴۰۵" in jalali
    assert "c-month__day--free" in jalali
    for bad in ("year=1405&month=13", "year=9999999999&month=1", "year=x&month=y", "month=3"):
        assert page().get(f"/book/{place['service'].pk}/?{bad}").status_code == 200


def test_next_free_is_one_press(page: Any, place: dict[str, Any]) -> None:
    client = page()
    first = text_of(client.get(f"/book/{place['service'].pk}/")).split('id="next-free" name="slot" value="')[1]
    assert client.post(f"/book/{place['service'].pk}/take/", {"slot": first.split('"')[0]}).status_code == 302
    held = Appointment.objects.get()
    assert held.status == "held"
    assert held.starts_at - timezone.now() < dt.timedelta(hours=13)


def test_again_offers_what_was_before(page: Any, make: Any, place: dict[str, Any]) -> None:
    user, patient = make.user(), make.patient()
    PatientAccess(user=user, patient=patient).save()
    assert usual_of(user) == []
    actions.book_direct(**place, patient=patient, starts_at=soon(), by=None)
    found = usual_of(user)
    assert [(each.service, each.practitioner) for each in found] == [(place["service"], place["practitioner"])]
    assert found[0].next
    assert f'value="{found[0].next.value}"' in text_of(page(user).get("/"))
    service = place["service"]
    service.is_online = False
    service.save()
    assert usual_of(user) == []


def test_several_services_are_one_booking(page: Any, make: Any) -> None:
    one, two = make.service(minutes=30), make.service(minutes=15)
    make.practitioner(one, two)
    client = page()
    assert 'name="s"' in text_of(client.get("/book/?several=1"))
    query = f"?s={two.pk}&s={one.pk}"
    shown = text_of(client.get(f"/book/together/{query}"))
    value = shown.split('id="next-free" name="slot" value="')[1].split('"')[0]
    assert "_" in value
    assert client.post(f"/book/together/take/{query}", {"slot": value})["Location"] == "/book/details/"
    typed = {"name": "مینا شریفی", "phone": "09351112233"}
    client.post("/book/details/", typed)
    done = client.post("/book/details/", typed | {"code": sent_code()} | _agreed(client))
    assert done.status_code == 302, text_of(done)
    first, second = Appointment.objects.filter(status="booked").order_by("starts_at")
    assert (first.service, second.service) == (two, one)
    assert first.ends_at == second.starts_at
    assert first.bundle == second.bundle is not None
    assert first.patient == second.patient


def _agreed(client: Any) -> dict[str, str]:
    """The sign of the terms that the page shows."""
    found = text_of(client.get("/book/details/")).split('name="agreed" value="')
    return {"agreed": found[1].split('"')[0]} if len(found) > 1 else {}


def test_several_that_nobody_offers(page: Any, place: dict[str, Any]) -> None:
    client, pk = page(), place["service"].pk
    assert client.get("/book/together/")["Location"] == "/book/?several=1"
    assert client.get(f"/book/together/?s={pk}")["Location"] == f"/book/{pk}/"
    assert client.get("/book/together/?s=x&s=99999999999999999999").status_code == 302
    assert client.post("/book/together/take/", {"slot": "x"}).status_code == 302


def test_another_choice_lets_all_held_parts_go(page: Any, make: Any) -> None:
    one, two = make.service(), make.service()
    make.practitioner(one, two)
    client, query = page(), f"?s={one.pk}&s={two.pk}"
    for _time in range(2):
        shown = text_of(client.get(f"/book/together/{query}"))
        value = shown.split('id="next-free" name="slot" value="')[1].split('"')[0]
        client.post(f"/book/together/take/{query}", {"slot": value})
    assert Appointment.objects.filter(status="held").count() == 2
    single = text_of(client.get(f"/book/{one.pk}/")).split('id="next-free" name="slot" value="')[1].split('"')[0]
    client.post(f"/book/{one.pk}/take/", {"slot": single})
    assert Appointment.objects.filter(status="held").count() == 1


def test_online_or_at_the_clinic(page: Any, make: Any) -> None:
    service = make.service(mode=Mode.EITHER)
    make.practitioner(service)
    client = page()
    assert f"/book/{service.pk}/?mode=online" in text_of(client.get(f"/book/{service.pk}/"))
    shown = text_of(client.get(f"/book/{service.pk}/?mode=online"))
    value = shown.split('id="next-free" name="slot" value="')[1].split('"')[0]
    client.post(f"/book/{service.pk}/take/?mode=online", {"slot": value})
    assert Appointment.objects.get().mode == Mode.ONLINE
    client.post(f"/book/{service.pk}/take/", {"slot": value})
    assert [each.mode for each in Appointment.objects.filter(status="held")] == [Mode.ONLINE]


def test_places_left_in_a_group(page: Any, make: Any) -> None:
    service = make.service(capacity=4)
    doctor = make.practitioner(service)
    at = soon(2)
    actions.book_direct(
        service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(), starts_at=at, by=None
    )
    assert GroupSession.objects.count() == 1
    day = at.astimezone(zone_of(ZONE)).date()
    text = text_of(page().get(f"/book/{service.pk}/?day={day}"))
    assert text.count("۳ جا مانده") == 1
    assert "۴ جا مانده" in text
