"""How short the ways are: every tap and key press counted by the driver, with a finger and by the keyboard alone.

The tables that the tests print with `-s` (or `make test TESTS=tests/journeys/test_taps.py`) are in docs/taps.md.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinic.patients.actions import register
from clinic.patients.models import Patient, PatientAccess
from scheduling import actions
from scheduling.models import Appointment, Practitioner, Service, Visit, WorkingHours
from scheduling.queries.opening import zone_of
from tests.browser.counting import Hand
from tests.browser.server import code_sent
from tests.browser.stage import Stage
from tests.conftest import HOST_A, HOST_B
from tests.journeys.daylight import in_daylight

WORDS: dict[str, dict[str, Any]] = {
    HOST_A: {
        "doctors": ["دکتر نگار امینی", "دکتر کاوه نادری"], "services": ["ویزیت پوست", "بوتاکس"],
        "person": ("مینا", "شریفی"),
        "new": "سارا محمدی", "phone": "09351112233", "digits": "9351112233",
        "undone": "برگردانده شد", "typed": "مینا ش",
    },
    HOST_B: {
        "doctors": ["Dr Jane Smith", "Dr Tom Reed"], "services": ["Skin visit", "Botox"], "person": ("Mary", "Clark"),
        "new": "Zoe King", "phone": "07400123456", "digits": "7400123456",
        "undone": "Undone", "typed": "mary c",
    },
}  # fmt: skip


@dataclass
class Town:
    """A clinic with two doctors, two services, and a patient who was here before."""

    stage: Stage
    host: str
    words: dict[str, Any]
    branch: Any
    doctors: list[Practitioner]
    services: list[Service]
    clerk: Any
    patient: Patient
    account: Any
    table: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def today(self) -> dt.date:
        """The branch's day."""
        return timezone.now().astimezone(zone_of(self.branch.time_zone)).date()

    def hand(self, who: Any = None, *, keyboard: bool = False) -> Hand:
        """Somebody's hand: a phone's for patients, a desk's for staff."""
        size = "desk" if who == self.clerk or keyboard else "phone"
        page = self.stage.context(self.host, who, size=size).new_page()
        return Hand(page, keyboard, finger=size == "phone")

    def told(self, name: str, hand: Hand) -> None:
        """A line of the table."""
        hand.check()
        row = (f"{name} ({self.host[0]}{', keyboard' if hand.keyboard else ''})", hand.counted, len(hand.screens))
        self.table.append(row)
        print(f"{row[0]:<44} {row[1]:<18} {row[2]} screens")


@pytest.fixture(params=[HOST_A, HOST_B], ids=["fa", "en"])
def town(request: pytest.FixtureRequest, stage: Stage, worker: None) -> Iterator[Town]:
    """The clinic, its day and its people."""
    host, words = request.param, WORDS[request.param]
    with in_daylight(host) as (make, branch):
        services = [make.service(name=name, name_en=name, minutes=15) for name in words["services"]]
        doctors = [make.practitioner(*services, name=name, name_en=name) for name in words["doctors"]]
        for hours in WorkingHours.objects.all():
            hours.starts, hours.ends = dt.time(0), dt.time(23, 59)
            hours.save()
        make.room(name="1")
        first, last = words["person"]
        clerk = make.user("secretary")
        patient = register(first_name=first, last_name=last, phone="+989350000001", by=clerk)
        account = make.user(phone=patient.phone, name=f"{first} {last}")
        PatientAccess(user=account, patient=patient).save()
        yield Town(stage, host, words, branch, doctors, services, clerk, patient, account)


def _booked(page: Page) -> Appointment:
    expect(page).to_have_url(re.compile(r"/a/[\w-]+/"))
    return Appointment.objects.filter(status="booked").latest("pk")


# ---- patients


