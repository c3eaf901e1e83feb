"""Set-up of hours and equipment: plans, single days, rules of a stretch, devices; from the form to the free times."""

import datetime as dt
from typing import Any

import pytest

from clinic.shared.errors import Conflict, Invalid
from scheduling.actions.hours import set_hours_rules, set_week
from scheduling.models import Equipment, EquipmentKind, HoursKind, Mode, Service, WorkingHours
from tests.scheduling.test_slots import times, week

NINE, NOON, FIVE = dt.time(9), dt.time(12), dt.time(17)
DAY = dt.date(2026, 11, 24)  # a Tuesday, 3 Azar 1405


@pytest.fixture
def doctor(make: Any) -> Any:
    row = make.practitioner(make.service(horizon_days=200), hours=False)
    week(row, make.branch(), (NINE, NOON))
    return row


def test_times_change_and_rules_stay(make: Any, doctor: Any) -> None:
    branch, room = make.branch(), make.room()
    first = WorkingHours.objects.get(practitioner=doctor, weekday=1)
    set_hours_rules(hours=first, kind=HoursKind.TOKENS, tokens=20, room=room, by=None)
    set_week(practitioner=doctor, branch=branch, blocks=[(1, NINE, FIVE), (2, NINE, NOON)], by=None)
    row = WorkingHours.objects.get(practitioner=doctor, weekday=1)
    assert (row.pk, row.ends, row.tokens, row.room) == (first.pk, FIVE, 20, room)
    assert WorkingHours.objects.count() == 2


def test_another_week_by_its_page(page: Any, make: Any, doctor: Any) -> None:
    client, branch, service = page("owner"), make.branch(), Service.objects.get()
    address = f"/set-up/doctors/{doctor.pk}/plan/{branch.pk}/"
    shown = client.get(address).content.decode()
    assert shown.count('value="09:00"') == 7  # it begins as the usual week
    plan = {"valid_from": "1405/10/1", "valid_until": "1405/10/30"}
    assert client.post(address, plan).status_code == 422  # no hours at all
    assert (
        client.post(address, {**plan, "valid_until": "1405/9/1", "d1_0_from": "18", "d1_0_to": "20"}).status_code == 422
    )
    assert client.post(address, {**plan, "d1_0_from": "20", "d1_0_to": "18"}).status_code == 422
    assert client.post(address, {**plan, "d1_0_from": "18", "d1_0_to": "20"}).status_code == 302
    first, last = dt.date(2026, 12, 22), dt.date(2027, 1, 20)
    row = WorkingHours.objects.get(replaces=True)
    assert (row.valid_from, row.valid_until, row.weekday) == (first, last, 1)
    assert times(service, first)[0] == "18:00"
    assert times(service, first + dt.timedelta(days=1)) == []
    named = f"{address}?from={first}&until={last}"
    assert "18:00" in client.get(named).content.decode()
    assert named.replace("&", "&amp;") in client.get(f"/set-up/doctors/{doctor.pk}/").content.decode()
    assert (
        client.post(named, {**plan, "valid_from": "1405/10/2", "d1_0_from": "18", "d1_0_to": "20"}).status_code == 422
    )
    assert client.post(named, {**plan, "d1_0_from": "18", "d1_0_to": "21"}).status_code == 302
    assert WorkingHours.objects.get(replaces=True).ends == dt.time(21)
    for wrong in ("?from=x", "?from=2026-01-01", "?from=2026-12-22"):
        assert client.get(address + wrong).status_code == 404
        assert client.post(f"{address}remove/{wrong}").status_code == 404
    assert client.post(f"{address}remove/?from={first}&until={last}").status_code == 302
    assert times(service, first)[0] == "09:00"


def test_other_hours_on_one_day(page: Any, make: Any, doctor: Any) -> None:
    client, service = page("owner"), Service.objects.get()
    address = f"/set-up/doctors/{doctor.pk}/day/{make.branch().pk}/"
    good = {"date": "1405/9/3", "first_from": "7", "first_to": "8", "second_from": "20", "second_to": "20:30"}
    for bad in ({"second_to": ""}, {"first_to": ""}, {"first_to": "6"}, {"date": "1405/13/1"}, {"second_from": "730"}):
        answer = client.post(address, {**good, **bad})
        assert answer.status_code == 422, bad
        assert "c-field__error" in answer.content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, good).status_code == 302
    assert times(service, DAY) == ["07:00", "07:15", "07:30", "20:00"]
    assert times(service, DAY + dt.timedelta(days=7))[0] == "09:00"


def test_rules_of_a_stretch_by_their_page(page: Any, make: Any, doctor: Any) -> None:
    client, room, service = page("owner"), make.room(), Service.objects.get()
    other_room = make.room(branch=make.branch(name="شعبه دو"))
    row = WorkingHours.objects.get(practitioner=doctor, weekday=1)
    address = f"/set-up/hours/{row.pk}/"
    good = {"kind": "tokens", "tokens": "۱۲", "mode": "in_person", "room": room.pk, "services": [service.pk]}
    for bad in ({"tokens": ""}, {"tokens": "0"}, {"tokens": "9999"}, {"kind": "x"}, {"room": other_room.pk},
                {"mode": "x"}, {"services": [999]}):  # fmt: skip
        assert client.post(address, {**good, **bad}).status_code == 422, bad
    assert client.post(address, good).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.tokens, row.room, row.mode) == (HoursKind.TOKENS, 12, room, Mode.IN_PERSON)
    assert list(row.services.all()) == [service]
    assert room.name in client.get(f"/set-up/doctors/{doctor.pk}/").content.decode()
    assert (
        client.post(address, {"kind": "slots", "tokens": "12", "mode": "either", "whole_week": "on"}).status_code == 302
    )
    assert set(WorkingHours.objects.values_list("kind", "tokens", "room", "mode")) == {("slots", None, None, "either")}
    with pytest.raises(Invalid):
        set_hours_rules(hours=row, room=other_room, by=None)


