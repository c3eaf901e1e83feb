"""Set-up: rules of the actions, pages, and what a manager of one branch may touch."""

import datetime as dt
from decimal import Decimal

import pytest

from clinic.accounts.models import Branch
from clinic.shared.errors import Conflict, Forbidden, Invalid
from scheduling.actions import setup
from scheduling.actions.hours import set_week
from scheduling.forms.setup import ClockField, WholeNumber
from scheduling.models import Holiday, Practitioner, PractitionerService, Room, Service, TimeOff, WorkingHours
from scheduling.queries.setup import booked_in, checklist

NINE, NOON, FIVE = dt.time(9), dt.time(12), dt.time(17)
PAGES = [
    "",
    "branches/",
    "branches/new/",
    "services/",
    "services/new/",
    "doctors/",
    "doctors/new/",
    "time-off/",
    "holidays/",
    "equipment/",
    "equipment/new/",
]


@pytest.fixture
def elsewhere(make):
    make.branch()
    return make.branch(name="شعبه دو")


@pytest.fixture
def manager(make):
    return make.user("manager", branch=make.branch())


def week(practitioner, branch):
    rows = WorkingHours.objects.filter(practitioner=practitioner, branch=branch)
    return sorted(rows.values_list("weekday", "starts", "ends"))


def test_only_managers_and_owners_come_in(page):
    for role in ("secretary", "doctor", "nurse", "cashier", ""):
        client = page(role)
        for part in PAGES:
            assert client.get(f"/set-up/{part}").status_code == 403, (role, part)
            assert client.post(f"/set-up/{part}", {}).status_code in {403, 405}


def test_every_page_shows_in_both_languages(page, make):
    doctor = make.practitioner(make.service())
    room = make.room()
    more = [f"branches/{room.branch_id}/", f"branches/{room.branch_id}/rooms/new/", f"rooms/{room.pk}/"]
    more += [f"doctors/{doctor.pk}/", f"services/{Service.objects.get().pk}/", "holidays/?year=1", "holidays/?year=x"]
    for language in ("fa", "en"):
        client = page("owner")
        client.cookies["language"] = language
        for part in PAGES + more:
            assert client.get(f"/set-up/{part}").status_code == 200, part


def test_the_checklist_follows_what_is_there(make):
    owner = make.user("owner")
    before = [step.done for step in checklist(owner)]
    assert before == [False, False, False, False, False, False]
    branch = make.branch()
    setup.save_branch(branch=branch, name="آفتاب", address="تهران", time_zone="Asia/Tehran", by=owner)
    make.practitioner(make.service())
    setup.save_holiday(date=dt.datetime.now(dt.UTC).date(), name="نوروز", by=owner)
    make.user("secretary")
    assert all(step.done for step in checklist(owner))
    make.practitioner(hours=False, name="بی‌ساعت")
    undone = [step for step in checklist(owner) if not step.done]
    assert len(undone) == 2
    assert all("بی‌ساعت" in step.hint for step in undone)


def test_a_service_is_made_and_changed(page, make):
    client, room = page("owner"), make.room()
    values = {"name": "جرم‌گیری", "minutes": "۴۵", "price": "۱٬۲۰۰٬۰۰۰", "is_online": "on", "buffer_before": "0"}
    values |= {"buffer_after": "۱۰", "min_notice_minutes": "30", "horizon_days": "60"}
    values |= {"is_active": "on", "needs_room": "on"}
    answer = client.post("/set-up/services/new/", values)
    assert answer.status_code == 422
    assert 'value="جرم‌گیری"' in answer.content.decode()
    assert client.post("/set-up/services/new/", values | {"rooms": [room.pk]}).status_code == 302
    service = Service.objects.get()
    assert (service.minutes, service.price, service.buffer_after) == (45, Decimal(1200000), 10)
    assert list(service.rooms.all()) == [room]
    for field, bad in (
        ("minutes", "0"),
        ("minutes", "سی"),
        ("price", "-1"),
        ("price", "1.5"),
        ("horizon_days", "9999"),
    ):
        answer = client.post(f"/set-up/services/{service.pk}/", values | {"rooms": [room.pk], field: bad})
        assert answer.status_code == 422, (field, bad)
    service.refresh_from_db()
    assert service.minutes == 45


