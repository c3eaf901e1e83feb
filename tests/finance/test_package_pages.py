"""Packages on the screen: built, sold, used at checkout, changed, by who may."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.test import Client

from finance.models import Package, PackageKind
from tests.finance import make as money
from tests.finance.packages import left, over, sold, visit_with

HX = {"HX-Request": "true", "HX-Target": "drawer-body"}
Page = Callable[..., Client]


def test_a_package_is_built_and_changed(page: Page) -> None:
    owner, service = page("owner"), money.make.service(name="لیزر موهای زائد")
    sent = {"name": "ده جلسه", "price": "8000000", "valid_days": "۳۶۵", "freeze_days": "30", "shareable": "on"}
    sent |= {"commission_on": "value", "is_active": "on", "service_0": service.pk, "count_0": "۱۰"}
    assert owner.post("/set-up/packages/new/", {**sent, "count_0": ""}).status_code == 422
    assert owner.post("/set-up/packages/new/", {**sent, "service_0": ""}).status_code == 422
    assert owner.post("/set-up/packages/new/", sent).status_code == 302
    made = PackageKind.objects.get()
    assert (made.price, made.valid_days, made.lines.get().count) == (8_000_000, 365, 10)
    other = money.make.service()
    changed = {**sent, "service_0": other.pk, "count_0": "5"}
    assert owner.post(f"/set-up/packages/{made.pk}/", changed).status_code == 302
    assert {line.service: line.count for line in made.lines.all()} == {service: 0, other: 5}
    shown = owner.get("/set-up/packages/").content.decode()
    assert "ده جلسه" in shown
    assert page("secretary").get("/set-up/packages/").status_code == 403
    branch = page(money.make.user("manager", branch=money.make.branch()))
    assert branch.post(f"/set-up/packages/{made.pk}/", sent).status_code == 422


def test_the_desk_sells_one_and_takes_the_money_in_the_same_panel(page: Page) -> None:
    kind, patient = sold().kind, money.make.patient()
    desk, url = page("secretary"), f"/finance/sell/{patient.pk}/"
    opened = desk.get(url, headers=HX).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', opened)
    assert token
    assert desk.post(url, {"kind": "987654321"}, headers=HX).status_code == 422
    for _twice in range(2):
        answer = desk.post(url, {"kind": kind.pk, "form_token": token[1]}, headers=HX)
    package = Package.objects.get(patient=patient)
    pay = f"/finance/invoices/{package.invoice_id}/pay/"
    assert f'hx-post="{pay}"' in answer.content.decode()
    assert desk.post(pay, {"method": "card", "amount": "1000000"}, headers=HX).status_code == 200
    package.invoice.refresh_from_db()
    assert package.invoice.due == 0
    shown = desk.get(f"/finance/for-patient/{patient.pk}/").content.decode()
    assert f"/finance/packages/{package.pk}/" in shown


def test_only_some_give_a_discount_at_the_sale(page: Page) -> None:
    kind, patient = sold().kind, money.make.patient()
    sent = {"kind": kind.pk, "discount": "100000", "discount_reason": "همکار", "form_token": "a"}
    page("secretary").post(f"/finance/sell/{patient.pk}/", sent, headers=HX)
    assert Package.objects.get(patient=patient).price == 1_000_000
    manager, other = page("manager"), money.make.patient()
    url = f"/finance/sell/{other.pk}/"
    assert manager.post(url, {**sent, "discount_reason": "", "form_token": "b"}, headers=HX).status_code == 422
    assert manager.post(url, {**sent, "discount": "9000000", "form_token": "b"}, headers=HX).status_code == 422
    assert manager.post(url, {**sent, "form_token": "b"}, headers=HX).status_code == 200
    assert Package.objects.get(patient=other).price == 900_000


def test_checkout_names_the_session_and_can_leave_it(page: Page) -> None:
    package = sold()
    visit, desk = visit_with(package), page("secretary")
    url = f"/finance/checkout/{visit.pk}/"
    shown = desk.get(url, headers=HX).content.decode()
    assert "جلسهٔ ۱ از ۳" in shown
    assert 'id="pay-form"' not in shown
    assert "جلسهٔ ۱ از ۳" in desk.get(f"/finance/for-visit/{visit.pk}/").content.decode()
    without = desk.post(url, {"do": "package", "uses": "no"}, headers=HX).content.decode()
    assert 'id="pay-form"' in without
    desk.post(url, {"do": "package", "uses": "yes"}, headers=HX)
    assert 'id="pay-form"' not in desk.get(url, headers=HX).content.decode()


def test_a_package_is_frozen_extended_given_on_and_taken_back(page: Page) -> None:
    package, other = sold(transferable=True, freeze_days=20), money.make.patient()
    at, desk, manager = f"/finance/packages/{package.pk}/", page("secretary"), page("manager")
    assert desk.post(f"{at}freeze/", {"do": "freeze"}, headers=HX).status_code == 204
    assert desk.post(f"{at}freeze/", {"do": "unfreeze"}, headers=HX).status_code == 204
    for name in ("extend", "transfer", "refund"):
        assert desk.get(f"{at}{name}/").status_code == 403
        assert manager.get(f"{at}{name}/", headers=HX).status_code == 200
    assert manager.post(f"{at}transfer/", {"to": other.pk, "reason": ""}, headers=HX).status_code == 422
    assert manager.post(f"{at}transfer/", {"to": other.pk, "reason": "هدیه"}, headers=HX).status_code == 204
    assert manager.post(f"{at}extend/", {"valid_until": "1390/01/01", "reason": "x"}, headers=HX).status_code == 422
    assert manager.post(f"{at}refund/", {"keep": "2000000", "reason": "x"}, headers=HX).status_code == 422
    assert manager.post(f"{at}refund/", {"keep": "", "reason": "انصراف"}, headers=HX).status_code == 204
    assert left(package) == [(0, 0)]
    shown = manager.get(at, headers=HX).content.decode()
    assert "انصراف" in shown
    assert f"{at}refund/" not in shown


def test_a_manager_of_another_branch_changes_nothing(page: Page) -> None:
    package = sold(freeze_days=3)
    client = page(money.make.user("manager", branch=money.make.branch(name="دیگر")))
    assert client.get(f"/finance/packages/{package.pk}/", headers=HX).status_code == 200
    for name in ("extend", "transfer", "refund"):
        assert client.get(f"/finance/packages/{package.pk}/{name}/").status_code == 404
    assert client.post(f"/finance/packages/{package.pk}/freeze/").status_code == 404


def test_the_owner_sees_that_the_debt_is_the_books(page: Page) -> None:
    package = sold()
    money.actions.issue_for_visit(visit=visit_with(package), by=None)
    shown = page("owner").get("/finance/ahead/").content.decode()
    assert shown.count("۶۶۶٬۶۶۷") == 3
    assert "نابرابر" not in shown
    assert page("secretary").get("/finance/ahead/").status_code == 403


def test_the_patient_and_the_doctor_see_what_is_left(page: Page, make: Any) -> None:
    user, package = make.user("patient"), sold()
    package.patient.access.create(user=user)
    assert "لیزر، سه جلسه" in page(user).get("/my/packages/").content.decode()
    assert "لیزر، سه جلسه" not in page("patient").get("/my/packages/").content.decode()
    chart = page("doctor").get(f"/doctor/patients/{package.patient_id}/").content.decode()
    assert "۳ از ۳ مانده" in chart
    over(package)
    money.actions.expire_package(package=package, by=None)
    assert "لیزر، سه جلسه" not in page(user).get("/my/packages/").content.decode()


def test_prices_are_typed_and_kept_exactly(page: Page) -> None:
    service = money.make.service(price=Decimal(0))
    package = sold(1_000_000, counts={service: 7})
    values = [int(money.actions.issue_for_visit(visit=visit_with(package), by=None).total) for _each in range(7)]
    assert values == [142_857] * 6 + [142_858]
    assert page("owner").get("/finance/ahead/").status_code == 200
