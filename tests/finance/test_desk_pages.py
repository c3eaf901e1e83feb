"""The cash desk's pages: two clicks and a count; blind counts stay blind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from finance import actions
from finance.models import CashDesk, Shift
from tests.finance import make as money
from tests.finance.test_views import HX, form_token

Page = Callable[..., Client]


@pytest.fixture
def desk() -> CashDesk:
    made = actions.save_desk(desk=None, branch=money.make.branch(), name="پذیرش", by=None)
    actions.save_cash_rules(branch=made.branch, uses_shifts=True, is_blind=True, by=None)
    return made


def post(client: Client, url: str, **data: Any) -> Any:
    opened = client.get(url, headers=HX).content.decode()
    return client.post(url, {"form_token": form_token(opened), **data}, headers=HX)


def test_a_shift_from_open_to_closed(page: Page, desk: CashDesk) -> None:
    client = page("secretary")
    assert f"/finance/desks/{desk.pk}/open/" in client.get("/finance/cash/").content.decode()
    assert post(client, f"/finance/desks/{desk.pk}/open/", opening="۱٬۰۰۰٬۰۰۰").status_code == 204
    shift = Shift.objects.get()
    invoice = money.bill(400_000)
    actions.pay(invoice=invoice, method="cash", amount=invoice.due, by=client.user)
    url = f"/finance/shifts/{shift.pk}"
    assert post(client, f"{url}/cash/", kind="out", amount="100000", reason="پیک").status_code == 204
    assert post(client, f"{url}/cash/", kind="out", amount="100000").status_code == 422
    shown = client.get(f"{url}/count/", headers=HX).content.decode() + client.get("/finance/cash/").content.decode()
    assert "۱٬۳۰۰٬۰۰۰" not in shown  # blind
    assert "۱٬۳۰۰٬۰۰۰" in page("manager").get(f"{url}/").content.decode()
    wrong = post(client, f"{url}/count/", counted="1200000")
    assert wrong.status_code == 200
    assert "۱۰۰٬۰۰۰" in wrong.content.decode()
    assert client.post(f"{url}/settle/", {"do": "again"}, headers=HX).status_code == 200
    notes = {"note_0": "1", "note_2": "۳"}  # one of 1,000,000 and three of 100,000
    assert post(client, f"{url}/count/", **notes).status_code == 204
    done = Shift.objects.get()
    assert (done.status, done.counted, done.counted_notes) == ("closed", 1_300_000, {"1000000": 1, "100000": 3})
    assert client.get(f"{url}/").status_code == 200


def test_a_drawer_goes_to_a_colleague_who_says_yes(page: Page, desk: CashDesk) -> None:
    client, colleague, third = page("secretary"), page("cashier"), page("secretary")
    post(client, f"/finance/desks/{desk.pk}/open/", opening="0")
    shift = Shift.objects.get()
    url = f"/finance/shifts/{shift.pk}"
    assert post(client, f"{url}/hand-over/", to=colleague.user.pk, counted="0").status_code == 204
    assert third.post(f"{url}/answer/", {"do": "accept"}).status_code == 409
    assert "accept" in colleague.get("/finance/cash/part/").content.decode()
    assert colleague.post(f"{url}/answer/", {"do": "accept"}).status_code == 204
    assert Shift.objects.get(status="open").cashier == colleague.user
    nobody = post(client, f"/finance/shifts/{Shift.objects.get(status='open').pk}/hand-over/", to="0", counted="0")
    assert nobody.status_code == 422


def test_paying_cash_without_a_drawer_says_what_to_do(page: Page, desk: CashDesk) -> None:
    invoice, client = money.bill(400_000), page("secretary")
    shown = client.get(f"/finance/invoices/{invoice.pk}/pay/", headers=HX).content.decode()
    assert "/finance/cash/" in shown
    refused = post(client, f"/finance/invoices/{invoice.pk}/pay/", method="cash", amount="400000")
    assert refused.status_code == 422
    assert post(client, f"/finance/invoices/{invoice.pk}/pay/", method="card", amount="400000").status_code == 200


def test_desks_are_set_up_by_who_sets_up(page: Page) -> None:
    manager = page("manager")
    assert manager.post("/set-up/cash/", {"uses_shifts": "on"}).status_code == 422  # no desk yet
    assert manager.post("/set-up/cash/new/", {"name": "پذیرش", "is_active": "on"}).status_code == 302
    assert manager.post("/set-up/cash/new/", {"name": "پذیرش", "is_active": "on"}).status_code == 422
    assert manager.post("/set-up/cash/", {"uses_shifts": "on"}).status_code == 302
    row = CashDesk.objects.get()
    changed = manager.post(f"/set-up/cash/desks/{row.pk}/", {"name": "پذیرش ۲", "is_active": "on"})
    assert changed.status_code == 302
    assert page("secretary").get("/set-up/cash/").status_code == 403