def test_a_returning_patient_books(town: Town) -> None:
    """From the clinic's link: service, time, book. The second time one of it less."""
    hand = town.hand(town.account)
    hand.begin("/")
    hand.tap(hand.page.locator("main a.c-person").first)
    hand.tap(hand.page.locator(".c-slot").first)
    hand.tap(hand.page.locator("#details .c-btn--primary"))
    first = _booked(hand.page)
    town.told("returning patient books", hand)
    assert hand.taps <= 3
    assert len(hand.screens) <= 4
    assert first.patient == town.patient

    hand.begin("/")
    hand.tap(hand.page.locator(".c-again .c-btn--primary"))
    hand.tap(hand.page.locator("#details .c-btn--primary"))
    second = _booked(hand.page)
    town.told("returning patient books the same again", hand)
    assert hand.taps <= 2
    assert (second.service, second.practitioner, second.patient) == (first.service, first.practitioner, town.patient)
    assert second.pk != first.pk


def test_a_new_patient_books(town: Town, phone: Any) -> None:
    """Every tap into a field counts too."""
    hand, words = town.hand(), town.words
    page = hand.page
    hand.begin("/")
    hand.tap(page.locator("main a.c-person").first)
    hand.tap(page.locator("#next-free"))
    hand.tap(page.locator("#id_name"))
    hand.write(words["new"])
    hand.tap(page.locator("#id_phone"))
    hand.write(words["phone"])
    hand.tap(page.locator("#details .c-btn--primary"))
    hand.tap(page.locator("#code"))
    hand.write(code_sent(phone, words["digits"]))
    booked = _booked(page)
    town.told("new patient books", hand)
    assert hand.taps <= 6
    assert len(hand.screens) <= 4
    assert booked.patient
    assert booked.patient.full_name == words["new"]


def test_patients_book_by_the_keyboard_alone(town: Town, phone: Any) -> None:
    """No pointer at all; the way is the order of Tab, what is typed goes on with Enter."""
    hand, words = town.hand(keyboard=True), town.words
    page = hand.page
    hand.begin("/")
    hand.go_to(page.locator("main a.c-person").first)
    hand.press("Enter")
    page.wait_for_url("**/book/*/")
    hand.go_to(page.locator("#next-free"))
    hand.press("Enter")
    page.wait_for_url("**/book/details/")
    hand.write(words["new"])  # the field has the focus already
    hand.press("Tab")
    hand.write(words["phone"])
    hand.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    hand.write(code_sent(phone, words["digits"]))
    booked = _booked(page)
    town.told("new patient books", hand)
    assert booked.patient
    assert booked.patient.full_name == words["new"]
    assert hand.keys <= 30

    hand.begin("/")
    hand.go_to(page.locator(".c-again .c-btn--primary"))
    hand.press("Enter")
    page.wait_for_url("**/book/details/")
    expect(page.locator("#details [name=patient]").first).to_be_focused()
    hand.press("Enter")  # her name is chosen and has the focus
    again = _booked(page)
    town.told("returning patient books again", hand)
    assert again.patient == booked.patient
    assert hand.keys <= 12


# ---- the desk


def _laid(town: Town) -> Appointment:
    """Somebody is booked with the first doctor in a while, on this day."""
    zone = zone_of(town.branch.time_zone)
    wall = timezone.now().astimezone(zone) + dt.timedelta(minutes=20)
    at = wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0)
    return actions.book_direct(
        service=town.services[0], practitioner=town.doctors[0], branch=town.branch, patient=town.patient, starts_at=at,
        by=town.clerk,
    )  # fmt: skip


def _empty_place(page: Page, column: int) -> tuple[float, float]:
    """A free place of a doctor's column, low on the screen: later than everything that stands there."""
    box = page.locator(".ec-body .ec-day").nth(column).bounding_box()
    main = page.locator(".ec-main").bounding_box()
    assert box
    assert main
    return box["x"] + box["width"] / 2, min(main["y"] + main["height"], 780) - 40


