"""What missing a visit costs: noted, charged, changed, waived, taken back."""

from decimal import Decimal
from typing import Any

import pytest

from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import use_currency
from messaging.models import Message
from scheduling import actions
from scheduling.models import Appointment, MissFee
from scheduling.statuses import FeeStatus as F
from tests.scheduling.test_booking import begun
from tests.scheduling.test_holds import soon


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service(cancel_until_hours=96, late_fee_percent=20, no_show_fee_percent=50)
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


@pytest.fixture
def booked(make: Any, place: dict[str, Any]) -> Appointment:
    return actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)


@pytest.fixture
def late(booked: Appointment) -> MissFee:
    return actions.cancel(appointment=booked, by_patient=True, by=None).fee


def told(fee: MissFee) -> list[str]:
    return list(Message.objects.filter(cause=f"fee:{fee.pk}").values_list("status", flat=True))


def test_a_late_cancellation_is_noted_and_nobody_is_charged_yet(late: MissFee) -> None:
    assert (late.kind, late.status, late.amount) == ("late", F.DUE, 100_000)
    assert told(late) == []


@pytest.mark.parametrize(("days", "by_patient"), [(5, True), (2, False)])
def test_in_time_or_by_the_clinic_it_costs_nothing(make: Any, place: Any, days: int, by_patient: bool) -> None:
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(days), by=None)
    actions.cancel(appointment=visit, by_patient=by_patient, by=None)
    assert not MissFee.objects.exists()


def test_a_free_service_costs_nothing(make: Any, place: dict[str, Any]) -> None:
    place["service"].price = 0
    place["service"].save()
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    actions.cancel(appointment=visit, by_patient=True, by=None)
    assert not MissFee.objects.exists()


def test_a_fee_is_in_the_clinics_money_whatever_is_shown(make: Any, place: dict[str, Any]) -> None:
    """A job or a test of another clinic may have set another currency in this thread."""
    place["service"].price = Decimal(333_333)
    place["service"].save()
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    with use_currency("GBP"):
        fee = actions.cancel(appointment=visit, by_patient=True, by=None).fee
    assert fee.amount == 66_667


def test_a_missed_visit_is_noted(booked: Appointment) -> None:
    missed = actions.no_show(appointment=begun(booked), by=None)
    assert (missed.fee.kind, missed.fee.amount) == ("no_show", 250_000)
    assert actions.no_show(appointment=booked, by=None).fee.moves.count() == 1


def test_a_kept_deposit_counts(make: Any, place: dict[str, Any]) -> None:
    place["service"].deposit = Decimal(60_000)
    place["service"].save()
    user = make.user()
    held = actions.hold(**place, starts_at=soon(), by=user)
    waiting = actions.book(hold=held, patient=make.patient(), by=user)
    visit = actions.deposit_paid(appointment=waiting, by=None)
    assert actions.cancel(appointment=visit, by_patient=True, by=None).fee.amount == 100_000  # it pays a part of this


def test_a_kept_deposit_is_the_least_that_it_costs(make: Any, place: dict[str, Any]) -> None:
    place["service"].deposit = Decimal(160_000)
    place["service"].save()
    user = make.user()
    held = actions.hold(**place, starts_at=soon(), by=user)
    waiting = actions.book(hold=held, patient=make.patient(), by=user)
    visit = actions.deposit_paid(appointment=waiting, by=None)
    assert actions.cancel(appointment=visit, by_patient=True, by=None).fee.amount == 160_000


def test_charging_tells_the_patient_once(make: Any, late: MissFee) -> None:
    who = make.user("secretary")
    charged = actions.charge_fee(fee=late, by=who)
    assert (charged.status, charged.decided_by, charged.decided_at is not None) == (F.CHARGED, who, True)
    assert actions.charge_fee(fee=late, by=who).moves.count() == 2
    assert told(late) == ["queued"]
    assert "۱۰۰٬۰۰۰\xa0ریال" in Message.objects.get(cause=f"fee:{late.pk}").text


def test_another_amount_needs_a_reason(make: Any, late: MissFee) -> None:
    who = make.user("secretary")
    with pytest.raises(Invalid) as refused:
        actions.charge_fee(fee=late, amount=Decimal(50_000), by=who)
    assert refused.value.field == "reason"
    for amount in (0, -1, 500_001):
        with pytest.raises(Invalid) as refused:
            actions.charge_fee(fee=late, amount=Decimal(amount), reason="first time", by=who)
        assert refused.value.field == "amount"
    charged = actions.charge_fee(fee=late, amount=Decimal(50_000), reason="first time", by=who)
    assert (charged.amount, charged.moves.latest("pk").reason) == (50_000, "first time")


def test_waiving_needs_a_reason(make: Any, late: MissFee) -> None:
    who = make.user("secretary")
    with pytest.raises(Invalid):
        actions.waive_fee(fee=late, reason="  ", by=who)
    waived = actions.waive_fee(fee=late, reason="ill child", by=who)
    assert (waived.status, waived.moves.latest("pk").reason, waived.decided_by) == (F.WAIVED, "ill child", who)
    with pytest.raises(Conflict):
        actions.charge_fee(fee=late, by=who)
    assert actions.reopen_fee(fee=late, by=who).status == F.DUE
    assert actions.charge_fee(fee=late, by=who).status == F.CHARGED


def test_a_charged_fee_is_waived_and_not_told_any_more(make: Any, late: MissFee) -> None:
    who = make.user("secretary")
    actions.charge_fee(fee=late, by=who)
    assert actions.waive_fee(fee=late, reason="mistake", by=who).status == F.WAIVED
    assert told(late) == ["withdrawn"]


@pytest.mark.parametrize("charged", [False, True])
def test_taking_the_cancellation_back_takes_the_fee_back(make: Any, late: MissFee, charged: bool) -> None:
    if charged:
        actions.charge_fee(fee=late, by=make.user("secretary"))
    actions.restore(appointment=late.appointment, by=None)
    late.refresh_from_db()
    assert (late.status, late.moves.latest("pk").reason) == (F.WAIVED, "undo")
    assert "queued" not in told(late)
    with pytest.raises(Conflict):
        actions.reopen_fee(fee=late, by=None)
    again = actions.no_show(appointment=begun(late.appointment), by=None).fee
    assert (again.pk, again.status, again.kind, again.amount) == (late.pk, F.DUE, "no_show", 250_000)
    assert again.decided_at is None


def test_who_comes_after_all_owes_nothing(make: Any, place: dict[str, Any]) -> None:
    secretary = make.user("secretary")
    visit = begun(actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None))
    fee = actions.no_show(appointment=visit, by=secretary).fee
    actions.arrive(appointment=visit, by=secretary)
    fee.refresh_from_db()
    assert fee.status == F.WAIVED
