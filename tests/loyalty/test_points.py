"""Points: earned by money, spent oldest first, never below zero, told line by line."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from clinic.patients.models import Patient
from clinic.shared.errors import Conflict, Invalid
from loyalty import actions, queries, tasks
from loyalty.models import LoyaltyRule, PointsAccount, PointsEntry, PointsKind, PointsLot

LIMIT = Decimal(10**12)


def earn(patient: Patient, points: int, cause: str = "invoice:1") -> int:
    return actions.earn(patient=patient, amount=Decimal(points * 100_000), cause=cause, by=None)


def redeem(patient: Patient, points: int, cause: str = "payment:1", limit: Decimal = LIMIT) -> Decimal:
    return actions.redeem(patient=patient, points=points, limit_amount=limit, cause=cause, by=None)


def adds_up(patient: Patient) -> None:
    """Balance, lots and statement tell the same."""
    account = PointsAccount.objects.get(patient=patient)
    assert account.balance == sum(lot.remaining for lot in PointsLot.objects.filter(patient=patient))
    assert account.balance == sum(entry.points for entry in queries.statement(patient))
    newest = queries.statement(patient).first()
    assert newest is None or newest.balance_after == account.balance


@pytest.mark.parametrize(("amount", "points"), [(99_999, 0), (100_000, 1), (199_999, 1), (1_050_000, 10), (0, 0)])
def test_whole_points_for_whole_sums(make: Any, amount: int, points: int) -> None:
    patient = make.patient()
    assert actions.earn(patient=patient, amount=Decimal(amount), cause="invoice:1", by=None) == points
    assert queries.balance(patient) == points


def test_a_cause_earns_once(make: Any) -> None:
    patient = make.patient()
    assert (earn(patient, 10), earn(patient, 10)) == (10, 0)
    assert earn(patient, 3, "invoice:12") == 3  # another cause that begins with the same signs
    adds_up(patient)


def test_points_that_were_taken_back_can_be_earned_again(make: Any) -> None:
    patient = make.patient()
    earn(patient, 10)
    actions.take_back(patient=patient, cause="invoice:1", by=None, because="refund:1")
    assert (queries.balance(patient), earn(patient, 10)) == (0, 10)
    actions.take_back(patient=patient, cause="invoice:1", by=None, because="refund:1")  # the same refund once more
    assert queries.balance(patient) == 10
    adds_up(patient)


def test_the_oldest_expiry_is_spent_first(make: Any) -> None:
    patient = make.patient()
    earn(patient, 5, "invoice:1")
    earn(patient, 5, "invoice:2")
    PointsLot.objects.filter(cause="invoice:2").update(expires_on=queries.today() + dt.timedelta(days=3))
    redeem(patient, 6)
    assert dict(PointsLot.objects.values_list("cause", "remaining")) == {"invoice:1": 4, "invoice:2": 0}
    assert redeem(patient, 6) == 6000  # a repeat
    adds_up(patient)


def test_nobody_spends_more_than_she_has_or_may(make: Any) -> None:
    patient = make.patient()
    earn(patient, 10)
    with pytest.raises(Conflict, match="10"):
        redeem(patient, 11)
    with pytest.raises(Invalid):
        redeem(patient, 10, limit=Decimal(9999))
    for points in (0, -1):
        with pytest.raises(Invalid):
            redeem(patient, points)
    assert queries.balance(patient) == 10


def test_points_end_and_are_not_spent_afterwards(make: Any) -> None:
    patient = make.patient()
    earn(patient, 10)
    PointsLot.objects.update(expires_on=queries.today() - dt.timedelta(days=1))
    assert queries.balance(patient) == 0
    with pytest.raises(Conflict):
        redeem(patient, 1)
    tasks.expire_points()
    tasks.expire_points()
    assert PointsEntry.objects.get(kind=PointsKind.EXPIRED).points == -10
    adds_up(patient)


def test_spent_points_are_noted_as_short_instead_of_a_negative_balance(make: Any) -> None:
    patient = make.patient()
    earn(patient, 10)
    redeem(patient, 7)
    assert actions.take_back(patient=patient, cause="invoice:1", by=None) == 3
    entry = PointsEntry.objects.get(kind=PointsKind.REVERSED)
    assert (entry.points, entry.short, entry.balance_after) == (-3, 7, 0)
    adds_up(patient)


def test_the_offer_is_the_least_of_balance_cap_and_debt(make: Any) -> None:
    patient = make.patient()
    earn(patient, 50)
    none = Decimal(0)
    assert queries.offer(patient, total=Decimal(10**7), used=none, due=Decimal(10**7)).points == 50
    assert queries.offer(patient, total=Decimal(100_000), used=none, due=Decimal(100_000)).points == 20
    assert queries.offer(patient, total=Decimal(100_000), used=Decimal(15_000), due=Decimal(85_000)).points == 5
    assert queries.offer(patient, total=Decimal(100_000), used=none, due=Decimal(3500)).points == 3


RULES = {
    "is_active": True,
    "money_per_point": Decimal(50_000),
    "point_value": Decimal(500),
    "cap_percent": 10,
    "months_valid": 6,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("money_per_point", Decimal(0)),
        ("point_value", Decimal(0)),
        ("point_value", Decimal(50_001)),
        ("cap_percent", 101),
        ("months_valid", 0),
    ],
)
def test_rules_that_cannot_be(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        actions.set_rules(**{**RULES, field: value}, by=None)
    assert refused.value.field == field
    assert not LoyaltyRule.objects.exists()


def test_the_newest_rules_count_from_now_on(make: Any) -> None:
    patient = make.patient()
    earn(patient, 10)
    actions.set_rules(**RULES, by=None)
    assert actions.earn(patient=patient, amount=Decimal(100_000), cause="invoice:2", by=None) == 2
    actions.set_rules(**{**RULES, "is_active": False}, by=None)
    assert earn(patient, 10, "invoice:3") == 0
    with pytest.raises(Conflict):
        redeem(patient, 1)


def test_the_owner_sets_the_rules_on_her_page(page: Callable[..., Client]) -> None:
    sent = {
        "is_active": "on",
        "money_per_point": "۲۰۰٬۰۰۰",
        "point_value": "2000",
        "cap_percent": "۱۵",
        "months_valid": "24",
    }
    assert page("secretary").post("/points/", sent).status_code == 403
    owner = page("owner")
    assert owner.post("/points/", {**sent, "cap_percent": "150"}).status_code == 422
    assert owner.post("/points/", sent).status_code == 302
    rule = queries.current_rule()
    assert (rule.money_per_point, rule.cap_percent) == (200_000, 15)


def test_patients_read_their_own_statement(page: Callable[..., Client], make: Any) -> None:
    user, patient = make.user("patient"), make.patient()
    patient.access.create(user=user)
    earn(patient, 7)
    shown = page(user).get("/my/points/").content.decode()
    assert "+۷" in shown
    assert patient.full_name not in page("doctor").get("/my/points/").content.decode()