def _desk(town: Town, *, keyboard: bool = False) -> Hand:
    hand = town.hand(town.clerk, keyboard=keyboard)
    hand.begin(f"/desk/?branch={town.branch.pk}")
    expect(hand.page.locator(".ec-events")).to_be_attached()
    return hand


def _save(hand: Hand) -> None:
    hand.tap(hand.page.locator("#drawer-body .c-drawer__foot .c-btn--primary"))


def test_the_desk_books_in_two_clicks(town: Town) -> None:
    """An empty place, the one line, save: for somebody known and for somebody new; and by the next free time."""
    hand, words = _desk(town), town.words
    page = hand.page
    hand.tap_at(*_empty_place(page, 0))
    expect(page.locator("#id_who")).to_be_focused()
    hand.write(words["typed"])
    expect(page.locator("[role=option]").first).to_contain_text(town.patient.last_name)
    page.keyboard.press("Enter")  # part of typing: the one who was found
    _save(hand)
    expect(page.locator(".c-visit__card")).to_have_count(1)
    town.told("desk books a known patient", hand)
    assert hand.taps == 2
    assert Appointment.objects.get().patient == town.patient

    hand.begin(f"/desk/?branch={town.branch.pk}")
    hand.tap_at(*_empty_place(page, 1))
    expect(page.locator("#id_who")).to_be_focused()
    hand.write(f"{words['new']} {words['phone']}")
    _save(hand)
    expect(page.locator(".c-visit__card")).to_have_count(2)
    town.told("desk books a new patient", hand)
    assert hand.taps == 2
    new = Appointment.objects.latest("pk")
    assert new.patient
    assert (new.patient.full_name, new.patient.phone[-9:]) == (words["new"], words["digits"][-9:])
    assert new.practitioner == town.doctors[1]

    hand.begin(f"/desk/?branch={town.branch.pk}")
    hand.tap(page.locator("[data-key=KeyN]"))
    expect(page.locator("#id_who")).to_be_focused()
    hand.write(words["new"])
    _save(hand)
    expect(page.locator("#drawer")).to_be_hidden()
    town.told("desk books the next free time", hand)
    assert hand.taps == 2
    third = Appointment.objects.latest("pk")
    assert third.patient == new.patient
    assert third.starts_at - timezone.now() < dt.timedelta(minutes=20)


def test_check_in_call_and_move_by_pointer(town: Town) -> None:
    """One drag or three clicks, one click, one click."""
    booked = _laid(town)
    hand = _desk(town)
    page = hand.page
    card = page.locator(f"#visit-{booked.pk}")
    expect(card).to_be_visible()
    hand.drag(card, over=page.locator(".ec-body .ec-day").nth(1))
    expect(page.locator(".c-toast [data-key=KeyZ]")).to_be_visible()
    town.told("move by a drag", hand)
    assert (hand.taps, hand.drags) == (0, 1)
    moved = Appointment.objects.get(status="booked")
    assert (moved.practitioner, moved.starts_at) == (town.doctors[1], booked.starts_at)

    hand.begin(f"/desk/?branch={town.branch.pk}")
    hand.tap(page.locator(f"#visit-{moved.pk}"))
    hand.tap(page.locator("#drawer-body [data-key=KeyM]"))
    hand.tap(page.locator("#drawer-body button.c-slot").first)
    expect(page.locator("#drawer")).to_be_hidden()
    town.told("move by three clicks", hand)
    assert hand.taps == 3
    again = Appointment.objects.get(status="booked")
    assert again.starts_at != moved.starts_at

    hand.begin(f"/desk/?branch={town.branch.pk}")
    hand.tap(page.locator(f"#arrive-{again.pk}"))
    expect(page.locator("#waiting")).to_contain_text(town.patient.last_name)
    town.told("check in", hand)
    assert hand.taps == 1
    visit = Visit.objects.get()
    assert (visit.status, bool(visit.checked_in_at)) == ("arrived", True)

    hand.begin(f"/desk/?branch={town.branch.pk}")
    hand.tap(page.locator("#waiting [data-key=KeyC]"))
    expect(page.locator("#waiting .c-chip")).to_be_visible()
    town.told("call next", hand)
    assert hand.taps == 1
    assert Visit.objects.get().status == "called"


