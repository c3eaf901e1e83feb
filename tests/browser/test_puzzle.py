"""Beyond an address's allowance a browser goes on by itself, at the sign-in and in the middle of a booking."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.accounts.models import SignInCode
from clinic.shared.tenancy import use_clinic
from tests.browser.stage import Stage
from tests.conftest import HOST_A, HOST_B, clinic_info
from tests.make import Make


def used_up(host: str) -> None:
    """Somebody behind this address asked a moment ago."""
    with use_clinic(clinic_info(host)):
        SignInCode.objects.create(
            challenge="before", phone="+989120000000", ip="127.0.0.1", code_hash="x",
            expires_at=timezone.now() + dt.timedelta(minutes=2),
        )  # fmt: skip


@pytest.mark.parametrize("host", [HOST_A, HOST_B])
def test_signing_in_asks_for_no_tap_more(stage: Stage, worker: Any, settings: Any, host: str) -> None:
    settings.CODES_PER_HOUR = 1
    stage.complaints.expected.add(429)
    used_up(host)
    page = stage.context(host, None, size="phone").new_page()
    page.goto("/sign-in/")
    page.fill("#phone", "09125550701")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    with use_clinic(clinic_info(host)):
        assert SignInCode.objects.exclude(proof=None).count() == 1


def test_a_booking_loses_nothing_by_it(stage: Stage, worker: Any, settings: Any) -> None:
    settings.CODES_PER_HOUR = 1
    stage.complaints.expected.add(429)
    used_up(HOST_A)
    with use_clinic(clinic_info(HOST_A)):
        make = Make()
        service = make.service()
        make.practitioner(service)
    page = stage.context(HOST_A, None, size="phone").new_page()
    page.goto(f"/book/{service.pk}/")
    page.locator(".c-slot").first.click()
    page.fill("#id_name", "سارا محمدی")
    page.fill("#id_phone", "09125550702")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#id_name")).to_have_value("سارا محمدی")
