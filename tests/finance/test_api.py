"""Money by API: the same actions, strict input, repeats that do nothing, roles."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from finance.models import Invoice, Payment, Refund
from finance.statuses import InvoiceStatus
from tests.finance import make as money

Api = Callable[..., APIClient]
V1 = "/api/v1"


def test_a_bill_is_made_paid_and_paid_back(api: Api, make: Any) -> None:
    service = make.service(price=300_000)
    cashier = api("cashier")
    body = {
        "patient": make.patient().pk,
        "lines": [{"service": service.pk}, {"name": "کپی مدارک", "unit_price": "۲۰٬۰۰۰"}],
    }
    made = cashier.post(f"{V1}/invoices/", body, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["total"] == "320000.00"
    assert [line["price_source"] for line in made.json()["lines"]] == [f"service:{service.pk}", "manual"]
    url = f"{V1}/invoices/{made.json()['id']}"
    paid = cashier.post(f"{url}/payments/", {"method": "cash", "amount": 320000}, format="json")
    assert paid.status_code == 201
    assert cashier.get(f"{url}/").json()["status"] == "balanced"
    back = cashier.post(f"{url}/refunds/", {"amount": "20000", "reason": "کپی داده نشد"}, format="json")
    assert back.status_code == 201
    assert cashier.get(f"{url}/").json()["paid"] == "300000.00"
    balance = cashier.get(f"{V1}/ledger/trial-balance/").json()
    assert balance["balances"] is True
    assert balance["debit"] == balance["credit"]


def test_one_key_one_posting_and_one_answer(api: Api) -> None:
    invoice, client = money.bill(500_000), api("secretary")
    url, body = f"{V1}/invoices/{invoice.pk}/payments/", {"method": "card", "amount": "100000"}
    answers = [client.post(url, body, format="json", headers={"Idempotency-Key": "k-1"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert Payment.objects.count() == 1
    other = client.post(url, {**body, "amount": "1"}, format="json", headers={"Idempotency-Key": "k-1"})
    assert other.status_code == 409


BAD_AMOUNTS: list[Any] = [
    0, -1, "-1", "0", "NaN", "Infinity", "1e400", "", None, True, [], {}, "abc", "12.5", 0.5, 10**30, "9" * 400,
]  # fmt: skip


@pytest.mark.parametrize("amount", BAD_AMOUNTS, ids=[repr(amount)[:12] for amount in BAD_AMOUNTS])
@pytest.mark.parametrize("path", ["payments", "refunds", "discounts"])
def test_bad_amounts_are_400_at_the_field(api: Api, path: str, amount: Any) -> None:
    invoice = money.bill(500_000)
    money.pay(invoice, 100_000)
    body = {"amount": amount, "method": "cash", "reason": "x"}
    answer = api("manager").post(f"{V1}/invoices/{invoice.pk}/{path}/", body, format="json")
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == ["amount"]
    assert Payment.objects.count() == 1
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({}, "lines.0.unit_price"),
        ({"unit_price": "10"}, "lines.0.name"),
        ({"name": "x", "unit_price": "-1"}, "lines.0.unit_price"),
        ({"name": "x", "unit_price": "10", "quantity": "0"}, "lines.0.quantity"),
        ({"name": "x", "unit_price": "10", "quantity": "1e9"}, "lines.0.quantity"),
        ({"name": "x", "unit_price": "10", "discount": "11"}, "lines.0.discount"),
        ({"service": 999999}, "lines.0.service"),
    ],
)
def test_lines_that_cannot_be_billed(api: Api, make: Any, line: dict[str, Any], field: str) -> None:
    body = {"patient": make.patient().pk, "lines": [line]}
    answer = api("manager").post(f"{V1}/invoices/", body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Invoice.objects.exists()


def test_more_back_than_is_left_is_a_conflict(api: Api) -> None:
    invoice = money.bill(500_000)
    payment = money.pay(invoice, 500_000)
    body = {"payment": payment.pk, "amount": "300000", "reason": "x"}
    client, url = api("manager"), f"{V1}/invoices/{invoice.pk}/refunds/"
    assert client.post(url, body, format="json").status_code == 201
    assert client.post(url, body, format="json").status_code == 409
    assert client.post(url, {**body, "payment": 10**9}, format="json").status_code == 400


def test_points_are_used_on_a_bill_of_the_same_patient(api: Api) -> None:
    first = money.bill(10_000_000)
    money.pay(first, 10_000_000)
    bill = money.bill(500_000, patient=first.patient)
    client, url = api("secretary"), f"{V1}/patients/{first.patient_id}/points"
    assert client.get(f"{url}/").json()["balance"] == 100
    stranger = money.bill()
    assert client.post(f"{url}/redeem/", {"invoice": stranger.pk, "points": 1}, format="json").status_code == 404
    for points in (0, -1, "x", 101):
        answer = client.post(f"{url}/redeem/", {"invoice": bill.pk, "points": points}, format="json")
        assert answer.status_code in {400, 409}
        assert "points" in answer.json()["errors"]
    used = client.post(f"{url}/redeem/", {"invoice": bill.pk, "points": "۶۰"}, format="json")
    assert used.status_code == 201
    assert used.json()["amount"] == "60000.00"
    assert client.get(f"{url}/").json()["balance"] == 40


ROUTES = {
    "list": ("get", "/invoices/"),
    "issue": ("post", "/invoices/"),
    "pay": ("post", "/invoices/{invoice}/payments/"),
    "pay back": ("post", "/invoices/{invoice}/refunds/"),
    "discount": ("post", "/invoices/{invoice}/discounts/"),
    "balance": ("get", "/ledger/trial-balance/"),
    "redeem": ("post", "/patients/{patient}/points/redeem/"),
}
ALLOWED = {
    "secretary": {"list", "pay", "redeem", "discount"},
    "cashier": {"list", "issue", "pay", "pay back", "discount", "balance", "redeem"},
    "accountant": {"list", "balance"},
    "manager": {"list", "issue", "pay", "pay back", "discount", "redeem"},
    "owner": set(ROUTES),
    "doctor": {"list"},
    "nurse": {"list"},
    "patient": {"list"},
}


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("role", ALLOWED)
def test_routes_by_role(api: Api, role: str, name: str) -> None:
    invoice = money.bill()
    method, path = ROUTES[name]
    url = V1 + path.format(invoice=invoice.pk, patient=invoice.patient_id)
    answer = getattr(api(role), method)(url, {}, format="json")
    assert (answer.status_code == 403) is (name not in ALLOWED[role])
    assert getattr(api(), method)(url, {}, format="json").status_code == 401


def test_patients_see_their_own_bills_alone(api: Api, make: Any) -> None:
    user = make.user("patient")
    own, strange = money.bill(), money.bill()
    own.patient.access.create(user=user)
    client = api(user)
    assert [row["id"] for row in client.get(f"{V1}/invoices/").json()["results"]] == [own.pk]
    assert client.get(f"{V1}/invoices/{own.pk}/").status_code == 200
    assert client.get(f"{V1}/invoices/{strange.pk}/").status_code == 404
    assert client.get(f"{V1}/patients/{own.patient_id}/points/").status_code == 200
    assert client.get(f"{V1}/patients/{strange.patient_id}/points/").status_code == 404
    assert Invoice.objects.filter(status=InvoiceStatus.ISSUED).count() == 2
