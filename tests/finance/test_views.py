"""Pages of money: what each role sees, and a checkout of two clicks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from finance import queries
from finance.models import Invoice, Payment, Refund
from finance.statuses import InvoiceStatus
from tests.finance import make as money

Page = Callable[..., Client]
HX = {"HX-Request": "true", "HX-Target": "drawer-body"}


def form_token(content: str) -> str:
    return content.split('name="form_token" value="')[1].split('"', maxsplit=1)[0]


def test_a_visit_is_paid_in_two_clicks(page: Page) -> None:
    visit = money.visit(price=420_000)
    client = page("secretary")
    opened = client.get(f"/finance/checkout/{visit.pk}/", headers=HX)
    assert opened.status_code == 200
    shown = opened.content.decode()
    assert 'value="۴۲۰٬۰۰۰"' in shown  # what is due stands in the field
    sent = {"method": "cash", "amount": "420,000", "form_token": form_token(shown)}
    paid = client.post(f"/finance/checkout/{visit.pk}/", sent, headers=HX)
    assert paid.status_code == 200
    assert "live:refresh" in paid.headers["HX-Trigger"]
    invoice = Invoice.objects.get(visit=visit)
    assert invoice.status == InvoiceStatus.BALANCED
    client.post(f"/finance/checkout/{visit.pk}/", sent, headers=HX)
    assert Payment.objects.count() == 1  # the same form once more
    again = client.get(f"/finance/checkout/{money.visit().pk}/", headers=HX).content.decode()
    assert 'value="cash" checked' in again


def test_more_than_is_owed_is_asked_about_before_it_is_taken(page: Page) -> None:
    invoice = money.bill(500_000)
    client, address = page("secretary"), f"/finance/invoices/{invoice.pk}/pay/"
    sent = {"method": "cash", "amount": "5,000,000", "form_token": form_token(client.get(address).content.decode())}
    asked = client.post(address, sent, headers=HX)
    assert asked.status_code == 422
    assert "id_amount_error" in asked.content.decode()
    assert not Payment.objects.exists()
    sure = asked.content.decode().split('name="sure" value="')[1].split('"', maxsplit=1)[0]
    other = client.post(address, {**sent, "amount": "6,000,000", "sure": sure}, headers=HX)
    assert other.status_code == 422  # another amount is another question
    assert client.post(address, {**sent, "sure": sure}, headers=HX).status_code == 200
    assert client.post(address, {**sent, "sure": sure}, headers=HX).status_code == 200
    assert client.post(address, sent, headers=HX).status_code == 200  # a repeat is answered as before
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [500_000, 4_500_000]


def test_typed_text_stays_and_the_error_stands_at_its_field(page: Page) -> None:
    visit = money.visit(price=420_000)
    answer = page("secretary").post(
        f"/finance/checkout/{visit.pk}/", {"method": "cash", "amount": "۴۲۰٬۰۰۰", "tendered": "۴۰۰"}, headers=HX
    )
    assert answer.status_code == 422
    assert "id_tendered_error" in answer.content.decode()
    assert "۴۲۰٬۰۰۰" in answer.content.decode()
    assert not Invoice.objects.exists()  # nothing is half done


@pytest.mark.parametrize("amount", ["", "0", "-5", "NaN", "Infinity", "sNaN", "1e400", "abc", "12.5", "9" * 40])
def test_bad_amounts_are_told_at_the_field(page: Page, amount: str) -> None:
    invoice = money.bill()
    answer = page("secretary").post(
        f"/finance/invoices/{invoice.pk}/pay/", {"method": "card", "amount": amount}, headers=HX
    )
    assert answer.status_code == 422
    assert "id_amount_error" in answer.content.decode()


def test_only_some_give_discounts_and_pay_back(page: Page) -> None:
    invoice = money.bill(500_000)
    secretary, manager = page("secretary"), page("manager")
    discount = {"do": "discount", "discount-amount": "50000", "discount-reason": "همکار"}
    assert secretary.post(f"/finance/invoices/{invoice.pk}/pay/", discount, headers=HX).status_code == 200
    invoice.refresh_from_db()
    assert invoice.due == 500_000  # it waits for somebody who may
    waits = invoice.discounts.get()
    assert secretary.post(f"/finance/discounts/{waits.pk}/withdraw/", headers=HX).status_code == 200
    assert manager.post(f"/finance/invoices/{invoice.pk}/pay/", discount, headers=HX).status_code == 200
    invoice.refresh_from_db()
    assert invoice.due == 450_000
    payment = money.pay(invoice, 450_000)
    assert secretary.get(f"/finance/payments/{payment.pk}/refund/").status_code == 403
    opened = manager.get(f"/finance/payments/{payment.pk}/refund/", headers=HX).content.decode()
    sent = {"amount": "450000", "reason": "خدمت انجام نشد", "credit": "yes", "form_token": form_token(opened)}
    url = f"/finance/payments/{payment.pk}/refund/"
    assert manager.post(url, {**sent, "reason": ""}, headers=HX).status_code == 422
    assert manager.post(url, sent, headers=HX).status_code == 204
    assert Refund.objects.get().amount == 450_000


PAGES = {
    "day": "/finance/",
    "day part": "/finance/day/",
    "invoice": "/finance/invoices/{invoice}/",
    "pay": "/finance/invoices/{invoice}/pay/",
    "receipt": "/finance/payments/{payment}/receipt/",
    "a5": "/finance/payments/{payment}/receipt/?paper=a5",
    "refund": "/finance/payments/{payment}/refund/",
    "for visit": "/finance/for-visit/{visit}/",
    "for patient": "/finance/for-patient/{patient}/",
    "deposit": "/finance/deposit/{patient}/",
    "words": "/finance/in-words/?amount=420000&tendered=500000",
    "books": "/finance/ledger/",
    "journal": "/finance/ledger/{journal}/",
    "bill": "/bill/{token}/",
    "my bills": "/my/bills/",
    "points": "/points/",
    "points of a patient": "/points/for-patient/{patient}/",
    "my points": "/my/points/",
}


def address(name: str, invoice: Invoice, payment: Payment) -> str:
    return PAGES[name].format(
        invoice=invoice.pk,
        payment=payment.pk,
        visit=invoice.visit_id,
        patient=invoice.patient_id,
        journal=queries.journals().first().pk,
        token=invoice.public_token,
    )


# Who sees what: 200 for those named, 403 for everybody else.
SEEN = {
    "secretary": {"day", "day part", "invoice", "pay", "receipt", "a5", "for visit", "for patient", "deposit", "words"}
    | {"points", "points of a patient"},
    "manager": set(PAGES) - {"books", "journal"},
    "owner": set(PAGES),
    "cashier": set(PAGES),
    "accountant": {"day", "day part", "invoice", "receipt", "a5", "for visit", "for patient", "books", "journal"},
    "doctor": set(),
    "nurse": set(),
}
EVERYBODY = {"bill", "my bills", "my points"}
OWN = {"invoice", "receipt", "a5"}  # their own bills only: a stranger's is not there


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", SEEN)
def test_pages_by_role(page: Page, role: str, name: str) -> None:
    invoice = money.bill()
    payment = money.pay(invoice, 200_000)
    answer = page(role).get(address(name, invoice, payment))
    expected = 200 if name in SEEN[role] | EVERYBODY else 404 if name in OWN else 403
    assert answer.status_code == expected


def test_patients_see_their_own_bills_alone(page: Page, make: Any) -> None:
    user = make.user("patient")
    own = money.bill()
    own.patient.access.create(user=user)
    payment = money.pay(own, 500_000)
    client = page(user)
    assert client.get(f"/finance/invoices/{own.pk}/").status_code == 200
    assert client.get(f"/finance/payments/{payment.pk}/receipt/").status_code == 200
    assert client.get(f"/finance/invoices/{money.bill().pk}/").status_code == 404
    assert f"/finance/invoices/{own.pk}/" in client.get("/my/bills/").content.decode()
    assert client.get("/bill/unknown/").status_code == 404


def test_a_manager_of_one_branch_sees_no_other(page: Page, make: Any) -> None:
    other = make.branch(name="شعبهٔ دیگر")
    invoice = money.bill()
    client = page(make.user("manager", branch=other))
    assert client.get(f"/finance/invoices/{invoice.pk}/").status_code == 404
    assert client.get(f"/finance/checkout/{invoice.visit_id}/").status_code == 404
    assert client.get(f"/finance/for-visit/{invoice.visit_id}/").status_code == 404
