"""Gift cards on the screen: the code once, payment at checkout, the balance for whoever holds a code."""

import re
from collections.abc import Callable

from django.test import Client

from finance.models import GiftCard, Payment
from tests.finance import make as money
from tests.finance.test_gifts import sold

HX = {"HX-Request": "true", "HX-Target": "drawer-body"}
Page = Callable[..., Client]
CODE = re.compile(r"[2-9B-Z]{4}(?:-[2-9B-Z]{4}){3}")


def test_the_code_is_shown_once_and_pays_at_checkout(page: Page) -> None:
    desk, patient = page("secretary"), money.make.patient()
    url, sent = f"/finance/sell-gift/{patient.pk}/", {"amount": "600000", "greeting": "تولدت مبارک", "form_token": "t"}
    assert desk.get(url).status_code == 200
    assert desk.post(url, {**sent, "amount": "0"}).status_code == 422
    shown = desk.post(url, sent)
    found = CODE.search(shown.content.decode())
    assert found
    assert "no-store" in shown["Cache-Control"]
    assert not CODE.search(desk.post(url, sent).content.decode())
    card = GiftCard.objects.get()
    assert not CODE.search(desk.get(f"/finance/gift-cards/{card.pk}/", headers=HX).content.decode())
    bill = money.bill(500_000)
    pay = {"method": "gift_card", "amount": "500000", "code": found[0]}
    at = f"/finance/invoices/{bill.pk}/pay/"
    assert desk.post(at, pay, headers=HX).status_code == 422  # it is not paid yet
    money.pay(card.invoice, 600_000)
    assert 'value="gift_card"' in desk.get(at, headers=HX).content.decode()
    assert desk.post(at, {**pay, "code": "2222"}, headers=HX).status_code == 422
    assert desk.post(at, {**pay, "code": ""}, headers=HX).status_code == 422
    assert desk.post(at, pay, headers=HX).status_code == 200
    assert Payment.objects.get(invoice=bill).method == "gift_card"
    card.refresh_from_db()
    assert card.balance == 100_000


def test_whoever_holds_the_code_sees_what_is_left(page: Page) -> None:
    _card, code = sold(750_000)
    nobody = page()
    assert nobody.get("/gift/").status_code == 200
    assert "۷۵۰٬۰۰۰" in nobody.post("/gift/", {"code": code}).content.decode()
    for _try in range(8):
        assert nobody.post("/gift/", {"code": "x"}).status_code == 422
    stopped = nobody.post("/gift/", {"code": code})
    assert "۷۵۰٬۰۰۰" not in stopped.content.decode()


def test_it_is_taken_back_and_renewed_by_who_may(page: Page) -> None:
    card, code = sold()
    at, desk, manager = f"/finance/gift-cards/{card.pk}/", page("secretary"), page("manager")
    assert desk.get(f"{at}refund/").status_code == 403
    assert desk.get(f"{at}code/").status_code == 403
    new = CODE.search(manager.post(f"{at}code/", {"reason": "گم شد"}).content.decode())
    assert new
    assert new[0] != code
    assert manager.post(f"{at}refund/", {"reason": ""}, headers=HX).status_code == 422
    assert manager.post(f"{at}refund/", {"reason": "پشیمان"}, headers=HX).status_code == 204
    card.refresh_from_db()
    assert card.balance == 0
    assert page("owner").get("/finance/ahead/").status_code == 200


def test_the_owner_sets_how_long_they_are_valid(page: Page) -> None:
    owner = page("owner")
    assert owner.post("/set-up/gift-cards/", {"is_on": "on", "valid_months": "-1"}).status_code == 422
    assert owner.post("/set-up/gift-cards/", {"is_on": "on", "valid_months": "۲۴"}).status_code == 302
    assert sold()[0].valid_until
    branch = page(money.make.user("manager", branch=money.make.branch()))
    assert branch.get("/set-up/gift-cards/").status_code == 404
