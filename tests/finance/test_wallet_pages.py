"""Pages and API of doctors' shares and wallets: who sees what, and that they work."""

from decimal import Decimal
from typing import Any

import pytest

from finance import actions
from finance.models import CommissionRule, Payout, WalletMove
from finance.queries.days import clinic_today, today
from finance.queries.wallets import wallet_of
from tests.finance import make as money
from tests.finance.test_commissions import bank, doctor_of, rule

HX = {"HX-Request": "true", "HX-Target": "drawer-body"}


@pytest.fixture
def earned(make: Any) -> Any:
    """A bill of half a million, of which its doctor, who has an account, gets 40 percent."""
    rule(40)
    service = make.service(price=Decimal(500_000))
    doctor = make.practitioner(service, hours=False)
    doctor.user = make.user("doctor")
    doctor.save()
    return money.bill(service=service, practitioner=doctor)


def test_the_owner_writes_rules_and_ends_them(page: Any, make: Any) -> None:
    client = page("owner")
    service = make.service()
    doctors = [make.practitioner(service, hours=False).pk for _ in range(2)]
    assert client.get("/set-up/commissions/").status_code == 200
    sent = {
        "practitioners": doctors, "services": [service.pk], "share_of": "services", "rate": "۳۷٫۵",
        "referred_rate": "۰", "basis": "collected", "discounts": "net", "hold_days": "۷",
        "valid_from": clinic_today().isoformat(),
    }  # fmt: skip
    assert client.get("/set-up/commissions/new/").status_code == 200
    wrong = client.post("/set-up/commissions/new/", {**sent, "rate": "120"})
    assert (wrong.status_code, CommissionRule.objects.count()) == (422, 0)
    assert client.post("/set-up/commissions/new/", sent).status_code == 302
    rows = CommissionRule.objects.order_by("pk")
    assert [(row.practitioner_id, row.rate, row.referred_rate, row.hold_days) for row in rows] == [
        (pk, Decimal("37.5"), Decimal(0), 7) for pk in doctors
    ]
    url = f"/set-up/commissions/{rows[0].pk}/end/"
    assert client.get(url, headers=HX).status_code == 200
    client.post(url, {"last_day": clinic_today().isoformat()}, headers=HX)
    rows[0].refresh_from_db()
    assert rows[0].valid_until == clinic_today()
    assert client.get("/set-up/commissions/").status_code == 200


def test_wallets_are_paid_out_and_taken_back(page: Any, earned: Any) -> None:
    client, account, doctor = page("owner"), bank(), doctor_of(earned)
    for url in ("/finance/wallets/", f"/finance/wallets/{doctor.pk}/", "/finance/wallets/pay/"):
        assert client.get(url).status_code == 200
    sent = {
        "last_day": today(earned.branch).isoformat(), "money": account.pk, f"pay_{doctor.pk}": "on",
        f"amount_{doctor.pk}": "200000", "form_token": "a",
    }  # fmt: skip
    too_much = client.post("/finance/wallets/pay/", {**sent, f"amount_{doctor.pk}": "200001"})
    assert (too_much.status_code, Payout.objects.count()) == (422, 0)
    assert client.post("/finance/wallets/pay/", sent).status_code == 302
    assert client.post("/finance/wallets/pay/", sent).status_code == 302  # a double click pays once
    row = Payout.objects.get()
    assert row.amount == 200_000
    assert client.get(f"/finance/payouts/{row.pk}/").status_code == 200
    url = f"/finance/payouts/{row.pk}/reverse/"
    assert client.post(url, {"reason": ""}, headers=HX).status_code == 422
    client.post(url, {"reason": "اشتباه"}, headers=HX)
    assert wallet_of(doctor).payable == 200_000
    adjust = f"/finance/wallets/{doctor.pk}/adjust/"
    assert client.get(adjust, headers=HX).status_code == 200
    client.post(adjust, {"way": "take", "amount": "1000", "reason": "علی‌الحساب", "form_token": "b"}, headers=HX)
    assert WalletMove.objects.filter(kind="adjusted", amount__lt=0).count() == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_statement_is_a_file(page: Any, earned: Any, kind: str) -> None:
    answer = page("owner").get(f"/finance/wallets/{doctor_of(earned).pk}/?as={kind}")
    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    if kind == "csv":
        assert earned.patient.full_name in answer.content.decode("utf-8-sig")


def test_a_doctor_sees_the_own_wallet_and_no_other(page: Any, make: Any, earned: Any) -> None:
    doctor, share = doctor_of(earned), earned.commissions.get()
    payout = actions.pay_out(
        amounts={doctor: Decimal(1000)}, branch=earned.branch, money=bank(), last_day=today(earned.branch), by=None
    )[0]
    own = page(doctor.user)
    other_doctor = make.practitioner(make.service(), hours=False)
    other_doctor.user = make.user("doctor")
    other_doctor.save()
    other = page(other_doctor.user)
    mine = ["/doctor/wallet/", f"/doctor/wallet/shares/{share.pk}/", f"/doctor/wallet/payouts/{payout.pk}/"]
    assert [own.get(url).status_code for url in mine] == [200, 200, 200]
    assert [other.get(url).status_code for url in mine] == [200, 404, 404]
    assert earned.patient.full_name not in other.get("/doctor/wallet/").content.decode()
    everybody = ["/finance/wallets/", f"/finance/wallets/{doctor.pk}/", f"/finance/shares/{share.pk}/",
                 f"/finance/payouts/{payout.pk}/", "/finance/wallets/pay/", "/set-up/commissions/"]  # fmt: skip
    assert {own.get(url).status_code for url in everybody} == {403}
    owner = page("owner")
    assert {owner.get(url).status_code for url in everybody} == {200}
    accountant = page("accountant")
    assert {accountant.get(url).status_code for url in everybody[:-1]} == {200}
    assert accountant.get("/set-up/commissions/").status_code == 403
    for role in ("secretary", "nurse", "cashier", "manager"):
        client = page(role)
        assert {client.get(url).status_code for url in [*mine, *everybody]} == {403}


def test_a_doctor_without_a_card_is_told(page: Any) -> None:
    assert page("doctor").get("/doctor/wallet/").status_code == 200


def test_the_api_reads_wallets(api: Any, earned: Any) -> None:
    doctor = doctor_of(earned)
    rows = api("owner").get("/api/v1/doctor-wallets/").json()
    assert [(row["doctor"], row["payable"]) for row in rows if row["balance"] != "0.00"] == [(doctor.pk, "200000.00")]
    one = api("owner").get(f"/api/v1/doctor-wallets/{doctor.pk}/").json()
    assert (one["opening"], one["closing"]) == ("0.00", "200000.00")
    assert [(move["amount"], move["invoice"], move["rate"]) for move in one["moves"]] == [
        ("200000.00", earned.pk, "40.00")
    ]
    assert api(doctor.user).get("/api/v1/doctor-wallets/mine/").json() == one
    assert api(doctor.user).get(f"/api/v1/doctor-wallets/{doctor.pk}/").status_code == 403
    assert api("secretary").get("/api/v1/doctor-wallets/mine/").status_code == 403
    bad = api("owner").get(f"/api/v1/doctor-wallets/{doctor.pk}/?first=x")
    assert bad.status_code in (400, 422)
