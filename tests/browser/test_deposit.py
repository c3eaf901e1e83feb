"""A deposit from the booking's page to the bank and back, in both languages, with a real browser."""

import datetime as dt
import os
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.shared.tenancy import use_clinic
from scheduling import actions as scheduling
from scheduling.models import Appointment
from tests.browser.stage import Quiet, Stage
from tests.conftest import HOST_A, clinic_info
from tests.fakes.bank import bank
from tests.fakes.zarinpal import FakeZarinpal
from tests.make import Make

__all__ = ["bank"]
SHOTS = os.environ.get("SHOTS", "")


def waiting(make: Make) -> Appointment:
    service = make.service(deposit=Decimal(2_000_000), price=Decimal(9_000_000), name="مشاورهٔ پیش از جراحی زیبایی")
    doctor = make.practitioner(service)
    start = dt.datetime.combine(timezone.now().date() + dt.timedelta(days=3), dt.time(8), tzinfo=dt.UTC)
    held = scheduling.hold(service=service, practitioner=doctor, branch=make.branch(), starts_at=start, by=None)
    patient = make.patient(first_name="سیده فاطمه‌زهرا", last_name="میرمحمدصادقی خوانساری نیشابوری اصل")
    user = make.user()
    held.held_by = f"user:{user.pk}"
    held.save()
    return scheduling.book(hold=held, patient=patient, by=user)


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}-{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("language", "pay", "paid"), [("fa", "پرداخت اینترنتی", "پرداخت شد"), ("en", "Pay online", "is paid")]
)
def test_a_deposit_is_paid_on_the_phone(stage: Stage, bank: FakeZarinpal, language: str, pay: str, paid: str) -> None:
    make = Make()
    with use_clinic(clinic_info(HOST_A)):
        booked = waiting(make)
        clerk = make.user("secretary")
    page = stage.open(HOST_A, f"/a/{booked.link_token}/", size="small", language=language)
    quiet = Quiet(page)
    page.reload()
    quiet.wait()
    button = page.get_by_role("button", name=pay)
    expect(button).to_be_visible()
    expect(page.locator("#money-of-visit [data-countdown]")).not_to_be_empty()
    shot(page, f"{language}-ask")
    desk = stage.open(HOST_A, "/desk/", clerk, language=language)
    desk.goto(f"/finance/for-appointment/{booked.pk}/take/")
    shot(desk, f"{language}-drawer")
    button.click()
    page.get_by_role("link", name="Leave").click()
    expect(page.locator("#online")).to_contain_text("پرداختی انجام نشد" if language == "fa" else "Nothing was paid")
    shot(page, f"{language}-left")
    page.locator("#online form button").click()
    page.get_by_role("link", name="Pay").click()
    expect(page.locator("#online")).to_contain_text(paid)
    shot(page, f"{language}-paid")
    page.emulate_media(color_scheme="dark")
    shot(page, f"{language}-paid-dark")
    page.get_by_role("link", name="نوبت شما" if language == "fa" else "Your visit").click()
    Quiet(page).wait()
    expect(page.locator("#money-of-visit")).to_contain_text("پرداخت شده" if language == "fa" else "is paid")
    shot(page, f"{language}-visit")
    desk.goto(f"/desk/appointments/{booked.pk}/")
    Quiet(desk).wait()
    shot(desk, f"{language}-panel")
    with use_clinic(clinic_info(HOST_A)):
        assert Appointment.objects.get(pk=booked.pk).status == "booked"