def test_two_branches_with_plans(make: Any, doctor: Any) -> None:
    other = make.branch(name="شعبه دو")
    dates = {"valid_from": dt.date(2027, 1, 1), "valid_until": dt.date(2027, 1, 31)}
    block = [(1, NINE, NOON)]
    with pytest.raises(Conflict):  # the usual week of the first branch counts then
        set_week(practitioner=doctor, branch=other, blocks=block, **dates, by=None)
    set_week(practitioner=doctor, branch=make.branch(), blocks=[(0, NINE, NOON)], **dates, by=None)
    set_week(practitioner=doctor, branch=other, blocks=block, **dates, by=None)
    with pytest.raises(Conflict):
        set_week(practitioner=doctor, branch=other, blocks=[(0, NINE, NOON)], **dates, by=None)
    with pytest.raises(Invalid):
        set_week(practitioner=doctor, branch=other, blocks=block, valid_until=dt.date(2027, 1, 1), by=None)


def test_equipment_and_the_service_that_needs_it(page: Any, make: Any) -> None:
    client, branch = page("owner"), make.branch()
    assert client.post("/set-up/equipment/new/", {"name": ""}).status_code == 422
    assert client.post("/set-up/equipment/new/", {"name": "لیزر", "name_en": "Laser"}).status_code == 302
    assert client.post("/set-up/equipment/new/", {"name": "لیزر"}).status_code == 422
    kind = EquipmentKind.objects.get()
    assert client.post(f"/set-up/equipment/{kind.pk}/", {"name": "لیزر دایود"}).status_code == 302
    new = f"/set-up/equipment/{kind.pk}/devices/new/"
    device = {"name": "لیزر یک", "branch": branch.pk, "is_active": "on"}
    assert client.post(new, {**device, "branch": 999}).status_code == 422
    assert client.post(new, device).status_code == 302
    assert client.post(new, device).status_code == 422
    row = Equipment.objects.get()
    assert client.get(f"/set-up/devices/{row.pk}/").status_code == 200
    assert client.post(f"/set-up/devices/{row.pk}/", {"name": "کهنه", "branch": branch.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.is_active) == ("کهنه", False)
    assert "کهنه" in client.get("/set-up/equipment/").content.decode()
    service = make.service()
    values = {
        "name": "لیزر",
        "minutes": "30",
        "price": "0",
        "buffer_before": "0",
        "buffer_after": "0",
        "is_active": "on",
    }
    values |= {"min_notice_minutes": "0", "horizon_days": "60", "cancel_until_hours": "3", "is_online": "on"}
    more = {"mode": "either", "capacity": "۳", "grid_minutes": "20", "starts_per_part": "2", "equipment": [kind.pk]}
    for bad in ({"capacity": "0"}, {"grid_minutes": "1"}, {"starts_per_part": "0"}, {"mode": "x"}, {"equipment": [99]}):
        assert client.post(f"/set-up/services/{service.pk}/", {**values, **more, **bad}).status_code == 422, bad
    assert client.post(f"/set-up/services/{service.pk}/", {**values, **more}).status_code == 302
    service.refresh_from_db()
    assert (service.mode, service.capacity, service.grid_minutes, service.starts_per_part) == (Mode.EITHER, 3, 20, 2)
    assert list(service.equipment.all()) == [kind]


def test_a_manager_sets_up_her_own_branch(page: Any, make: Any, doctor: Any) -> None:
    elsewhere = make.branch(name="شعبه دو")
    kind = EquipmentKind(name="لیزر")
    kind.save()
    theirs = Equipment(kind=kind, branch=elsewhere, name="دور")
    theirs.save()
    far = make.practitioner(branch=elsewhere)
    client = page(make.user("manager", branch=make.branch()))
    hours = WorkingHours.objects.filter(practitioner=far).first()
    for address in (
        f"doctors/{doctor.pk}/plan/{elsewhere.pk}/",
        f"doctors/{doctor.pk}/day/{elsewhere.pk}/",
        f"hours/{hours.pk}/",
        f"devices/{theirs.pk}/",
    ):
        assert client.get(f"/set-up/{address}").status_code == 404, address
    assert client.post("/set-up/equipment/new/", {"name": "نو"}).status_code == 422
    assert "دور" not in client.get("/set-up/equipment/").content.decode()
    own = f"/set-up/equipment/{kind.pk}/devices/new/"
    assert client.post(own, {"name": "نزدیک", "branch": make.branch().pk, "is_active": "on"}).status_code == 302


def test_the_pages_in_both_languages(page: Any, make: Any, doctor: Any) -> None:
    kind = EquipmentKind(name="لیزر")
    kind.save()
    row = WorkingHours.objects.filter(practitioner=doctor).first()
    for language in ("fa", "en"):
        client = page("owner")
        client.cookies["language"] = language
        for address in (
            f"doctors/{doctor.pk}/", f"doctors/{doctor.pk}/plan/{make.branch().pk}/", f"hours/{row.pk}/",
            f"doctors/{doctor.pk}/day/{make.branch().pk}/", "equipment/", f"equipment/{kind.pk}/devices/new/",
        ):  # fmt: skip
            assert client.get(f"/set-up/{address}").status_code == 200, address
