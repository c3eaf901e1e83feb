"""What insurers pay of a bill: by contract, resolved once, beside what the patient pays."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.models import Coverage, InsurerShare, InvoiceLine, JournalLine
from finance.queries.checkout import checkout_of
from finance.queries.days import clinic_today
from tests.finance import insured
from tests.finance import make as money


def shares(bill: Any) -> list[tuple[str, int]]:
    return [(row.insurer.name, int(row.amount)) for row in bill.shares.order_by("pk")]


def test_the_insurer_owes_its_share_and_the_patient_the_rest() -> None:
    coverage = insured.covered()
    bill = money.bill(500_000, patient=coverage.patient)
    assert (bill.total, bill.paid, bill.due) == (500_000, 350_000, 150_000)
    line, share = InvoiceLine.objects.get(invoice=bill), InsurerShare.objects.get()
    assert (line.insured, share.base, share.percent, share.number) == (350_000, 500_000, 70, "12345")
    assert money.books() == {"1100": 150_000, "1110": 350_000, "4010": -500_000}
    assert JournalLine.objects.get(account__code="1110").insurer == coverage.insurer
    again = actions.issue_for_visit(visit=bill.visit, by=None)
    assert (again, again.due) == (bill, 150_000)
    insured.agreed()


def test_tariff_deductible_and_ceiling_of_the_contract() -> None:
    service = money.make.service(price=Decimal(500_000))
    basic = actions.save_insurer(name="سلامت", by=None)
    values: dict[str, Any] = {"insurer": basic, "valid_from": insured.START, "percent": Decimal(70), "by": None}
    terms = actions.save_terms(**values, prices={service: (Decimal(300_000), None)})
    bill = money.bill(service=service, patient=insured.covered(by=basic).patient)
    assert bill.due == 500_000 - 210_000  # of the insurer's own tariff
    actions.save_terms(**values, terms=terms, deductible=Decimal(100_000), prices={service: (None, Decimal(50))})
    bill = money.bill(service=service, patient=insured.covered(by=basic).patient)
    assert bill.due == 500_000 - 200_000  # half of what is above the deductible
    actions.save_terms(**values, terms=terms, ceiling=Decimal(90_000), prices={})
    bill = money.bill(service=service, patient=insured.covered(by=basic).patient)
    assert bill.due == 410_000
    insured.agreed()


def test_the_supplementary_insurer_pays_of_what_is_left() -> None:
    patient = insured.covered().patient
    insured.covered(patient, insured.insurer("دی", percent=80, kind="extra"))
    bill = money.bill(500_000, patient=patient)
    assert shares(bill) == [("تأمین اجتماعی", 350_000), ("دی", 120_000)]
    assert bill.due == 30_000
    insured.agreed()


def test_a_policy_pays_until_its_own_ceiling_and_while_it_is_valid() -> None:
    coverage = insured.covered(ceiling=Decimal(400_000))
    assert money.bill(500_000, patient=coverage.patient).due == 150_000
    assert money.bill(500_000, patient=coverage.patient).due == 450_000
    assert money.bill(500_000, patient=coverage.patient).due == 500_000
    yesterday = clinic_today() - dt.timedelta(days=1)
    over = insured.covered(valid_until=yesterday)
    assert money.bill(500_000, patient=over.patient).due == 500_000
    with pytest.raises(Invalid):
        insured.covered(valid_from=clinic_today(), valid_until=yesterday)
    insured.agreed()


def test_a_new_policy_takes_the_place_of_the_old_one_and_stands_on_the_card() -> None:
    first = insured.covered()
    second = actions.save_coverage(
        patient=first.patient, insurer=insured.insurer("سلامت", percent=50), number="۷", by=None
    )
    assert list(Coverage.objects.filter(is_active=True)) == [second]
    first.patient.refresh_from_db()
    assert (first.patient.insurer, first.patient.insurance_number) == ("سلامت", "7")


def test_without_insurance_for_once_and_back_again() -> None:
    bill = money.bill(500_000, patient=insured.covered().patient)
    bill = actions.uncover_invoice(invoice=bill, by=None)
    assert (bill.status, bill.due) == ("issued", 500_000)
    insured.agreed()
    bill = actions.cover_invoice(invoice=bill, by=None)
    assert bill.due == 150_000
    assert InvoiceLine.objects.get(invoice=bill).insured == 350_000
    insured.agreed()


def test_a_reopened_visit_gives_the_share_back_unless_it_was_claimed() -> None:
    bill = money.bill(500_000, patient=insured.covered().patient)
    actions.cancel_for_visit(visit=bill.visit, by=None)
    assert money.books() == {}
    claim = insured.claimed(1)
    sent = claim.lines.get().share.invoice
    with pytest.raises(Conflict) as refused:
        actions.cancel_for_visit(visit=sent.visit, by=None)
    assert refused.value.code == "claimed"
    insured.agreed()


def test_nobody_pays_by_hand_in_the_name_of_an_insurer(api: Any) -> None:
    bill = money.bill(500_000, patient=insured.covered().patient)
    with pytest.raises(Invalid):
        money.pay(bill, 1000, "insurer")
    payment = bill.payments.get(method="insurer")
    with pytest.raises(Conflict):
        actions.refund(payment=payment, amount=Decimal(1000), reason="x", by=None)
    at = f"/api/v1/invoices/{bill.pk}/payments/"
    assert api("cashier").post(at, {"method": "insurer", "amount": "10"}, format="json").status_code == 400


def test_the_checkout_says_beforehand_what_the_insurer_pays() -> None:
    visit = money.visit(price=500_000, patient=insured.covered().patient)
    found = checkout_of(visit)
    assert found
    assert ([(part.coverage.insurer.name, part.amount) for part in found.shares], found.due) == (
        [("تأمین اجتماعی", 350_000)], 150_000,
    )  # fmt: skip
    money.agreed()
