"""THE DAY: patient, desk, doctor, waiting room and owner, each before a screen of their own; nobody reloads."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from playwright.sync_api import Page, expect

import inventory.actions as stock
from clinic.patients.models import AccessLog, Patient
from finance.models import Invoice, JournalLine, Payment
from inventory.models import Item, StockMovement
from loyalty.models import LoyaltyRule, PointsEntry
from messaging.models import FollowUpTask, Message
from scheduling.models import Appointment, Room, Service, Visit, VisitStatusChange, WorkingHours
from tests.browser.server import code_sent
from tests.browser.stage import Stage
from tests.conftest import HOST_A, HOST_B
from tests.journeys.daylight import in_daylight
from tests.make import Make

WORDS: dict[str, dict[str, Any]] = {
    HOST_A: {
        "patient": "مینا شریفی", "phone": "۰۹۳۵۱۱۱۲۲۳۳", "digits": "9351112233", "doctor": "دکتر نگار امینی",
        "service": "ویزیت پوست", "room": "اتاق یک", "item": "گاز استریل", "note": "ضایعهٔ کوچک روی گونه",
        "diagnosis": "درماتیت", "drug": "استامینوفن", "price": Decimal(2_500_000), "cash": Decimal(1_000_000),
        "per_point": Decimal(100_000), "worth": Decimal(2_000), "points": 25,
    },
    HOST_B: {
        "patient": "Mary Clark", "phone": "07400 123456", "digits": "7400123456", "doctor": "Dr Jane Smith",
        "service": "Skin visit", "room": "Room 1", "item": "Gauze", "note": "Small lesion on the cheek",
        "diagnosis": "Dermatitis", "drug": "Paracetamol", "price": Decimal("80.50"), "cash": Decimal(30),
        "per_point": Decimal(1), "worth": Decimal("0.02"), "points": 80,
    },
}  # fmt: skip


@dataclass
class Day:
    """The clinic, its people and their windows."""

    stage: Stage
    host: str
    words: dict[str, Any]
    people: dict[str, Any]
    branch: Any
    pages: dict[str, Page] = field(default_factory=dict)

    def open(self, name: str, path: str, who: str = "", size: str = "desk") -> Page:
        """A window of its own."""
        self.pages[name] = self.stage.open(self.host, path, self.people.get(who), size=size)
        return self.pages[name]

    @property
    def visit(self) -> Visit:
        """The one visit of the day, as the database has it now."""
        return Visit.objects.get()


@pytest.fixture(params=[HOST_A, HOST_B], ids=["fa", "en"])
def day(request: pytest.FixtureRequest, stage: Stage, worker: None) -> Iterator[Day]:
    """A clinic with one doctor, one room, one service and stock for it."""
    host, words = request.param, WORDS[request.param]
    with in_daylight(host) as (make, branch):
        yield Day(stage, host, words, *_furnish(make, branch, words))


def _furnish(make: Make, branch: Any, words: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    people = {role: make.user(role) for role in ("secretary", "owner")}
    people["doctor"] = make.user("doctor", name=words["doctor"])
    make.room(name=words["room"])
    service = make.service(name=words["service"], minutes=15, price=words["price"], min_notice_minutes=0)
    other = make.service(name=f"{words['service']} 2", minutes=45, price=words["price"] * 3)
    doctor = make.practitioner(service, other, user=people["doctor"], name=words["doctor"])
    for hours in WorkingHours.objects.filter(practitioner=doctor):
        hours.starts, hours.ends = dt.time(0), dt.time(23, 59)
        hours.save()
    item = stock.save_item(
        name=words["item"], unit=words["item"], step=Decimal(1), low_level=Decimal(1), by=people["owner"]
    )
    stock.set_template_line(service=service, item=item, quantity=Decimal(2), by=people["owner"])
    cost = words["per_point"] / 10
    stock.receive(item=item, branch=branch, quantity=Decimal(50), unit_cost=cost, cause="journey", by=people["owner"])
    LoyaltyRule(money_per_point=words["per_point"], point_value=words["worth"]).save()
    return people, branch


def test_the_day(day: Day, phone: Any) -> None:
    day.open("desk", "/desk/", "secretary")
    day.open("doctor", "/doctor/", "doctor")
    day.open("owner", "/mastermind/", "owner")
    _pair_the_display(day)
    _book(day, phone)
    _arrive(day)
    _call(day)
    _record(day)
    _pay(day)
    _after(day)
    _facts(day, phone)


def _pair_the_display(day: Day) -> None:
    tv = day.open("tv", f"/tv/{day.branch.pk}/", size="tv")
    code = tv.locator(".c-tv__code b").inner_text()
    displays = day.open("displays", "/desk/displays/", "secretary")
    displays.locator("[name=code]").fill(code)
    displays.locator("form:has([name=code]) .c-btn--primary").click()
    expect(tv.locator(".c-tv__body")).to_be_visible()


def _book(day: Day, phone: Any) -> None:
    """Three screens, an SMS; the desk and the doctor see it at once."""
    patient = day.open("patient", "/book/", size="phone")
    patient.locator("main a.c-person").first.click()
    patient.locator(".c-slot").first.click()
    patient.locator("#id_name").fill(day.words["patient"])
    patient.locator("#id_phone").fill(day.words["phone"])
    patient.locator("#details .c-btn--primary").click()
    patient.locator("#code").press_sequentially(code_sent(phone, day.words["digits"]))
    expect(patient).to_have_url(re.compile(r"/a/[\w-]+/"))
    for name in ("desk", "doctor"):
        expect(_seen(day, name, day.words["patient"])).to_be_visible()


def _seen(day: Day, name: str, text: str) -> Any:
    return day.pages[name].locator(f"main :text('{text}'):visible").first


def _arrive(day: Day) -> None:
    """One click each; the patient's phone shows her place."""
    desk, patient = day.pages["desk"], day.pages["patient"]
    desk.locator(".c-visit__card", has_text=day.words["patient"]).click()
    desk.locator("#drawer-body [hx-post$='/arrive/']").click()
    desk.locator("#drawer-body [hx-post$='/check-in/']").click()
    expect(desk.locator("#drawer-body .c-ticket")).to_be_visible()
    desk.locator("[data-drawer-close]").first.click()
    expect(desk.locator("#waiting")).to_contain_text(day.words["patient"])
    patient.goto(f"/q/{day.visit.queue_token}/")
    expect(patient.locator(".c-place--next")).to_be_visible()
    for name in ("patient", "doctor", "tv"):
        expect(day.pages[name].locator("[data-live-dot]").first).to_have_attribute("data-state", "on")


