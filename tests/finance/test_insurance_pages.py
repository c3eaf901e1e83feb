"""Insurance on the screen: set up by the owner, noted at the desk, claimed by the cashier."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.test import Client

from finance.actions.ledger import account as ledger_account
from finance.models import Claim, Coverage, Insurer, InsurerTerms, Invoice
from tests.finance import insured
from tests.finance import make as money

HX = {"HX-Request": "true", "HX-Target": "drawer-body"}
Page = Callable[..., Client]


def test_an_insurer_is_set_up_with_its_contract(page: Page) -> None:
    owner, service = page("owner"), money.make.service(price=Decimal(500_000))
    new = {"name": "سلامت", "kind": "basic", "is_active": "on", "name_en": "", "code": "۱۲"}
    assert owner.post("/set-up/insurers/new/", new).status_code == 302
    assert owner.post("/set-up/insurers/new/", new).status_code == 422  # the name is taken
    row = Insurer.objects.get()
    at = f"/set-up/insurers/{row.pk}/contract/"
    terms = {"valid_from": "1404/01/01", "percent": "۷۰", "service_0": service.pk, "tariff_0": "300000"}
    assert owner.post(at, {**terms, "percent": "۱۲۰"}).status_code == 422
    assert owner.post(at, {**terms, "service_0": ""}).status_code == 422
    assert owner.post(at, {**terms, "percent_0": "نیم"}).status_code == 422
    assert owner.post(at, terms).status_code == 302
    made = InsurerTerms.objects.get()
    assert (made.percent, made.prices.get().tariff, made.deductible, made.ceiling) == (70, 300_000, 0, None)
    assert owner.get(f"/set-up/contracts/{made.pk}/").status_code == 200
    assert owner.post(f"/set-up/contracts/{made.pk}/", {**terms, "service_0": "", "tariff_0": ""}).status_code == 302
    assert not made.prices.filter(is_active=True).exists()
    assert page("cashier").get("/set-up/insurers/").status_code == 403


def test_the_desk_notes_a_policy_and_the_checkout_counts_it(page: Page) -> None:
    desk, patient = page("secretary"), money.make.patient(insurer="تأمین اجتماعی", insurance_number="998877")
    basic = insured.insurer()
    at = f"/finance/insurance-of/{patient.pk}/"
    assert "998877" in desk.get(f"{at}new/", headers=HX).content.decode()
    sent = {"insurer": basic.pk, "number": "۹۹۸۸۷۷", "relation": "spouse", "holder": "رضا کریمی"}
    assert desk.post(f"{at}new/", {**sent, "number": ""}, headers=HX).status_code == 422
    assert desk.post(f"{at}new/", sent, headers=HX).status_code == 204
    policy = Coverage.objects.get()
    assert (policy.number, policy.relation) == ("998877", "spouse")
    assert "رضا کریمی" in desk.get(at).content.decode()
    assert page("cashier").post(f"{at}new/", sent).status_code == 403
    visit = money.visit(price=500_000, patient=patient)
    shown = desk.get(f"/finance/checkout/{visit.pk}/", headers=HX).content.decode()
    assert "۱۵۰٬۰۰۰" in shown
    choose = f"/finance/checkout/{visit.pk}/insurance/"
    assert "۵۰۰٬۰۰۰" in desk.post(choose, {"uses": "no"}, headers=HX).content.decode()
    assert Invoice.objects.get(visit=visit).due == 500_000
    assert desk.post(choose, {"uses": "yes"}, headers=HX).status_code == 200
    assert Invoice.objects.get(visit=visit).due == 150_000
    ended = {**sent, "do": "end"}
    assert desk.post(f"/finance/coverages/{policy.pk}/", ended, headers=HX).status_code == 204
    assert not Coverage.objects.filter(is_active=True).exists()


def test_a_claim_from_the_list_to_the_bank(page: Page, api: Any) -> None:
    cashier, manager = page("cashier"), page("manager")
    bill = money.bill(500_000, patient=insured.covered().patient)
    day = bill.business_date.isoformat()
    assert "تأمین اجتماعی" in cashier.get("/finance/claims/").content.decode()
    make = {"insurer": insured.insurer().pk, "branch": bill.branch_id, "first_day": day, "last_day": day}
    for wrong, status in (({"insurer": "x"}, 404), ({"first_day": "x"}, 400), ({"insurer": "9" * 30}, 404)):
        assert cashier.post("/finance/claims/make/", {**make, **wrong}).status_code == status
    assert cashier.post("/finance/claims/make/", make).status_code == 302
    claim = Claim.objects.get()
    at = f"/finance/claims/{claim.pk}/"
    assert cashier.post(f"{at}send/", {"reference": ""}, headers=HX).status_code == 204
    line = claim.lines.get()
    answer = {f"a{line.pk}": "۳۰۰۰۰۰", f"r{line.pk}": ""}
    assert cashier.post(f"{at}answer/", answer).status_code == 422
    assert cashier.post(f"{at}answer/", {**answer, f"r{line.pk}": "تعرفه"}).status_code == 302
    settle = f"/finance/claim-lines/{line.pk}/settle/"
    assert cashier.post(settle, {"way": "write_off"}).status_code == 403
    assert manager.post(settle, {"way": "write_off"}).status_code == 302
    assert manager.post(settle, {"way": "patient"}).status_code == 409
    account = ledger_account(key="bank", branch=None, by=None)
    came = {"amount": "300000", "account": account.pk, "form_token": "t"}
    assert cashier.post(f"{at}receive/", {**came, "amount": "300001"}, headers=HX).status_code == 422
    assert cashier.post(f"{at}receive/", came, headers=HX).status_code == 204
    assert Claim.objects.get().status == "paid"
    assert cashier.get(at).status_code == 200
    assert bill.patient.full_name in cashier.get(f"{at}?sheet=csv").content.decode()
    assert cashier.get(f"{at}?sheet=xlsx").content[:2] == b"PK"
    assert cashier.get("/finance/insurers/").status_code == 200
    for role in ("secretary", "doctor", "nurse"):
        assert page(role).get("/finance/claims/").status_code == 403
        assert page(role).post(settle, {"way": "patient"}).status_code == 403
    rows = api("cashier").get("/api/v1/claims/?status=paid").json()["results"]
    assert (rows[0]["number"], rows[0]["accepted"], rows[0]["difference"]) == (1, "300000.00", "0.00")
    detail = api("cashier").get(f"/api/v1/claims/{claim.pk}/").json()
    assert (detail["lines"][0]["asked"], detail["lines"][0]["reason"]) == ("350000.00", "تعرفه")
    assert api("secretary").get("/api/v1/claims/").status_code == 403
    assert api("cashier").get("/api/v1/claims/?status=x").status_code == 400
    insured.agreed()
