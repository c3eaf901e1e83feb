"""What is sold ahead, by API: the same actions, each role its own, codes that are kept nowhere."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from clinic.shared.models import IdempotencyKey
from finance.models import GiftCard, GiftTry, Membership, Package, Payment
from finance.queries.days import today
from tests.finance import make as money
from tests.finance.members import member, period, plan
from tests.finance.packages import kind, left, sold

Api = Callable[..., APIClient]
V1 = "/api/v1"


def test_a_package_from_its_sale_to_its_end(api: Api) -> None:
    desk, manager, patient = api("secretary"), api("manager"), money.make.patient()
    offered = kind(freeze_days=10, transferable=True)
    assert desk.get(f"{V1}/package-kinds/").json()["results"][0]["lines"][0]["count"] == 3
    body = {"kind": offered.pk, "patient": patient.pk}
    assert desk.post(f"{V1}/packages/", {**body, "discount": "1000"}, format="json").status_code == 403
    keyed = {"Idempotency-Key": "k"}
    made = [desk.post(f"{V1}/packages/", body, format="json", headers=keyed) for _twice in range(2)]
    assert made[0].status_code == 201, made[0].content
    assert made[0].json() == made[1].json()
    assert made[0].json()["items"][0]["left"] == 3
    package = Package.objects.get()
    money.pay(package.invoice, 1_000_000)
    url = f"{V1}/packages/{package.pk}"
    assert desk.post(f"{url}/freeze/").json()["status"] == "frozen"
    assert desk.post(f"{url}/unfreeze/").json()["status"] == "active"
    day = (today(package.branch) + dt.timedelta(200)).isoformat()
    assert (
        manager.post(f"{url}/extend/", {"valid_until": day, "reason": "x"}, format="json").json()["valid_until"] == day
    )
    other = money.make.patient()
    given = manager.post(f"{url}/transfer/", {"to": other.pk, "reason": "x"}, format="json")
    assert given.json()["patient"] == other.pk
    assert manager.post(f"{url}/refund/", {"keep": "9999999", "reason": "x"}, format="json").status_code == 400
    assert manager.post(f"{url}/refund/", {"reason": "x"}, format="json").json()["status"] == "refunded"
    assert manager.post(f"{url}/refund/", {"reason": "x"}, format="json").status_code == 409
    assert left(package) == [(0, 0)]
    assert [row["id"] for row in desk.get(f"{V1}/packages/?patient={other.pk}").json()["results"]] == [package.pk]
    assert desk.get(f"{V1}/packages/?patient=x").status_code == 400


def test_a_gift_card_is_sold_found_and_pays(api: Api) -> None:
    desk, buyer = api("secretary"), money.make.patient()
    body = {"buyer": buyer.pk, "amount": "200000", "phone": "0912 111 2233", "name": "Mina"}
    keyed = {"Idempotency-Key": "k"}
    first = desk.post(f"{V1}/gift-cards/", body, format="json", headers=keyed)
    assert first.status_code == 201, first.content
    code = first.json()["code"]
    assert desk.post(f"{V1}/gift-cards/", body, format="json", headers=keyed).json()["code"] == ""
    assert not [row for row in IdempotencyKey.objects.all() if code in str(row.body)]
    card = GiftCard.objects.get()
    bill = money.bill(150_000)
    url, pays = f"{V1}/invoices/{bill.pk}/payments/", {"method": "gift_card", "amount": "150000"}
    assert list(desk.post(url, pays, format="json").json()["errors"]) == ["code"]
    assert desk.post(url, {**pays, "method": "cash", "code": code}, format="json").status_code == 400
    unpaid = desk.post(url, {**pays, "code": code}, format="json")
    assert unpaid.status_code == 409
    assert list(unpaid.json()["errors"]) == ["code"]
    money.pay(card.invoice, 200_000)
    missed = desk.post(url, {**pays, "code": "BCDF-BCDF-BCDF-BCDF"}, format="json")
    assert (missed.status_code, GiftTry.objects.count()) == (404, 1)
    paid = [desk.post(url, {**pays, "code": code}, format="json", headers=keyed) for _twice in range(2)]
    assert [answer.status_code for answer in paid] == [201, 201]
    assert (Payment.objects.filter(method="gift_card").count(), paid[0].json()["reference"]) == (1, str(card))
    assert not [row for row in IdempotencyKey.objects.all() if code in str(row.body)]
    assert desk.post(f"{V1}/gift-cards/find/", {"code": code}, format="json").json()["balance"] == "50000.00"
    assert desk.post(f"{V1}/gift-cards/{card.pk}/refund/", {"reason": "x"}, format="json").status_code == 403
    back = api("manager").post(f"{V1}/gift-cards/{card.pk}/refund/", {"reason": "x"}, format="json")
    assert back.json()["status"] == "refunded"


def test_a_membership_from_its_begin_to_its_end(api: Api) -> None:
    desk, patient = api("secretary"), money.make.patient()
    offered = plan(freeze_days=10)
    lines = desk.get(f"{V1}/membership-plans/").json()["results"][0]["lines"]
    assert {(line["discount_percent"], line["sessions"]) for line in lines} == {(10, 0), (0, 2)}
    body = {"plan": offered.pk, "patient": patient.pk}
    made = desk.post(f"{V1}/memberships/", body, format="json")
    assert made.status_code == 201, made.content
    assert desk.post(f"{V1}/memberships/", body, format="json").status_code == 409
    row = Membership.objects.get()
    money.pay(period(row).invoice, 300_000)
    url = f"{V1}/memberships/{row.pk}"
    assert desk.post(f"{url}/freeze/").json()["status"] == "frozen"
    assert desk.post(f"{url}/unfreeze/").json()["status"] == "active"
    assert desk.post(f"{url}/renewal/", {"renews": False}, format="json").json()["renews"] is False
    assert desk.post(f"{url}/cancel/", {"reason": "x"}, format="json").status_code == 403
    ended = api("manager").post(f"{url}/cancel/", {"reason": "x"}, format="json").json()
    assert (ended["status"], Decimal(ended["periods"][0]["returned"])) == ("cancelled", 300_000)


@pytest.mark.parametrize("what", ["packages", "gift-cards", "memberships"])
def test_patients_see_their_own_alone(api: Api, make: Any, what: str) -> None:
    user = make.user("patient")
    patient, other = make.patient(), make.patient()
    patient.access.create(user=user)
    found = {}
    for who in (patient, other):
        sold(patient=who)
        member(patient=who)
        answer = api("secretary").post(f"{V1}/gift-cards/", {"buyer": who.pk, "amount": 1000}, format="json")
        assert answer.status_code == 201
        rows = api("owner").get(f"{V1}/{what}/?patient={who.pk}").json()["results"]
        found[who.pk] = [row["id"] for row in rows]
    client = api(user)
    assert [row["id"] for row in client.get(f"{V1}/{what}/").json()["results"]] == found[patient.pk]
    assert client.get(f"{V1}/{what}/{found[patient.pk][0]}/").status_code == 200
    assert client.get(f"{V1}/{what}/{found[other.pk][0]}/").status_code == 404
    assert client.post(f"{V1}/{what}/", {}, format="json").status_code == 403
    assert api().get(f"{V1}/{what}/").status_code == 401
