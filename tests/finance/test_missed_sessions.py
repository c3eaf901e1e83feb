"""A session of a package pays the fee of a missed visit, where the package says so."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from finance import actions
from finance.models import Invoice, Package, PackageMove
from finance.queries import session_of
from messaging.models import Message
from scheduling import actions as diary
from scheduling.models import Appointment, MissFee
from tests.finance import make as money
from tests.finance.packages import agreed, left, over, sold


def missed(package: Package, *, price: int = 400_000) -> MissFee:
    """A visit that the package holds was missed; its terms ask for half of its price."""
    service = package.items.order_by("pk")[0].service
    service.no_show_fee_percent = 50
    service.save()
    before = timezone.now() - dt.timedelta(hours=2)
    appointment = money.appointment(0, service=service, patient=package.patient, starts_at=before, price=Decimal(price))
    diary.no_show(appointment=Appointment.objects.get(pk=appointment.pk), by=None)
    return MissFee.objects.get(appointment=appointment)


def charge(fee: MissFee) -> Invoice | None:
    diary.charge_fee(fee=fee, by=None)
    return Invoice.objects.filter(cause=f"fee:{fee.pk}").exclude(status="cancelled").first()


def test_a_session_pays_the_fee_and_no_money_is_asked() -> None:
    package = sold(counts_missed=True)
    fee = missed(package)
    bill = charge(fee)
    assert bill
    assert (bill.total, bill.due, bill.status) == (333_333, 0, "balanced")
    assert left(package) == [(2, 666_667)]
    move = PackageMove.objects.get(kind="used")
    assert (move.visit_id, move.patient_id, move.number, move.list_price) == (None, package.patient_id, 1, 400_000)
    agreed()
    told = Message.objects.get(cause=f"fee:{fee.pk}")
    assert told.kind == "session_counted"
    assert "۲" in told.text


def test_charged_twice_is_one_session() -> None:
    package = sold(counts_missed=True)
    fee = missed(package)
    charge(fee)
    charge(fee)
    assert left(package) == [(2, 666_667)]


def test_a_waived_fee_gives_the_session_back() -> None:
    package = sold(counts_missed=True)
    fee = missed(package)
    bill = charge(fee)
    diary.waive_fee(fee=fee, reason="بیمارستان بود", by=None)
    assert left(package) == [(3, 1_000_000)]
    assert bill
    assert session_of(bill) is None
    agreed()
    again = charge(diary.reopen_fee(fee=fee, by=None))
    assert again
    assert again.pk != bill.pk
    assert left(package) == [(2, 666_667)]
    agreed()


def test_a_session_without_value_goes_and_comes_back_too() -> None:
    package = sold(0, counts_missed=True)
    fee = missed(package)
    charge(fee)
    assert left(package) == [(2, 0)]
    diary.waive_fee(fee=fee, reason="بیمارستان بود", by=None)
    assert left(package) == [(3, 0)]


@pytest.mark.parametrize("spoiled", ["rule", "over", "frozen"])
def test_else_it_is_money(spoiled: str) -> None:
    package = sold(counts_missed=spoiled != "rule", freeze_days=10)
    fee = missed(package)
    if spoiled == "over":
        over(package)
    if spoiled == "frozen":
        actions.freeze_package(package=package, by=None)
    bill = charge(fee)
    assert bill
    assert (bill.total, bill.due) == (200_000, 200_000)
    assert [number for number, _value in left(package)] == [3]
    assert Message.objects.get(cause=f"fee:{fee.pk}").kind == "fee_charged"


def test_another_amount_asked_by_hand_is_money() -> None:
    package = sold(counts_missed=True)
    fee = missed(package)
    diary.charge_fee(fee=fee, amount=Decimal(50_000), reason="قرار با بیمار", by=None)
    assert Invoice.objects.get(cause=f"fee:{fee.pk}").due == 50_000
    assert left(package) == [(3, 1_000_000)]


def test_the_desk_reads_that_a_session_pays(page: Any) -> None:
    package = sold(counts_missed=True)
    fee = missed(package)
    desk = page("owner")
    shown = desk.get(f"/desk/decide/?branch={fee.appointment.branch_id}").content.decode()
    assert f"یک جلسه از «{package.name}»" in shown
    said = desk.post(f"/desk/fees/{fee.pk}/charge/", headers={"HX-Request": "true"})
    assert package.name in json.loads(said.headers["HX-Trigger"])["toast"]["text"]
    assert left(package) == [(2, 666_667)]
