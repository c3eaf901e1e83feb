"""The ground of the browser tests itself."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.server import code_sent
from tests.browser.stage import Stage
from tests.conftest import HOST_A, HOST_B


def test_both_clinics_are_served(stage: Stage) -> None:
    persian = stage.open(HOST_A, "/sign-in/")
    english = stage.open(HOST_B, "/sign-in/")
    expect(persian.locator("html")).to_have_attribute("dir", "rtl")
    expect(english.locator("html")).to_have_attribute("dir", "ltr")
    assert persian.evaluate("document.fonts.check('16px Vazirmatn')")


def test_sign_in_by_the_code_from_the_phone(stage: Stage, phone: Any, worker: None, make: Any) -> None:
    make.user("cashier", phone="+989121112233")
    page = stage.open(HOST_A, "/sign-in/")
    page.locator("#phone").fill("۰۹۱۲۱۱۱۲۲۳۳")
    page.locator("#phone").press("Enter")
    expect(page.locator("#code")).to_be_visible()
    page.locator("#code").fill(code_sent(phone, "9121112233"))
    expect(page).to_have_url(re.compile("/finance/"))


def test_a_socket_tells_of_changes(stage: Stage, make: Any) -> None:
    page = stage.open(HOST_A, "/patients/", make.user("secretary"))
    expect(page.locator("[data-live-dot]")).to_be_attached()