def test_services_of_a_doctor_with_her_own_terms(page, make):
    client, one, two = page("owner"), make.service(), make.service()
    doctor = make.practitioner(hours=False)
    address = f"/set-up/doctors/{doctor.pk}/services/"
    data = {f"s{one.pk}-offered": "1", f"s{one.pk}-minutes": "۴۰", f"s{two.pk}-price": "x"}
    assert client.post(address, data).status_code == 422
    assert not PractitionerService.objects.exists()
    data = {f"s{one.pk}-offered": "1", f"s{one.pk}-minutes": "۴۰", f"s{one.pk}-price": "700,000"}
    assert client.post(address, data).status_code == 302
    row = PractitionerService.objects.get()
    assert (row.service, row.minutes, row.price, row.is_active) == (one, 40, Decimal(700000), True)
    assert client.post(address, {}).status_code == 302
    row.refresh_from_db()
    assert not row.is_active
    wrong = client.post(address, {f"s{one.pk}-offered": "1", f"s{one.pk}-minutes": "9999"})
    assert wrong.status_code == 422


def test_a_week_is_written_as_people_write_times(page, make):
    client, doctor, branch = page("owner"), make.practitioner(hours=False), make.branch()
    address = f"/set-up/doctors/{doctor.pk}/hours/{branch.pk}/"
    data = {
        "d5_0_from": "۸",
        "d5_0_to": "1230",
        "d5_1_from": "16:00",
        "d5_1_to": "24",
        "d6_0_from": "9",
        "d6_0_to": "17",
    }
    assert client.post(address, data).status_code == 302
    assert week(doctor, branch) == [
        (5, dt.time(8), dt.time(12, 30)),
        (5, dt.time(16), dt.time(23, 59)),
        (6, NINE, FIVE),
    ]
    kept = WorkingHours.objects.get(weekday=6).pk
    assert client.post(address, {"d6_0_from": "09:00", "d6_0_to": "17:00"}).status_code == 302
    assert [row.pk for row in WorkingHours.objects.all()] == [kept]
    for bad in ({"d0_0_from": "9"}, {"d0_0_from": "9", "d0_0_to": "25"}, {"d0_0_from": "17", "d0_0_to": "9"}):
        answer = client.post(address, bad)
        assert answer.status_code == 422
        assert "c-field__error" in answer.content.decode()
    both = {"d0_0_from": "9", "d0_0_to": "13", "d0_1_from": "12", "d0_1_to": "17"}
    assert client.post(address, both).status_code == 422
    assert [row.pk for row in WorkingHours.objects.all()] == [kept]


def test_nobody_is_in_two_branches_at_once(make, elsewhere):
    doctor, branch = make.practitioner(hours=False), make.branch()
    set_week(practitioner=doctor, branch=branch, blocks=[(0, NINE, NOON)], by=None)
    with pytest.raises(Conflict) as refusal:
        set_week(practitioner=doctor, branch=elsewhere, blocks=[(0, dt.time(11), FIVE)], by=None)
    assert refusal.value.field == "d0"
    set_week(practitioner=doctor, branch=elsewhere, blocks=[(0, NOON, FIVE), (1, NINE, NOON)], by=None)


def test_dated_hours_stay_when_the_week_is_set(make):
    doctor, branch = make.practitioner(hours=False), make.branch()
    dated = WorkingHours(practitioner=doctor, branch=branch, weekday=0, starts=NINE, ends=NOON)
    dated.valid_until = dt.date(2030, 1, 1)
    dated.save()
    set_week(practitioner=doctor, branch=branch, blocks=[], by=None)
    assert WorkingHours.objects.filter(pk=dated.pk).exists()


