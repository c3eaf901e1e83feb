"""From the sign-up page to a clinic that answers on its host."""

from typing import Any

import pytest
from django.test import Client

from clinic.accounts.actions import account_for_phone, grant_role
from clinic.accounts.roles import Role
from clinic.shared.tenancy import use_platform
from tenants.actions import set_clinic_status
from tenants.models import Clinic, ClinicRequest, ClinicRequestStatusChange
from tenants.queries import forget_hosts
from tenants.statuses import ClinicStatus, RequestStatus
from tenants.tasks import sweep_requests
from tests.make import sign_in

FORM = {
    "clinic_name": "کلینیک تازه",
    "subdomain": "fresh",
    "owner_name": "مینا",
    "owner_phone": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
    "language": "fa",
    "time_zone": "Asia/Tehran",
    "currency": "IRR",
    "note": "",
}


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def operator(clinic: Any) -> Client:
    client = Client(headers={"host": "localhost"})
    with use_platform():
        user = account_for_phone(phone="+989120000009", full_name="Operator", by=None)
        grant_role(user=user, role=Role.OPERATOR, by=None)
        sign_in(client, type(user).objects.get(pk=user.pk))
    return client


def test_sign_up_waits_for_a_decision(visitor: Client, operator: Client) -> None:
    assert visitor.get("/sign-up/").status_code == 200
    assert visitor.post("/sign-up/", FORM).status_code == 302
    with use_platform():
        row = ClinicRequest.objects.get()
        assert (row.status, row.owner_phone) == (RequestStatus.WAITING, "+989123456789")
    assert "کلینیک تازه" in operator.get("/control/").content.decode()


def test_bad_input_stays_in_the_form(visitor: Client) -> None:
    answer = visitor.post("/sign-up/", FORM | {"subdomain": "نه", "owner_phone": "0912"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "کلینیک تازه" in text
    assert 'value="نه"' in text
    assert 'aria-invalid="true"' in text
    taken = visitor.post("/sign-up/", FORM | {"subdomain": "a"})
    assert taken.status_code == 422


def test_nobody_else_decides(visitor: Client, page: Any) -> None:
    assert visitor.get("/control/").status_code == 302
    assert page("owner").get("/control/").status_code == 404
    with use_platform():
        ClinicRequest(clinic_name="x", subdomain="xyz", owner_name="x", owner_phone="+989123456789").save()
        pk = ClinicRequest.objects.get().pk
    assert visitor.post(f"/control/requests/{pk}/approve/").status_code == 302
    with use_platform():
        assert ClinicRequest.objects.get().status == RequestStatus.WAITING


def test_a_rejection_needs_a_reason(visitor: Client, operator: Client) -> None:
    visitor.post("/sign-up/", FORM)
    with use_platform():
        pk = ClinicRequest.objects.get().pk
    assert operator.post(f"/control/requests/{pk}/reject/", {"reason": ""}).status_code == 422
    assert operator.post(f"/control/requests/{pk}/reject/", {"reason": "twice"}).status_code == 302
    with use_platform():
        move = ClinicRequestStatusChange.objects.order_by("-pk").first()
        assert move is not None
        assert (move.to_status, move.reason) == (RequestStatus.REJECTED, "twice")


def test_approved_means_built(committed: Any) -> None:
    visitor = Client(headers={"host": "localhost"})
    visitor.post("/sign-up/", FORM)
    operator = Client(headers={"host": "localhost"})
    with use_platform():
        user = account_for_phone(phone="+989120000009", full_name="Operator", by=None)
        grant_role(user=user, role=Role.OPERATOR, by=None)
        sign_in(operator, type(user).objects.get(pk=user.pk))
        pk = ClinicRequest.objects.get().pk
    assert operator.post(f"/control/requests/{pk}/approve/").status_code == 302
    with use_platform():
        sweep_requests()
        sweep_requests()  # again is the same
        assert ClinicRequest.objects.get().status == RequestStatus.READY
    forget_hosts()
    fresh = Client(headers={"host": "fresh.localhost"})
    assert fresh.get("/sign-in/").status_code == 200
    with use_platform():
        set_clinic_status(clinic=Clinic.objects.get(schema_name="c_fresh"), status=ClinicStatus.SUSPENDED, by=None)
    assert fresh.get("/sign-in/").status_code == 404
