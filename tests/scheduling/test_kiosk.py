"""Self check-in: the kiosk finds only who proves it, the door knows only this phone, and word from the way."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid
from scheduling import actions
from scheduling.actions.kiosk import arrive_alone, say_on_my_way
from scheduling.models import Appointment, Display, FloorRules, KioskTry, Visit
from scheduling.queries.board import board_events, day_of
from scheduling.queries.display import display_shows
from scheduling.queries.floor import branch_day
from scheduling.queries.kiosk import found_today
from scheduling.views.coming import door_key
from tests.scheduling.floor_make import Floor

BORN = dt.date(1991, 5, 20)  # 1370 in the other calendar


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


@pytest.fixture
def mina(floor: Floor) -> Appointment:
    patient = floor.make.patient(first_name="مینا", phone="+989121230099", national_code="0084575948", birth_date=BORN)
    return floor.appointment(patient=patient)


def paired(floor: Floor, screen: Any) -> Any:
    screen.get(f"/kiosk/{floor.branch.pk}/")
    code = Display.objects.latest("pk").code
    actions.pair_display(branch=floor.branch, code=code, by=floor.clerk)
    return screen


def ask(screen: Any, floor: Floor, who: str, proof: str) -> Any:
    return screen.post(f"/kiosk/{floor.branch.pk}/", {"who": who, "proof": proof})


@pytest.mark.parametrize(
    ("who", "proof", "found"),
    [
        ("09121230099", "1370", True),
        ("۰۹۱۲ ۱۲۳ ۰۰۹۹", "۱۳۷۰", True),
        ("+98 912 123 0099", "1991", True),
        ("09121230099", "5948", True),  # the end of the national code
        ("0084575948", "0099", True),  # the end of the mobile number
        ("0084575948", "1991", True),
        ("09121230099", "0099", False),  # what was just typed proves nothing
        ("0084575948", "5948", False),
        ("09121230099", "1371", False),
        ("09121230099", "", False),
        ("09121230098", "1370", False),
        ("", "1370", False),
    ],
)
def test_two_things_that_she_knows(floor: Floor, mina: Appointment, who: str, proof: str, found: bool) -> None:
    assert found_today(floor.branch, who, proof) == ([mina] if found else [])


def test_only_today_only_here_only_in_person(floor: Floor, mina: Appointment) -> None:
    who, proof = "09121230099", "1370"
    for field, value in [
        ("starts_at", timezone.now() + dt.timedelta(days=2)), ("branch", floor.make.branch(name="Other")),
        ("mode", "online"), ("status", "cancelled"),
    ]:  # fmt: skip
        kept = getattr(mina, field)
        setattr(mina, field, value)
        mina.ends_at = mina.starts_at + dt.timedelta(minutes=20)
        mina.save()
        assert found_today(floor.branch, who, proof) == [], field
        setattr(mina, field, kept)
        mina.ends_at = mina.starts_at + dt.timedelta(minutes=20)
        mina.save()
    assert found_today(floor.branch, who, proof) == [mina]


def test_from_the_two_lines_to_the_number(floor: Floor, mina: Appointment, page: Any) -> None:
    screen = paired(floor, page())
    asked = ask(screen, floor, "09121230099", "1370")
    text = asked.content.decode()
    assert "مینا" in text
    assert mina.patient.last_name not in text
    assert not Visit.objects.exists()
    key = text.split('name="chosen" value="')[1].split('"')[0]
    done = screen.post(f"/kiosk/{floor.branch.pk}/", {"chosen": key})
    visit = Visit.objects.get()
    assert (visit.appointment, visit.came_by, visit.status) == (mina, "kiosk", "arrived")
    assert "c-token__qr" in done.content.decode()
    assert "مینا" not in done.content.decode()  # the paper has no name
    assert screen.post(f"/kiosk/{floor.branch.pk}/", {"chosen": key}).status_code == 200
    assert Visit.objects.count() == 1


def test_found_by_nobody_and_wrong_proof_look_the_same(floor: Floor, mina: Appointment, page: Any) -> None:
    screen = paired(floor, page())

    def said(who: str) -> str:
        answer = ask(screen, floor, who, "1399")
        assert answer.status_code == 422
        text = answer.content.decode()
        return text.split('role="alert">')[1].split("</div>")[0]

    assert said("09121230099") == said("09120000000")
    assert mina.patient.first_name not in said("09121230099")


def test_who_guesses_is_stopped_and_the_right_answer_too(floor: Floor, mina: Appointment, page: Any) -> None:
    screen = paired(floor, page())
    for year in range(1300, 1305):
        assert ask(screen, floor, "09121230099", str(year)).status_code == 422
    assert ask(screen, floor, "09121230099", "1370").status_code == 429
    assert KioskTry.objects.filter(found=True).count() == 0
    for number in range(7):  # other people may go on until the kiosk itself has had enough
        assert ask(screen, floor, f"0912999000{number}", "1370").status_code == 422
    assert ask(screen, floor, "09129990009", "1370").status_code == 429


def test_a_kiosk_shows_no_queue_and_a_stranger_finds_nothing(floor: Floor, mina: Appointment, page: Any) -> None:
    screen = paired(floor, page())
    assert not display_shows(screen.session["kiosk"], floor.branch.pk)
    assert "c-tv__call" not in screen.get(f"/tv/{floor.branch.pk}/").content.decode()
    stranger = page()
    assert ask(stranger, floor, "09121230099", "1370").status_code == 409
    assert "c-kiosk__code" in stranger.get(f"/kiosk/{floor.branch.pk}/").content.decode()
    assert not KioskTry.objects.exists()


def test_a_key_of_another_kiosk_or_appointment_opens_nothing(floor: Floor, mina: Appointment, page: Any) -> None:
    first, second = paired(floor, page()), paired(floor, page())
    text = ask(first, floor, "09121230099", "1370").content.decode()
    key = text.split('name="chosen" value="')[1].split('"')[0]
    for wrong in (key, str(mina.pk), "", "x" * 300):
        assert second.post(f"/kiosk/{floor.branch.pk}/", {"chosen": wrong}).status_code == 422
    assert not Visit.objects.exists()


def test_the_branch_may_want_no_kiosk_and_no_code_at_the_door(floor: Floor, mina: Appointment, page: Any) -> None:
    screen = paired(floor, page())
    FloorRules(branch=floor.branch, has_kiosk=False, has_door_code=False).save()
    assert "c-kiosk__form" not in screen.get(f"/kiosk/{floor.branch.pk}/").content.decode()
    assert page().get(f"/here/{floor.branch.pk}/{door_key(floor.branch)}/").status_code == 404
    with pytest.raises(Conflict):
        arrive_alone(appointment=mina)


def test_the_door_knows_the_phone_that_opened_the_link(floor: Floor, mina: Appointment, page: Any) -> None:
    phone, door = page(), f"/here/{floor.branch.pk}/{door_key(floor.branch)}/"
    assert mina.patient.last_name not in phone.get(door).content.decode()
    phone.get(f"/a/{mina.link_token}/")
    assert mina.patient.last_name in phone.get(door).content.decode()
    assert phone.post(door, {"appointment": "999"}).status_code == 422
    answer = phone.post(door, {"appointment": mina.pk})
    visit = Visit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/q/{visit.queue_token}/")
    assert visit.came_by == "phone"
    assert page().get(f"/here/{floor.branch.pk}/{'0' * 16}/").status_code == 404


def test_the_door_knows_an_account_by_its_code(floor: Floor, mina: Appointment, page: Any) -> None:
    from clinic.patients.actions import link_account

    user = floor.make.user(phone="+989121230099")
    link_account(patient=mina.patient, phone=user.phone, by=floor.clerk)
    door = f"/here/{floor.branch.pk}/{door_key(floor.branch)}/"
    assert mina.patient.last_name in page(user).get(door).content.decode()
    assert mina.patient.last_name not in page("patient").get(door).content.decode()


def test_word_from_the_way_stands_on_the_board(floor: Floor, mina: Appointment, page: Any) -> None:
    answer = page().post(f"/a/{mina.link_token}/on-my-way/", {"minutes": "20"})
    assert answer.status_code == 302
    mina.refresh_from_db()
    assert (mina.on_my_way_minutes, mina.on_my_way_at is not None, mina.confirmed_at is not None) == (20, True, True)
    assert mina.moves.latest("pk").reason == "on_my_way"
    card = board_events(day_of(floor.branch, branch_day(floor.branch)))[0]
    assert card["text"].startswith("On the way, about ")
    assert (
        page().post(f"/a/{mina.link_token}/on-my-way/", {"minutes": "9999"}, headers={"HX-Request": "true"}).status_code
        == 422
    )


def test_word_from_the_way_is_of_today_and_of_who_is_expected(floor: Floor, mina: Appointment) -> None:
    with pytest.raises(Invalid):
        say_on_my_way(appointment=mina, minutes=-1)
    with pytest.raises(Conflict):
        say_on_my_way(appointment=floor.appointment(starts_at=timezone.now() + dt.timedelta(days=2)), minutes=5)
    with pytest.raises(Conflict):
        say_on_my_way(appointment=floor.appointment(status="cancelled"), minutes=5)


def test_the_token_on_paper_has_a_number_and_no_name(floor: Floor, page: Any) -> None:
    FloorRules(branch=floor.branch, token_prefix="B").save()
    visit = floor.visit()
    shown = page("secretary").get(f"/desk/visits/{visit.pk}/token/").content.decode()
    assert visit.ticket == "B1"
    assert "B۱" in shown
    assert "<svg" in shown
    assert visit.patient.last_name not in shown
    assert page().get(f"/desk/visits/{visit.pk}/token/").status_code == 302


def test_details_are_corrected_at_check_in(floor: Floor, page: Any) -> None:
    visit = floor.visit()
    desk = page("secretary")
    wrong = desk.post(f"/desk/visits/{visit.pk}/correct/", {"phone": "12", "national_code": "", "birth_date": ""})
    assert wrong.status_code == 422
    desk.post(f"/desk/visits/{visit.pk}/correct/", {"phone": "۰۹۱۲۱۱۱۲۲۳۳", "national_code": "0084575948"})
    visit.patient.refresh_from_db()
    assert (visit.patient.phone, visit.patient.national_code) == ("+989121112233", "0084575948")
    assert page("nurse").get(f"/desk/visits/{visit.pk}/correct/").status_code == 403
