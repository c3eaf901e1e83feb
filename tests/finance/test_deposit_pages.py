"""What patients and the desk see of deposits and online payments, over HTTP."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from clinic.accounts.roles import Role
from finance import actions, queries
from finance.models import Deposit, OnlinePayment, Payment
from finance.queries.online import merchant
from finance.statuses import OnlineStatus
from scheduling import actions as scheduling
from scheduling.actions.at_bank import wait_for_bank
from scheduling.models import Appointment
from tests.fakes.zarinpal import MERCHANT, FakeZarinpal
from tests.finance import make as money


@pytest.fixture
def waiting(make: Any) -> Appointment:
    """A booking by a patient that waits for its deposit, made as she makes it."""
    service = make.service(deposit=Decimal(200_000))
    doctor = make.practitioner(service)
    user = make.user()
    slot = queries.today(make.branch())
    start = money.dt.datetime.combine(slot + money.dt.timedelta(days=3), money.dt.time(8), tzinfo=money.dt.UTC)
    held = scheduling.hold(service=service, practitioner=doctor, branch=make.branch(), starts_at=start, by=user)
    return scheduling.book(hold=held, patient=make.patient(), by=user)


def follow(client: Client, url: str) -> Any:
    """As the browser comes back from the bank."""
    parts = urlsplit(url)
    return client.get(f"{parts.path}?{parts.query}", follow=True)


def test_a_patient_pays_her_deposit_and_is_booked(page: Any, bank: FakeZarinpal, waiting: Appointment) -> None:
    assert (waiting.status, Deposit.objects.get().status) == ("pending", "asked")
    client = page()
    own = client.get(f"/a/{waiting.link_token}/")
    assert f"/pay/visit/{waiting.link_token}/" in own.content.decode()
    part = client.get(f"/pay/visit/{waiting.link_token}/").content.decode()
    assert "۲۰۰٬۰۰۰" in part
    assert "data-countdown" in part
    gone = client.post(f"/pay/visit/{waiting.link_token}/")
    online = OnlinePayment.objects.get()
    assert gone["Location"] == f"{bank.url}/pg/StartPay/{online.authority}"
    assert gone["Referrer-Policy"] == "strict-origin"
    assert bank.asked[0]["callback_url"] == f"http://a.localhost/pay/{online.token}/back/"
    assert "باز است" in client.get(f"/pay/visit/{waiting.link_token}/").content.decode()
    back = follow(client, bank.pay(online.authority))
    assert "پرداخت شد" in back.content.decode()
    assert back["Cache-Control"] == "no-store"
    assert Appointment.objects.get(pk=waiting.pk).status == "booked"
    assert "پرداخت شده است" in client.get(f"/pay/visit/{waiting.link_token}/").content.decode()
    again = client.post(f"/pay/visit/{waiting.link_token}/")
    assert again.status_code == 409
    assert money.books() == {"1040": 200_000, "2015": -200_000}


def test_coming_back_without_paying(page: Any, bank: FakeZarinpal, waiting: Appointment) -> None:
    client = page()
    client.post(f"/pay/visit/{waiting.link_token}/")
    online = OnlinePayment.objects.get()
    back = follow(client, bank.break_off(online.authority))
    assert "پرداختی انجام نشد" in back.content.decode()
    assert f"/pay/visit/{waiting.link_token}/" in back.content.decode()  # again
    assert Payment.objects.count() == 0
    assert Appointment.objects.get(pk=waiting.pk).status == "pending"


def test_what_the_address_says_is_not_believed(page: Any, bank: FakeZarinpal, waiting: Appointment) -> None:
    client = page()
    client.post(f"/pay/visit/{waiting.link_token}/")
    online = OnlinePayment.objects.get()
    forged = client.get(f"/pay/{online.token}/back/?Authority={'A' * 36}&Status=OK")
    assert forged.status_code == 400
    assert "از آنِ این پرداخت نیست" in forged.content.decode()
    assert bank.calls == ["request"]
    client.get(f"/pay/{online.token}/back/?Authority={online.authority}&Status=OK")
    assert OnlinePayment.objects.get().status == OnlineStatus.SENT  # the bank says otherwise
    assert Payment.objects.count() == 0
    bank.pay(online.authority)
    client.get(f"/pay/{online.token}/back/?Authority={online.authority}&Status=NOK")
    assert OnlinePayment.objects.get().status == OnlineStatus.PAID
    assert client.get("/pay/nobody/").status_code == 404
    assert client.get("/pay/nobody/back/").status_code == 404


def test_a_gateway_that_is_down_is_said(page: Any, bank: FakeZarinpal, waiting: Appointment) -> None:
    bank.mode = "500"
    answer = page().post(f"/pay/visit/{waiting.link_token}/")
    assert answer.status_code == 503
    assert "چیزی پرداخت نشد" in answer.content.decode()
    bank.mode = "ok"
    bank.faults = {"verify": "500"}
    client = page()
    client.post(f"/pay/visit/{waiting.link_token}/")
    online = OnlinePayment.objects.get(status="sent")
    back = follow(client, bank.pay(online.authority)).content.decode()
    assert "هنوز پاسخ نداده" in back
    assert 'hx-trigger="every 4s"' in back


def test_a_bill_is_paid_by_its_link(page: Any, bank: FakeZarinpal) -> None:
    invoice, client = money.bill(300_000), page()
    assert f"/bill/{invoice.public_token}/pay/" in client.get(f"/bill/{invoice.public_token}/").content.decode()
    client.post(f"/bill/{invoice.public_token}/pay/")
    online = OnlinePayment.objects.get()
    follow(client, bank.pay(online.authority))
    assert f"/bill/{invoice.public_token}/pay/" not in client.get(f"/bill/{invoice.public_token}/").content.decode()
    assert client.post(f"/bill/{invoice.public_token}/pay/").status_code == 409


def test_without_a_merchant_the_desk_is_named(page: Any, settings: Any, waiting: Appointment) -> None:
    settings.PAYMENT_MERCHANT_ID = ""
    client, invoice = page(), money.bill(300_000)
    assert "در پذیرش یا تلفنی" in client.get(f"/pay/visit/{waiting.link_token}/").content.decode()
    assert "/pay/" not in client.get(f"/bill/{invoice.public_token}/").content.decode()
    assert client.post(f"/pay/visit/{waiting.link_token}/").status_code == 409


def test_the_desk_takes_it(page: Any, waiting: Appointment) -> None:
    client = page(Role.SECRETARY)
    panel = client.get(f"/desk/appointments/{waiting.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert f"/finance/for-appointment/{waiting.pk}/" in panel
    assert "در انتظار پرداخت" in client.get(f"/finance/for-appointment/{waiting.pk}/").content.decode()
    drawer = f"/finance/for-appointment/{waiting.pk}/take/"
    assert "دویست هزار" in client.get(drawer).content.decode()
    wrong = client.post(drawer, {"method": "cash", "tendered": "100"})
    assert wrong.status_code == 422
    token = {"form_token": "one", "method": "cash", "tendered": "250000"}
    assert [client.post(drawer, token).status_code for _twice in range(2)] == [204, 204]
    assert Payment.objects.count() == 1
    assert Appointment.objects.get(pk=waiting.pk).status == "booked"
    assert client.post(drawer, {"method": "cash"}).status_code == 422
    assert page(Role.DOCTOR).get(drawer).status_code in (403, 404)


def test_the_desk_asks_the_bank_for_a_patient_on_the_phone(page: Any, bank: FakeZarinpal, waiting: Appointment) -> None:
    page().post(f"/pay/visit/{waiting.link_token}/")
    online = OnlinePayment.objects.get()
    client = page(Role.SECRETARY)
    assert (
        f"/finance/online-payments/{online.pk}/ask/"
        in client.get(f"/finance/for-appointment/{waiting.pk}/").content.decode()
    )
    client.post(f"/finance/online-payments/{online.pk}/ask/")
    assert OnlinePayment.objects.get().status == OnlineStatus.SENT
    bank.pay(online.authority)
    client.post(f"/finance/online-payments/{online.pk}/ask/")
    assert OnlinePayment.objects.get().status == OnlineStatus.PAID


def test_checkout_takes_off_what_is_held(page: Any, waiting: Appointment) -> None:
    actions.take_deposit(appointment=waiting, method="card", by=None)
    visit = money.visit_of(Appointment.objects.get(pk=waiting.pk))
    panel = page(Role.SECRETARY).get(f"/finance/checkout/{visit.pk}/").content.decode()
    assert "بیعانهٔ پرداخت‌شده" in panel
    assert "۳۰۰٬۰۰۰" in panel


def test_late_cancelling_keeps_it_until_a_person_decides(make: Any, waiting: Appointment) -> None:
    actions.take_deposit(appointment=waiting, method="card", by=None)
    booked = Appointment.objects.get(pk=waiting.pk)
    booked.service.cancel_until_hours = 500
    booked.service.save()
    cancelled = scheduling.cancel(appointment=booked, by_patient=True, by=None)
    assert (cancelled.fee.amount, Deposit.objects.get().held) == (200_000, 200_000)
    who = make.user("secretary")
    scheduling.charge_fee(fee=cancelled.fee, by=who)
    assert money.books() == {"1020": 200_000, "4040": -200_000}
    scheduling.waive_fee(fee=cancelled.fee, reason="بیمار بود", by=who)
    assert money.books() == {"1020": 200_000, "2010": -200_000}
    money.agreed()
    scheduling.restore(appointment=cancelled, by=who)
    assert money.books() == {"1020": 200_000, "2015": -200_000}


@pytest.mark.parametrize("by_patient", [True, False])
def test_cancelled_in_time_or_by_the_clinic_it_goes_back(waiting: Appointment, by_patient: bool) -> None:
    actions.take_deposit(appointment=waiting, method="card", by=None)
    scheduling.cancel(appointment=Appointment.objects.get(pk=waiting.pk), by_patient=by_patient, by=None)
    assert queries.credit_of(waiting.patient) == 200_000
    money.agreed()


def test_the_owner_says_where_the_money_goes(page: Any) -> None:
    client = page(Role.OWNER)
    assert client.get("/set-up/online-payment/").status_code == 200
    assert client.post("/set-up/online-payment/", {"merchant_id": "short", "is_on": "on"}).status_code == 422
    assert client.post("/set-up/online-payment/", {"merchant_id": MERCHANT, "is_on": "on"}).status_code == 302
    assert merchant() == MERCHANT
    client.post("/set-up/online-payment/", {"merchant_id": MERCHANT})
    assert merchant() == ""
    assert page(Role.SECRETARY).get("/set-up/online-payment/").status_code == 403


def test_a_deposit_that_came_too_late_is_not_asked_for(page: Any, waiting: Appointment) -> None:
    waiting.hold_expires_at = timezone.now() - money.dt.timedelta(minutes=1)
    waiting.save()
    part = page().get(f"/pay/visit/{waiting.link_token}/").content.decode()
    assert "به‌موقع پرداخت نشد" in part
    assert page().post(f"/pay/visit/{waiting.link_token}/").status_code == 409


def test_who_is_at_the_bank_keeps_her_time_a_little_longer(page: Any, bank: FakeZarinpal, waiting: Appointment) -> None:
    soon = timezone.now() + money.dt.timedelta(minutes=1)
    for _try in range(2):
        waiting.hold_expires_at = soon
        waiting.save()
        page().post(f"/pay/visit/{waiting.link_token}/")
        waiting.refresh_from_db()
        assert money.dt.timedelta(minutes=13) < waiting.hold_expires_at - soon < money.dt.timedelta(minutes=15)
    waiting.created_at -= money.dt.timedelta(minutes=50)
    waiting.hold_expires_at = soon
    waiting.save()
    wait_for_bank(appointment=waiting, by=None)
    waiting.refresh_from_db()
    assert waiting.hold_expires_at == soon  # not for ever


def test_the_deposit_by_the_api(api: Any, page: Any, bank: FakeZarinpal, waiting: Appointment) -> None:
    clerk = api(Role.SECRETARY)
    address = f"/api/v1/appointments/{waiting.pk}/deposit/"
    told = clerk.get(address).json()
    assert (told["status"], told["amount"], told["can_pay"]) == ("asked", "200000.00", True)
    online = clerk.post(f"{address}online/")
    assert online.json()["url"].startswith(f"{bank.url}/pg/StartPay/A")
    assert clerk.post(address, {"method": "points"}, format="json").status_code == 400
    answers = [
        clerk.post(address, {"method": "cash"}, format="json", headers={"Idempotency-Key": "k"}) for _twice in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Payment.objects.count() == 1
    assert clerk.get(address).json()["held"] == "200000.00"
    assert api(Role.PATIENT).get(address).status_code == 404
    assert clerk.post(f"{address}online/").status_code == 409
    assert clerk.get("/api/v1/appointments/999999/deposit/").status_code == 404