def test_a_doctors_account_is_hers_alone(page, make):
    client, account = page("owner"), make.user("doctor")
    values = {"name": "دکتر رضایی", "user": account.pk, "is_active": "on"}
    answer = client.post("/set-up/doctors/new/", values)
    doctor = Practitioner.objects.get()
    assert answer["Location"] == f"/set-up/doctors/{doctor.pk}/"
    assert doctor.user == account
    assert client.post("/set-up/doctors/new/", values).status_code == 422
    assert client.post(f"/set-up/doctors/{doctor.pk}/", values | {"name": ""}).status_code == 422
    assert client.post(f"/set-up/doctors/{doctor.pk}/", values | {"name": "دکتر كريمي"}).status_code == 302
    doctor.refresh_from_db()
    assert doctor.name == "دکتر کریمی"


def test_branches_and_rooms(page, make):
    client, branch = page("owner"), make.branch()
    values = {
        "name": "مرکز",
        "time_zone": "Asia/Tehran",
        "address": "تهران",
        "phone": "021 2233 4455",
        "is_active": "on",
    }
    assert client.post(f"/set-up/branches/{branch.pk}/", values).status_code == 302
    branch.refresh_from_db()
    assert (branch.name, branch.phone) == ("مرکز", "+982122334455")
    assert client.post(f"/set-up/branches/{branch.pk}/", values | {"time_zone": "Mars/Base"}).status_code == 422
    assert client.post(f"/set-up/branches/{branch.pk}/", values | {"is_active": ""}).status_code == 422
    assert client.post("/set-up/branches/new/", values | {"name": "غرب"}).status_code == 302
    assert Branch.objects.count() == 2
    rooms = f"/set-up/branches/{branch.pk}/rooms/new/"
    assert client.post(rooms, {"name": "یک", "is_active": "on"}).status_code == 302
    assert client.post(rooms, {"name": "یک", "is_active": "on"}).status_code == 422
    room = Room.objects.get()
    assert client.post(f"/set-up/rooms/{room.pk}/", {"name": "دو"}).status_code == 302
    room.refresh_from_db()
    assert (room.name, room.is_active) == ("دو", False)


def test_a_leave_lasts_whole_days_of_the_branch(page, make):
    client, doctor = page("owner"), make.practitioner()
    data = {"subject": f"d{doctor.pk}", "since": "1405/10/1", "until": "1405/10/2", "reason": "سفر"}
    assert client.post("/set-up/time-off/", data).status_code == 302
    row = TimeOff.objects.get()
    assert row.starts_at.isoformat() == "2026-12-21T20:30:00+00:00"
    assert row.ends_at.isoformat() == "2026-12-23T20:30:00+00:00"
    assert "سفر" in client.get("/set-up/time-off/").content.decode()
    assert client.post(f"/set-up/time-off/{row.pk}/remove/").status_code == 302
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"subject": "d99"},
        {"subject": ""},
        {"since": "31/31"},
        {"until": ""},
        {"until": "1405/9/1"},
        {"since_time": "9x"},
        {"since": "1405/10/2", "until": "1405/10/2", "since_time": "12", "until_time": "9"},
    ],
)
def test_a_leave_that_cannot_be_is_refused(page, make, bad):
    data = {"subject": f"d{make.practitioner().pk}", "since": "1405/10/1", "until": "1405/10/2", **bad}
    answer = page("owner").post("/set-up/time-off/", data)
    assert answer.status_code == 422
    assert "c-field__error" in answer.content.decode()
    assert not TimeOff.objects.exists()


def test_closures_name_exactly_one_thing(make):
    span = {"starts_at": dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "ends_at": dt.datetime(2027, 1, 2, tzinfo=dt.UTC)}
    with pytest.raises(Invalid):
        setup.add_time_off(**span, by=None)
    with pytest.raises(Invalid):
        setup.add_time_off(**span, room=make.room(), branch=make.branch(), by=None)
    row = setup.add_time_off(**span, room=make.room(), by=None)
    assert booked_in(row) == 0


def test_closed_days_of_the_readers_year(page):
    client = page("owner")
    answer = client.post("/set-up/holidays/?year=1406", {"date": "1406/1/1", "name": "نوروز"})
    assert answer["Location"] == "/set-up/holidays/?year=1406"
    row = Holiday.objects.get()
    assert row.date.isoformat() == "2027-03-21"
    assert "نوروز" in client.get("/set-up/holidays/?year=1406").content.decode()
    assert "نوروز" not in client.get("/set-up/holidays/?year=1405").content.decode()
    client.post(f"/set-up/holidays/{row.pk}/open/")
    row.refresh_from_db()
    assert row.is_open
    client.post("/set-up/holidays/?year=1406", {"date": "1406/1/1", "name": "عید"})
    assert Holiday.objects.get().name == "عید"
    assert client.post("/set-up/holidays/", {"date": "1406/13/1", "name": "x"}).status_code == 422
    client.post(f"/set-up/holidays/{row.pk}/remove/")
    assert not Holiday.objects.exists()


