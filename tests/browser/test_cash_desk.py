"""A cash desk in a browser: two clicks to open it, a count by notes to close it; both languages."""

import os
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from clinic.shared.tenancy import use_clinic
from finance import actions
from finance.models import Shift
from tests.browser.stage import Quiet, Stage
from tests.conftest import HOST_A, clinic_info
from tests.finance import make as money
from tests.make import Make

SHOTS = os.environ.get("SHOTS", "")


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}-{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "size"), [("fa", "small"), ("en", "desk")])
def test_a_drawer_is_opened_counted_and_closed(stage: Stage, language: str, size: str) -> None:
    make = Make()
    with use_clinic(clinic_info(HOST_A)):
        desk = actions.save_desk(desk=None, branch=make.branch(), name="پذیرش", by=None)
        actions.save_cash_rules(branch=desk.branch, uses_shifts=True, is_blind=True, by=None)
        clerk = make.user("cashier", name="سیده فاطمه‌زهرا میرمحمدصادقی خوانساری")
    page = stage.open(HOST_A, "/finance/cash/", clerk, size=size, language=language)
    quiet = Quiet(page)
    quiet.wait()
    shot(page, f"{language}-closed")
    page.locator(f"#desk-{desk.pk} [data-drawer]").click()
    start = page.locator("#drawer-body [data-drawer-start]")
    expect(start).to_be_visible()
    shot(page, f"{language}-open")
    start.click()
    expect(page.locator(f"#desk-{desk.pk} a[href$='/count/']")).to_be_visible()
    with use_clinic(clinic_info(HOST_A)):
        shift = Shift.objects.get(desk=desk)
        invoice = money.bill(1_300_000)
        actions.pay(invoice=invoice, method="cash", amount=Decimal(1_300_000), by=clerk)
        actions.pay(invoice=money.bill(800_000), method="card", amount=Decimal(800_000), by=clerk)
    page.locator(f"#desk-{desk.pk} a[href$='/count/']").click()
    page.locator("#drawer-body summary").click()
    page.locator("#drawer-body [data-worth]").nth(0).fill("۱")
    page.locator("#drawer-body [data-worth]").nth(2).fill("2")
    shot(page, f"{language}-count")
    page.locator("#drawer-body [data-drawer-start]").click()
    expect(page.locator("#drawer-body [name=note]")).to_be_visible()
    shot(page, f"{language}-differs")
    page.locator("#drawer-body [name=do]").click()
    page.locator("#drawer-body summary").click()
    page.locator("#drawer-body [data-worth]").nth(0).fill("1")
    page.locator("#drawer-body [data-worth]").nth(2).fill("3")
    page.locator("#drawer-body [data-drawer-start]").click()
    expect(page.locator("#cash-desks table")).to_be_visible()
    with use_clinic(clinic_info(HOST_A)):
        shift.refresh_from_db()
        assert (shift.status, shift.counted) == ("closed", 1_300_000)
    shot(page, f"{language}-ended")
    if not SHOTS:
        return
    for name, address in {
        "sheet": f"/finance/shifts/{shift.pk}/", "report": "/finance/report/", "due": "/finance/due/",
        "day": "/finance/", "terminals": "/finance/terminals/",
    }.items():  # fmt: skip
        page.goto(address)
        quiet.wait()
        shot(page, f"{language}-{name}")
