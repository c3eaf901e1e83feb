"""Memberships on screen: built, begun, frozen, not renewed, cancelled, seen by the patient and the doctor."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from clinic.patients.models import PatientAccess
from finance.models import Membership, MembershipPlan
from tests.finance import make as money
from tests.finance.members import member, period, plan

HX = {"HX-Request": "true"}
Page = Callable[..., Client]


def test_a_membership_is_built_and_changed(page: Page) -> None:
    owner, service = page("owner"), money.make.service(name="لیزر")
    sent = {"name": "طلایی", "price": "3000000", "months": "1", "percent": "۱۰", "freeze_days": "۱۴", "is_active": "on"}
    sent |= {"service_0": service.pk, "percent_0": "20", "sessions_0": "۲", "priority": "on"}
    new = "/set-up/memberships/new/"
    for wrong in ({"service_0": ""}, {"percent": "101"}, {"price": "0"}, {"service_1": service.pk}):
        assert owner.post(new, {**sent, **wrong}).status_code == 422
    nothing = {"percent": "", "service_0": "", "percent_0": "", "sessions_0": ""}
    assert owner.post(new, {**sent, **nothing}).status_code == 422
    assert owner.post(new, sent).status_code == 302
    made = MembershipPlan.objects.get()
    assert {(line.service_id, line.discount_percent, line.sessions) for line in made.lines.all()} == {
        (None, 10, 0), (service.pk, 20, 2),
    }  # fmt: skip
    assert owner.post(f"/set-up/memberships/{made.pk}/", {**sent, "service_0": "", "percent_0": "", "sessions_0": ""})
    assert made.lines.get(service=service).sessions == 0
    assert "طلایی" in owner.get("/set-up/memberships/").content.decode()
    assert page("secretary").get("/set-up/memberships/").status_code == 403
    branch = page(money.make.user("manager", branch=money.make.branch()))
    assert branch.post(f"/set-up/memberships/{made.pk}/", sent).status_code == 422


def test_the_desk_begins_one_and_takes_the_money_in_the_same_panel(page: Page) -> None:
    kind, patient = plan(), money.make.patient()
    desk, url = page("secretary"), f"/finance/sell-membership/{patient.pk}/"
    assert kind.name in desk.get(url, headers=HX).content.decode()
    assert desk.post(url, {"plan": "987654321"}, headers=HX).status_code == 422
    answer = desk.post(url, {"plan": kind.pk, "form_token": "t"}, headers=HX)
    row = Membership.objects.get(patient=patient)
    pay = f"/finance/invoices/{period(row).invoice_id}/pay/"
    assert f'hx-post="{pay}"' in answer.content.decode()
    assert desk.post(url, {"plan": kind.pk, "form_token": "u"}, headers=HX).status_code == 422
    assert desk.post(pay, {"method": "card", "amount": "300000"}, headers=HX).status_code == 200
    assert period(row).invoice.due == 0
    assert f"/finance/memberships/{row.pk}/" in desk.get(f"/finance/for-patient/{patient.pk}/").content.decode()


def test_it_is_frozen_not_renewed_and_cancelled_by_who_may(page: Page) -> None:
    row = member(freeze_days=10)
    desk, manager = page("secretary"), page("manager")
    change, end = f"/finance/memberships/{row.pk}/change/", f"/finance/memberships/{row.pk}/end/"
    for do, read in (("freeze", ("frozen", True)), ("unfreeze", ("active", True)), ("let_end", ("active", False))):
        assert desk.post(change, {"do": do}, headers=HX).status_code == 204
        fresh = Membership.objects.get()
        assert (fresh.status, fresh.renews) == read
    assert desk.post(change, {"do": "renew"}, headers=HX).status_code == 204
    assert desk.post(end, {"reason": "x"}, headers=HX).status_code == 403
    assert manager.post(end, {"reason": ""}, headers=HX).status_code == 422
    assert manager.post(end, {"reason": "سفر", "keep": "999999999"}, headers=HX).status_code == 422
    assert manager.post(end, {"reason": "سفر"}, headers=HX).status_code == 204
    assert Membership.objects.get().status == "cancelled"
    assert "سفر" in manager.get(f"/finance/memberships/{row.pk}/").content.decode()
    assert desk.post(change, {"do": "renew"}, headers=HX).status_code == 409


def test_patient_doctor_and_owner_see_it(page: Page, make: Any) -> None:
    row = member()
    user = make.user("patient")
    PatientAccess(user=user, patient=row.patient).save()
    assert row.name in page(user).get("/my/packages/").content.decode()
    assert row.name not in page("patient").get("/my/packages/").content.decode()
    assert row.name in page("owner").get("/finance/ahead/").content.decode()
    assert "not equal" not in page("owner").get("/finance/ahead/", headers={"Accept-Language": "en"}).content.decode()


def test_checkout_names_the_membership(page: Page) -> None:
    row = member()
    seen = money.visit(patient=row.patient)
    shown = page("secretary").get(f"/finance/checkout/{seen.pk}/", headers=HX).content.decode()
    assert row.name in shown
    assert "۴۵٬۰۰۰" in shown or "۴۵۰٬۰۰۰" in shown
