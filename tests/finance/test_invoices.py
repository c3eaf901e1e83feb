"""Bills: one for a visit, numbers without gaps, prices with their source, corrected by documents."""

from decimal import Decimal

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.models import Invoice, Journal, Payment
from finance.statuses import InvoiceStatus
from scheduling.models import Appointment, PractitionerService
from tests.finance import make as money


def test_a_visit_has_one_bill() -> None:
    visit = money.visit(price=300_000)
    first = actions.issue_for_visit(visit=visit, by=None)
    again = actions.issue_for_visit(visit=visit, by=None)
    assert first == again
    line = first.lines.get()
    assert (line.unit_price, line.price_source) == (300_000, f"service:{visit.service_id}")


def test_the_doctors_own_price_goes_before_the_services() -> None:
    visit = money.visit(price=300_000)
    offer = PractitionerService.objects.get(practitioner=visit.practitioner, service=visit.service)
    offer.price = Decimal(450_000)
    offer.save()
    assert actions.issue_for_visit(visit=visit, by=None).lines.get().price_source == f"offer:{offer.pk}"


def test_the_price_promised_when_booked_counts() -> None:
    visit = money.visit(price=300_000)
    now = timezone.now()
    booked = Appointment(
        status="fulfilled",
        branch=visit.branch,
        service=visit.service,
        practitioner=visit.practitioner,
        patient=visit.patient,
        starts_at=now,
        ends_at=now + money.dt.timedelta(minutes=30),
        time_zone="Asia/Tehran",
        price=Decimal(250_000),
        link_token="token",
    )
    booked.save()
    visit.appointment = booked
    visit.save()
    invoice = actions.issue_for_visit(visit=visit, by=None)
    assert (invoice.total, invoice.lines.get().price_source) == (250_000, f"appointment:{booked.pk}")


def test_numbers_have_no_gaps() -> None:
    numbers = [money.bill().number for _ in range(3)]
    with pytest.raises(Invalid):
        actions.issue_invoice(patient=money.make.patient(), branch=money.make.branch(), lines=[], cause="x", by=None)
    numbers.append(money.bill().number)
    assert numbers == [numbers[0] + step for step in range(4)]


def test_a_bill_of_zero_is_balanced_at_once() -> None:
    invoice = money.bill(0)
    assert (invoice.status, invoice.pay_state) == (InvoiceStatus.BALANCED, "paid")
    assert not Journal.objects.exists()
    assert [move.to_status for move in invoice.moves.order_by("pk")] == ["issued", "balanced"]


def test_an_unpaid_bill_of_a_reopened_visit_is_cancelled_and_billed_anew() -> None:
    visit = money.visit(price=300_000)
    first = actions.issue_for_visit(visit=visit, by=None)
    actions.give_discount(invoice=first, amount=Decimal(50_000), reason="همکار", by=None)
    actions.cancel_for_visit(visit=visit, by=None)
    assert money.books() == {}
    first.refresh_from_db()
    assert (first.status, first.due) == (InvoiceStatus.CANCELLED, 0)
    second = actions.issue_for_visit(visit=visit, by=None)
    assert second.number == first.number + 1
    actions.cancel_for_visit(visit=money.visit(), by=None)  # nothing to take back


def test_a_paid_visit_is_not_reopened() -> None:
    visit = money.visit()
    invoice = actions.issue_for_visit(visit=visit, by=None)
    payment = money.pay(invoice, 1000)
    with pytest.raises(Conflict, match="Pay it back first"):
        actions.cancel_for_visit(visit=visit, by=None)
    actions.refund(payment=payment, amount=Decimal(1000), reason="اشتباه", by=None)
    actions.cancel_for_visit(visit=visit, by=None)
    assert money.books() == {}


def test_a_discount_is_a_journal_of_its_own() -> None:
    invoice = money.bill(500_000)
    for _ in range(2):
        invoice = actions.give_discount(
            invoice=invoice, amount=Decimal(50_000), reason="همکار", form_token="form-1", by=None
        )
    assert (invoice.total, invoice.credited, invoice.due, invoice.lines.get().total) == (
        500_000,
        50_000,
        450_000,
        500_000,
    )
    assert money.books() == {"1100": 450_000, "4010": -500_000, "4910": 50_000}
    invoice = actions.give_discount(invoice=invoice, amount=Decimal(450_000), reason="خیریه", by=None)
    assert invoice.status == InvoiceStatus.BALANCED
    with pytest.raises(Conflict):
        actions.give_discount(invoice=invoice, amount=Decimal(1), reason="باز هم", by=None)


@pytest.mark.parametrize(("amount", "reason"), [("0", "x"), ("500001", "x"), ("0.1", "x"), ("NaN", "x"), ("10", " ")])
def test_discounts_that_cannot_be(amount: str, reason: str) -> None:
    with pytest.raises(Invalid):
        actions.give_discount(invoice=money.bill(500_000), amount=Decimal(amount), reason=reason, by=None)


def test_a_visit_is_billed_and_paid_together_or_not_at_all() -> None:
    visit = money.visit()
    with pytest.raises(Invalid):
        actions.pay_visit(visit=visit, method="cash", amount=Decimal(-1), by=None)
    assert not Invoice.objects.exists()
    actions.pay_visit(visit=visit, method="cash", amount=Decimal(500_000), by=None)
    assert Payment.objects.get().invoice == Invoice.objects.get(visit=visit)