def _call(day: Day) -> None:
    """The doctor calls: display and phone say so, the record opens, the patient comes in."""
    doctor = day.pages["doctor"]
    doctor.locator("[hx-post*='/doctor/call-next/'] button").click()
    expect(day.pages["tv"].locator(".c-tv__call b").first).to_have_text(re.compile(r"^[1۱]$"))
    expect(day.pages["patient"].locator(".c-place--called")).to_be_visible()
    doctor.locator(f"#my-day a.c-btn[href='/doctor/visit/{day.visit.pk}/']").first.click()
    doctor.locator("[hx-post$='/enter-room/'] button").click()
    expect(doctor.locator("#floor .c-status--in-room")).to_be_visible()
    expect(day.pages["patient"].locator(".c-place--inside")).to_be_visible()


def _record(day: Day) -> None:
    """Note, diagnosis, drug, what was used, when to come again; sign."""
    doctor, words = day.pages["doctor"], day.words
    doctor.locator("#note").fill(words["note"])
    expect(doctor.locator("[data-autosave-state]")).to_have_text(re.compile(r"[0-9۰-۹]"))
    doctor.locator("#findings [name=title]").fill(words["diagnosis"])
    doctor.locator("#findings form .c-btn").click()
    expect(doctor.locator("#findings ul.c-glance")).to_contain_text(words["diagnosis"])
    doctor.locator("#prescription [name=name]").fill(words["drug"])
    doctor.locator("#prescription [name=days]").fill("5")
    doctor.locator("#prescription form .c-btn").click()
    expect(doctor.locator("#prescription ol.c-rx")).to_contain_text(words["drug"])
    doctor.locator("#consumption [id^=more-]").click()
    expect(doctor.locator("#consumption [name=typed]")).to_have_value(re.compile("^[3۳]$"))
    doctor.locator("#follow-up button.c-btn--sm").first.click()
    expect(doctor.locator("#follow_up_service")).to_be_visible()
    doctor.locator("#floor [data-dialog=finish]").click()
    doctor.locator("#finish .c-btn--primary").click()
    expect(doctor.locator("#note-form")).to_have_count(0)