def test_one_press_takes_a_check_in_back(town: Town) -> None:
    """From the list, by the message's own button."""
    booked = _laid(town)
    hand = town.hand(town.clerk)
    page = hand.page
    hand.begin(f"/desk/?branch={town.branch.pk}&view=list")
    hand.tap(page.locator(f"#go-{booked.pk}"))
    undo = page.locator(".c-toast [data-key=KeyZ]")
    expect(undo).to_be_visible()
    expect(page.locator(f"#go-{booked.pk}")).to_have_count(0)
    assert Appointment.objects.get().status == "checked_in"
    page.wait_for_function("document.activeElement.closest('#day-lines') !== null")  # the focus is not lost
    hand.tap(undo)
    expect(page.locator(f"#go-{booked.pk}")).to_be_visible()
    town.told("check in from the list and undo", hand)
    assert hand.taps == 2
    assert Appointment.objects.get().status == "booked"
    assert Visit.objects.get().status == "cancelled"


def test_the_desk_by_the_keyboard_alone(town: Town) -> None:
    """Book, move, undo, check in, call, without a pointer; the focus is never lost."""
    hand, words = _desk(town, keyboard=True), town.words
    page = hand.page
    hand.press("b")
    expect(page.locator("#board-cursor")).to_be_focused()
    hand.press("ArrowDown", "Enter")
    expect(page.locator("#id_who")).to_be_focused()
    hand.write(words["typed"])
    expect(page.locator("[role=option]").first).to_contain_text(town.patient.last_name)
    hand.press("Enter", "Enter")
    card = page.locator(".c-visit__card")
    expect(card).to_have_count(1)
    expect(card).to_be_focused()
    town.told("desk books", hand)
    assert hand.keys <= 5
    booked = Appointment.objects.get()
    assert booked.patient == town.patient

    hand.anew()
    hand.press("m")
    expect(page.locator("#drawer-body button.c-slot").first).to_be_focused()
    hand.press("ArrowRight" if town.host == HOST_B else "ArrowLeft", "Enter")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator(".c-toast [data-key=KeyZ]")).to_be_visible()
    town.told("move", hand)
    assert hand.keys == 3
    moved = Appointment.objects.get(status="booked")
    assert moved.starts_at != booked.starts_at

    hand.anew()
    hand.press("z")
    expect(page.locator(".c-toast [data-key=KeyZ]")).to_have_count(0)
    town.told("undo", hand)
    assert hand.keys == 1
    expect(page.locator(".c-toast", has_text=words["undone"])).to_be_visible()
    back = Appointment.objects.get(status="booked")
    assert back.starts_at == booked.starts_at

    hand.anew()
    hand.press("b")
    expect(page.locator(f"#visit-{back.pk}")).to_be_focused()
    hand.press("a")
    expect(page.locator("#waiting")).to_contain_text(town.patient.last_name)
    expect(page.locator(f"#visit-{back.pk}")).to_be_focused()
    town.told("check in", hand)
    assert hand.keys == 2
    assert Visit.objects.get().checked_in_at

    hand.anew()
    hand.press("c")
    expect(page.locator("#waiting .c-chip")).to_be_visible()
    town.told("call next", hand)
    assert hand.keys == 1
    assert Visit.objects.get().status == "called"
    page.wait_for_function("document.activeElement !== document.body")

    hand.press("Shift+Slash")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys dt")).not_to_have_count(0)
    hand.press("Escape", "Shift+P")
    expect(page.locator("html")).to_have_attribute("data-privacy", "on")
    hidden = page.locator(f"#visit-{back.pk} .c-private").evaluate("(el) => getComputedStyle(el).fontSize")
    assert hidden == "0px"
    hand.check()
