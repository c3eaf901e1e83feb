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

from clinic.patients.models import Patient, PatientAccess
from clinic.shared.tenancy import use_clinic, use_platform
from scheduling.models import Appointment, Practitioner, Service, WorkingHours
from scheduling.queries.opening import zone_of
from tenants.models import Clinic
from tenants.queries import forget_hosts
from tests.browser.counting import Hand
from tests.browser.server import code_sent
from tests.browser.stage import Stage
from tests.conftest import HOST_A, HOST_B, clinic_info
from tests.journeys.test_day import daytime
from tests.make import Make

WORDS: dict[str, dict[str, Any]] = {
    HOST_A: {
        "doctors": ["دکتر نگار امینی", "دکتر کاوه نادری"], "services": ["ویزیت پوست", "بوتاکس"],
        "person": ("مینا", "شریفی"),
        "new": "سارا محمدی", "phone": "09351112233", "digits": "9351112233", "typed": "مینا ش", "others": "رضایی",
    },
    HOST_B: {
        "doctors": ["Dr Jane Smith", "Dr Tom Reed"], "services": ["Skin visit", "Botox"], "person": ("Mary", "Clark"),
        "new": "Zoe King", "phone": "07400123456", "digits": "7400123456", "typed": "mary c", "others": "Moss",
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
    with use_platform():
        clinic = Clinic.objects.get(schema_name=clinic_info(host).schema_name)
        clinic.time_zone = daytime(clinic.time_zone)
        clinic.save()
    forget_hosts()
    with use_clinic(clinic_info(host)) as info:
        make = Make()
        branch = make.branch()
        branch.time_zone = info.time_zone
        branch.save()
        services = [make.service(name=name, name_en=name, minutes=15) for name in words["services"]]
        doctors = [make.practitioner(*services, name=name, name_en=name) for name in words["doctors"]]
        for hours in WorkingHours.objects.all():
            hours.starts, hours.ends = dt.time(0), dt.time(23, 59)
            hours.save()
        make.room(name="1")
        first, last = words["person"]
        patient = make.patient(first_name=first, last_name=last)
        account = make.user(phone=patient.phone, name=f"{first} {last}")
        PatientAccess(user=account, patient=patient).save()
        clerk = make.user("secretary")
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
    hand.press("Enter")  # her name is chosen and has the focus
    again = _booked(page)
    town.told("returning patient books again", hand)
    assert again.patient == booked.patient
    assert hand.keys <= 12