def _pay(day: Day) -> None:
    """Part in cash, the rest by card, from the board; the owner sees the takings grow."""
    desk, words = day.pages["desk"], day.words
    desk.locator(".c-visit__card", has_text=words["patient"]).click()
    desk.locator("#drawer-body [data-key=KeyP]").click()
    desk.locator("#pay-form [value=cash]").check(force=True)
    desk.locator("#pay-form [name=amount]").fill(str(words["cash"]))
    desk.locator("#drawer [form=pay-form]").click()
    desk.locator("#drawer-body .c-drawer__foot a.c-btn--primary").click()
    desk.locator("#pay-form [value=card]").check(force=True)
    desk.locator("#drawer [form=pay-form]").click()
    link = desk.locator("#drawer-body a[href$='/receipt/']")
    expect(desk.locator("#drawer-body a[href*='/desk/?book=']")).to_be_visible()
    receipt = day.open("receipt", str(link.get_attribute("href")), "secretary")
    expect(receipt.locator(".c-sheet")).to_contain_text(words["patient"])
    desk.locator("#drawer-body [data-drawer-close]").last.click()
    shown = re.compile({HOST_A: "۲٬۵۰۰٬۰۰۰", HOST_B: r"80\.50"}[day.host])
    expect(day.pages["owner"].locator("#mastermind-today")).to_contain_text(shown)


def _after(day: Day) -> None:
    """Points on the card, the call done in one tap, booked again."""
    desk, patient = day.pages["desk"], Patient.objects.get()
    card = day.open("card", f"/patients/{patient.pk}/", "secretary")
    shown = {HOST_A: "۲۵", HOST_B: "80"}[day.host]
    expect(card.locator(f"#points-of-patient-{patient.pk}")).to_contain_text(shown)
    desk.goto("/follow-ups/")
    task = FollowUpTask.objects.get()
    line = desk.locator(f"#call-{task.pk}")
    line.locator("a[href*='/desk/book/']").click()
    expect(desk.locator("#id_time")).to_have_value(re.compile(r"\d"))  # the next free time; a fixed one may have passed
    desk.locator("#drawer-body .c-btn--primary").click()
    expect(desk.locator("#drawer")).to_be_hidden()
    line.locator("[hx-post$='/done/']").click()
    expect(line).to_have_count(0)


def _facts(day: Day, phone: Any) -> None:
    """What the database says at the end of the day."""
    words, visit = day.words, day.visit
    patient = Patient.objects.get()
    assert visit.status == "finished"
    assert Room.objects.get() == visit.room
    invoice = Invoice.objects.get(visit=visit)
    assert (invoice.status, invoice.total, invoice.paid) == ("balanced", words["price"], words["price"])
    payments = {each.method: each.amount for each in Payment.objects.all()}
    assert payments == {"cash": words["cash"], "card": words["price"] - words["cash"]}
    assert JournalLine.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    used = StockMovement.objects.filter(visit=visit)
    assert [(move.item, move.quantity) for move in used] == [(Item.objects.get(), Decimal(-3))]
    assert PointsEntry.objects.filter(patient=patient).aggregate(sum=Sum("points"))["sum"] == words["points"]
    kinds = list(Message.objects.order_by("kind").values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds)) or kinds.count("booking_confirmed") == 2
    assert AccessLog.objects.filter(patient=patient, user=day.people["doctor"]).exists()
    assert FollowUpTask.objects.get().status == "done"
    assert Appointment.objects.filter(patient=patient, status="booked").count() == 1
    authors = set(VisitStatusChange.objects.filter(subject=visit).values_list("by", flat=True))
    assert {day.people["secretary"].pk, day.people["doctor"].pk} <= authors
    assert visit.service == Service.objects.order_by("pk").first()
    booked = Appointment.history.filter(id=visit.appointment_id)
    assert day.people["secretary"].pk in set(booked.values_list("history_user_id", flat=True))
    assert len([row for row in phone.sent if row.get("template")]) == 1