def test_a_manager_touches_only_her_branch(page, make, manager, elsewhere):
    client, room = page(manager), make.room(branch=elsewhere)
    both, mine = make.practitioner(make.service(), branch=elsewhere), make.practitioner()
    service = Service.objects.get()
    for address in (
        f"branches/{elsewhere.pk}/",
        f"branches/{elsewhere.pk}/rooms/new/",
        f"rooms/{room.pk}/",
        f"doctors/{both.pk}/",
    ):
        assert client.get(f"/set-up/{address}").status_code == 404, address
        assert client.post(f"/set-up/{address}", {"name": "x"}).status_code == 404
    assert client.post(f"/set-up/doctors/{mine.pk}/hours/{elsewhere.pk}/", {}).status_code == 404
    assert client.post(f"/set-up/doctors/{mine.pk}/hours/{make.branch().pk}/", {}).status_code == 302
    assert "شعبه دو" not in client.get("/set-up/branches/").content.decode()
    branch = {"name": "نو", "time_zone": "Asia/Tehran"}
    assert client.post("/set-up/branches/new/", branch).status_code == 422
    assert client.post("/set-up/doctors/new/", {"name": "نو"}).status_code == 422
    assert client.post("/set-up/holidays/", {"date": "1406/1/1", "name": "عید"}).status_code == 422
    own_day = {"date": "1406/1/1", "name": "عید", "branch": make.branch().pk}
    assert client.post("/set-up/holidays/", own_day).status_code == 302
    clinic_wide = Holiday(date=dt.date(2027, 1, 1), name="همه")
    clinic_wide.save()
    assert client.post(f"/set-up/holidays/{clinic_wide.pk}/remove/").status_code == 404
    with pytest.raises(Forbidden):
        setup.save_service(service=service, rooms=[], price=Decimal(1), by=manager)
    with pytest.raises(Forbidden):
        setup.set_offers(practitioner=mine, terms=[], by=manager)
    with pytest.raises(Forbidden):
        setup.save_room(room=room, branch=make.branch(), name="x", by=manager)


def test_leave_of_a_doctor_who_also_works_elsewhere_is_the_owners(make, manager, elsewhere):
    doctor = make.practitioner(branch=elsewhere)
    span = {"starts_at": dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "ends_at": dt.datetime(2027, 1, 2, tzinfo=dt.UTC)}
    with pytest.raises(Forbidden):
        setup.add_time_off(**span, practitioner=doctor, by=manager)
    assert setup.add_time_off(**span, practitioner=make.practitioner(), by=manager).pk


@pytest.mark.parametrize(
    ("typed", "read"),
    [("8", "08:00"), ("۸:۳۰", "08:30"), ("0830", "08:30"), ("۸٫۳۰", "08:30"), ("23:59", "23:59"), ("24:00", "23:59")],
)
def test_times_of_day_are_read_as_written(typed, read):
    assert f"{ClockField().clean(typed):%H:%M}" == read


def test_numbers_in_any_digits():
    assert WholeNumber().clean("۴۵") == 45
    assert WholeNumber().clean("٤٥") == 45


def test_official_holidays_of_a_jalali_year(page, make):
    client = page("owner")
    assert client.post("/set-up/holidays/fill/?year=1405").status_code == 302
    laid = Holiday.objects.filter(is_official=True)
    assert laid.filter(date=dt.date(2026, 3, 21)).exists()
    count = laid.count()
    client.post("/set-up/holidays/fill/?year=1405")
    assert laid.count() == count
    manager = page(make.user("manager", branch=make.branch()))
    manager.post("/set-up/holidays/fill/?year=1410")
    assert laid.count() == count
