"""Doctors' shares: which rule, how much, when earned and payable, what is taken back, what is paid out."""

import datetime as dt
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.shared.errors import Conflict, Invalid
from clinic.shared.tenancy import use_clinic
from demo.shares import lay_share_rules, lay_shares
from finance import actions
from finance.models import (
    Account,
    Commission,
    CommissionRule,
    Invoice,
    JournalLine,
    Payout,
    WalletMove,
)
from finance.queries.days import clinic_today, today
from finance.queries.statements import statement
from finance.queries.wallets import payable, wallet_of
from scheduling.models import Practitioner, ServiceCategory
from tests.finance import insured
from tests.finance import make as money
from tests.finance.packages import sold, visit_with

TERMS: dict[str, Any] = {
    "practitioners": [], "services": [], "branch": None, "share_of": "services", "referred_rate": None, "by": None,
}  # fmt: skip


def rule(rate: Decimal | int = 40, **more: Any) -> CommissionRule:
    fields = {**TERMS, "rate": Decimal(rate), "valid_from": clinic_today(), **more}
    return actions.add_commission_rules(**fields)[0]


def doctor_of(invoice: Invoice) -> Practitioner:
    line = invoice.lines.get()
    assert line.practitioner is not None
    return line.practitioner


def bank() -> Account:
    actions.furnish_accounts(by=None)
    return Account.objects.get(code="1030")


def figures(invoice: Invoice) -> tuple[Decimal, Decimal]:
    """What its doctor has earned, and what of it may be paid."""
    found = wallet_of(doctor_of(invoice))
    return found.balance, found.payable


def agreed() -> None:
    """Each wallet equals its doctor's lines in the books, and nothing else stands on that account."""
    lines = JournalLine.objects.filter(account__code="2080")
    for doctor in Practitioner.objects.all():
        books = -(lines.filter(practitioner=doctor).aggregate(sum=Sum("amount"))["sum"] or 0)
        assert wallet_of(doctor).balance == books
    assert not lines.filter(practitioner=None).exists()


def test_a_share_is_earned_when_the_bill_is_issued() -> None:
    rule(40)
    invoice = money.bill(500_000)
    assert figures(invoice) == (200_000, 200_000)
    assert money.books() == {"1100": 500_000, "4010": -500_000, "5015": 200_000, "2080": -200_000}
    cost = JournalLine.objects.get(account__code="5015")
    assert (cost.practitioner, cost.service) == (doctor_of(invoice), invoice.lines.get().service)
    assert WalletMove.objects.count() == 1
    actions.follow_commissions(invoice=invoice, cause="again", by=None)
    actions.accrue_commissions(invoice=invoice, by=None)
    assert WalletMove.objects.count() == 1
    agreed()


def test_a_share_is_earned_as_the_money_comes() -> None:
    rule(30, basis="collected")
    invoice = money.bill(500_000)
    assert figures(invoice) == (0, 0)
    money.pay(invoice, 200_000)
    assert figures(invoice) == (60_000, 60_000)
    money.pay(invoice, 300_000, "card")
    assert figures(invoice) == (150_000, 150_000)
    agreed()


def test_what_was_earned_may_wait_for_the_money_and_for_days() -> None:
    rule(40, after_collected=True)
    invoice = money.bill(500_000)
    assert figures(invoice) == (200_000, 0)
    money.pay(invoice, 250_000)
    assert figures(invoice) == (200_000, 100_000)
    assert wallet_of(doctor_of(invoice)).held == 100_000


def test_days_of_holding_count_from_the_day_it_was_earned() -> None:
    rule(40, hold_days=14)
    invoice = money.bill(500_000)
    doctor, day = doctor_of(invoice), today(invoice.branch)
    assert figures(invoice) == (200_000, 0)
    assert payable(doctor, day + dt.timedelta(days=13)) == 0
    assert payable(doctor, day + dt.timedelta(days=14)) == 200_000
    payment = money.pay(invoice, 500_000)
    actions.refund(payment=payment, amount=Decimal(250_000), reason="نیمی", by=None)
    assert payable(doctor, day + dt.timedelta(days=13)) == 0  # nothing of it was payable, nothing is taken
    assert payable(doctor, day + dt.timedelta(days=14)) == 100_000
    agreed()


def test_the_most_exact_rule_counts_and_zero_is_a_rate() -> None:
    service, branch = money.make.service(price=Decimal(100_000)), money.make.branch()
    own = money.make.practitioner(service, hours=False)
    rule(10)
    rule(20, branch=branch)
    rule(30, services=[service])
    assert figures(money.bill(service=service))[0] == 30_000
    rule(50, practitioners=[own])
    assert figures(money.bill(service=service, practitioner=own))[0] == 50_000
    zero = rule(0, practitioners=[own], services=[service])
    invoice = money.bill(service=service, practitioner=own)
    assert invoice.commissions.get().rule == zero
    assert figures(invoice)[0] == 50_000  # as before


def test_a_referred_patient_has_a_rate_of_her_own_and_zero_is_not_blank() -> None:
    rule(40, referred_rate=Decimal(0))
    booked = money.appointment(0, source="referral")
    referred = actions.issue_for_visit(visit=money.visit_of(booked), by=None)
    assert (referred.commissions.get().referred, figures(referred)[0]) == (True, 0)
    plain = money.bill(500_000)
    assert (plain.commissions.get().referred, figures(plain)[0]) == (False, 200_000)


def test_a_referral_without_a_rate_of_its_own_changes_nothing() -> None:
    rule(40)
    invoice = actions.issue_for_visit(visit=money.visit_of(money.appointment(0, source="referral")), by=None)
    assert figures(invoice)[0] == 200_000


def test_a_new_rule_never_reaches_back() -> None:
    first = rule(40)
    invoice = money.bill(500_000)
    tomorrow = clinic_today() + dt.timedelta(days=1)
    rule(10, valid_from=tomorrow)
    first.refresh_from_db()
    assert first.valid_until == clinic_today()
    payment = money.pay(invoice, 500_000)
    actions.refund(payment=payment, amount=Decimal(500_000), reason="همه", by=None)
    assert figures(invoice) == (0, 0)  # back at 40 percent, not at 10
    with pytest.raises(Invalid) as past:
        rule(10, valid_from=clinic_today() - dt.timedelta(days=1), share_of="goods")
    assert past.value.field == "valid_from"
    with pytest.raises(Conflict) as overlaps:
        rule(15)
    assert overlaps.value.field == "valid_from"
    with pytest.raises(Invalid):
        actions.end_commission_rule(rule=first, last_day=clinic_today() - dt.timedelta(days=1), by=None)


def test_the_database_keeps_the_terms_of_rules() -> None:
    row = rule(40)
    row.rate = Decimal(41)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    again = CommissionRule(scope=row.scope, rate=Decimal(1), valid_from=row.valid_from)
    with pytest.raises(DatabaseError), transaction.atomic():
        again.save()


@pytest.mark.parametrize(("discounts", "earned"), [("gross", 200_000), ("net", 160_000), ("stated", 200_000)])
def test_who_bears_a_discount(discounts: str, earned: int) -> None:
    rule(40, discounts=discounts)
    invoice = money.bill(500_000)
    actions.give_discount(invoice=invoice, amount=Decimal(100_000), reason="آشنا", by=None)
    assert figures(invoice)[0] == earned
    agreed()


def test_what_was_used_is_paid_by_both() -> None:
    rule(50, less_consumables=True)
    visit = money.visit(price=500_000)
    invoice = actions.issue_for_visit(visit=visit, by=None)
    assert figures(invoice)[0] == 250_000
    used = money.movement("consume", -3, 20_000, visit=visit)
    actions.follow_stock(movement=used, by=None)
    assert figures(invoice)[0] == 220_000
    agreed()


@pytest.mark.parametrize("on", ["value", "list"])
def test_a_session_counts_as_its_sale_says(on: str) -> None:
    rule(30)
    package = sold(900_000, commission_on=on)
    invoice = actions.issue_for_visit(visit=visit_with(package), by=None)
    assert Commission.objects.count() == 1  # the sale itself earned nothing
    price = invoice.lines.get().service.price
    assert invoice.total < price
    assert figures(invoice)[0] == (invoice.total if on == "value" else price) * 30 / 100
    agreed()


def test_a_cancelled_bill_earns_nothing() -> None:
    rule(40)
    invoice = money.bill(500_000)
    actions.cancel_invoice(invoice=invoice, reason="اشتباه", by=None)
    assert figures(invoice) == (0, 0)
    assert money.books() == {}


def test_a_cheque_counts_when_the_bank_has_paid() -> None:
    rule(40, basis="collected")
    invoice = money.bill(500_000)
    cheque = actions.take_cheque(
        invoice=invoice, bank="ملی", number="12", due_on=today(invoice.branch), amount=Decimal(500_000), by=None
    )
    assert figures(invoice)[0] == 0
    for to in ("deposited", "cleared"):
        actions.move_cheque(cheque=cheque, to=to, by=None)
    assert figures(invoice)[0] == 200_000


def test_fees_and_lines_of_nobody_earn_nothing() -> None:
    rule(40)
    actions.issue_fee(fee=money.fee(money.appointment(0)), by=None)
    assert not Commission.objects.exists()


def test_a_payout_is_a_document_and_is_taken_back_by_another() -> None:
    rule(40)
    invoice = money.bill(500_000)
    doctor, account = doctor_of(invoice), bank()
    paid = {"branch": invoice.branch, "money": account, "last_day": today(invoice.branch), "by": None}
    with pytest.raises(Conflict) as too_much:
        actions.pay_out(amounts={doctor: Decimal(200_001)}, **paid)
    assert too_much.value.field == f"amount_{doctor.pk}"
    row = actions.pay_out(amounts={doctor: Decimal(150_000)}, form_token="once", **paid)[0]
    assert actions.pay_out(amounts={doctor: Decimal(150_000)}, form_token="once", **paid) == [row]
    assert (row.number, figures(invoice)) == (1, (50_000, 50_000))
    assert {key: money.books()[key] for key in ("1030", "2080")} == {"1030": -150_000, "2080": -50_000}
    with pytest.raises(DatabaseError), transaction.atomic():
        Payout.objects.filter(pk=row.pk).update(amount=1)
    back = actions.reverse_payout(payout=row, reason="حساب اشتباه", by=None)
    assert actions.reverse_payout(payout=row, reason="باز", by=None) == back
    assert figures(invoice) == (200_000, 200_000)
    found = statement(doctor, today(invoice.branch), today(invoice.branch))
    assert (found.opening, found.earned, found.paid, found.closing) == (0, 200_000, 0, 200_000)
    agreed()


def test_what_was_paid_and_then_refunded_is_taken_off_the_next_payout() -> None:
    rule(40)
    invoice = money.bill(500_000)
    doctor = doctor_of(invoice)
    payment = money.pay(invoice, 500_000)
    paid = {"branch": invoice.branch, "money": bank(), "last_day": today(invoice.branch), "by": None}
    actions.pay_out(amounts={doctor: Decimal(200_000)}, **paid)
    actions.refund(payment=payment, amount=Decimal(250_000), reason="نیمی", by=None)
    assert figures(invoice) == (-100_000, -100_000)
    with pytest.raises(Conflict):
        actions.pay_out(amounts={doctor: Decimal(1)}, **paid)
    actions.adjust_wallet(practitioner=doctor, branch=invoice.branch, amount=Decimal(100_000), reason="بخشش", by=None)
    assert figures(invoice) == (0, 0)
    with pytest.raises(Invalid):
        actions.adjust_wallet(practitioner=doctor, branch=invoice.branch, amount=Decimal(1), reason=" ", by=None)
    agreed()


def test_two_payouts_at_once_pay_once(committed: Any) -> None:
    rule(40)
    invoice = money.bill(500_000)
    doctor, account, day = doctor_of(invoice), bank(), today(invoice.branch)
    said: list[str] = []

    def work() -> None:
        try:
            with use_clinic(committed):
                actions.pay_out(
                    amounts={doctor: Decimal(200_000)}, branch=invoice.branch, money=account, last_day=day, by=None
                )
            said.append("paid")
        except Conflict as error:
            said.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["not_payable"] * 3 + ["paid"]
    assert (Payout.objects.count(), figures(invoice)) == (1, (0, 0))
    agreed()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["bill", "pay", "refund", "unpay", "discount", "adjust", "payout", "unpayout", "cancel"]),
        st.integers(1, 333_333),
    ),
    max_size=14,
)
BASES = st.sampled_from(
    [{"basis": "invoiced"}, {"basis": "collected"}, {"after_collected": True}, {"discounts": "net"}]
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(rate=st.integers(0, 100), terms=BASES, steps=STEPS)
def test_the_wallet_is_what_the_books_say_whatever_happens(rate: int, terms: Any, steps: Any) -> None:
    with transaction.atomic():
        rule(rate, **terms)
        doctor = money.make.practitioner(money.make.service(), hours=False)
        account = bank()
        bills: list[Invoice] = [money.bill(333_337, practitioner=doctor)]
        for what, number in steps:
            try:
                with transaction.atomic():
                    _step(what, Decimal(number), doctor, account, bills)
            except (Conflict, Invalid):
                continue
        agreed()
        _earned_never_more_than_kept(rate)
        transaction.set_rollback(True)


def _step(what: str, amount: Decimal, doctor: Practitioner, account: Account, bills: list[Invoice]) -> None:
    invoice = Invoice.objects.get(pk=bills[-1].pk)
    payment = invoice.payments.filter(status="received").first()
    if what == "bill":
        bills.append(money.bill(amount, practitioner=doctor))
    elif what == "pay":
        money.pay(invoice, amount)
    elif what in ("refund", "unpay") and payment:
        actions.refund(payment=payment, amount=min(amount, payment.left), reason="r", credit=what == "refund", by=None)
    elif what == "discount":
        actions.give_discount(invoice=invoice, amount=amount, reason="r", by=None)
    elif what == "adjust":
        actions.adjust_wallet(practitioner=doctor, branch=invoice.branch, amount=-amount, reason="r", by=None)
    elif what == "payout":
        due = {"branch": invoice.branch, "money": account, "last_day": today(invoice.branch), "by": None}
        actions.pay_out(amounts={doctor: amount}, **due)
    elif what == "unpayout" and Payout.objects.exists():
        actions.reverse_payout(payout=Payout.objects.latest("pk"), reason="r", by=None)
    elif what == "cancel":
        actions.cancel_invoice(invoice=invoice, reason="r", by=None)


def _earned_never_more_than_kept(rate: int) -> None:
    for terms in Commission.objects.select_related("invoice"):
        sums = terms.moves.aggregate(amount=Sum("amount"), released=Sum("released"))
        earned, released = sums["amount"] or 0, sums["released"] or 0
        bill = terms.invoice
        taken_off = sum(note.amount for note in bill.credit_notes.filter(kind="discount"))
        kept = Decimal(0) if bill.status == "cancelled" else bill.total + taken_off - bill.credited
        assert 0 <= released <= earned <= kept * rate / 100 + 1


def test_the_demo_lays_shares_of_bills_that_it_wrote_by_itself() -> None:
    service = money.make.service(price=Decimal(500_000))
    doctors = [money.make.practitioner(service, hours=False) for _ in range(2)]
    bank()
    bills = [money.bill(service=service, practitioner=each) for each in [*doctors, doctors[0]]]  # no rule, no share yet
    other = money.make.service()
    lay_share_rules(doctors, [service, other])
    lay_shares(money.make.branch(), today(money.make.branch()))
    lay_shares(money.make.branch(), today(money.make.branch()))
    assert [wallet_of(each).balance for each in doctors] == [500_000, 0]  # the second one earns as money comes
    money.pay(bills[1], 500_000)
    assert wallet_of(doctors[1]).balance == 225_000
    agreed()


def test_a_lost_debt_is_not_the_doctors_loss() -> None:
    rule(40)
    invoice = money.bill(500_000)
    actions.write_off(invoice=invoice, amount=Decimal(500_000), reason="مهاجرت", by=None)
    actions.follow_commissions(invoice=invoice, cause="lost", by=None)
    assert figures(invoice)[0] == 200_000
    agreed()


def test_an_insurers_share_counts_when_its_claim_is_paid() -> None:
    rule(30, basis="collected")
    patient = insured.covered().patient
    invoice = money.bill(500_000, patient=patient)
    assert figures(invoice) == (0, 0)  # the insurer owes 350,000 of it, and has paid nothing
    money.pay(invoice, 150_000)
    assert figures(invoice) == (45_000, 45_000)
    day = today(invoice.branch)
    values = {"branch": invoice.branch, "first_day": day, "last_day": day, "by": None}
    claim = actions.make_claim(insurer=insured.insurer(), **values)
    claim = actions.answer_claim(claim=actions.send_claim(claim=claim, by=None), answers={}, by=None)
    assert figures(invoice) == (45_000, 45_000)
    actions.receive_claim(claim=claim, amount=Decimal(350_000), account=bank(), by=None)
    assert figures(invoice) == (150_000, 150_000)
    agreed()


def test_a_category_is_the_default_of_its_services() -> None:
    lasers, other = ServiceCategory(name="لیزر"), ServiceCategory(name="ویزیت")
    lasers.save()
    other.save()
    laser = money.make.service(price=Decimal(500_000), category=lasers)
    branch = money.make.branch()
    rule(40)
    rule(30, services=[lasers])
    rule(35, branch=branch)
    assert figures(money.bill(service=laser))[0] == 150_000  # the category before the branch
    assert figures(money.bill(service=money.make.service(price=Decimal(500_000), category=other)))[0] == 175_000
    rule(20, services=[laser])
    assert figures(money.bill(service=laser))[0] == 100_000  # the service before its category
    doctor = money.make.practitioner(laser, hours=False)
    rule(50, practitioners=[doctor])
    assert figures(money.bill(service=laser, practitioner=doctor))[0] == 250_000  # her own before all
    rule(60, practitioners=[doctor], services=[lasers])
    late = money.bill(service=laser, practitioner=doctor)
    assert Commission.objects.get(invoice=late).rate == 60
    laser.category = other  # later changes touch no bill
    laser.save()
    assert Commission.objects.get(invoice=late).rule.category == lasers


def test_a_rule_names_a_service_or_a_category() -> None:
    category = ServiceCategory(name="لیزر")
    category.save()
    row = rule(40, services=[category])
    both = CommissionRule(
        service=money.make.service(), category=category, rate=Decimal(1), scope="x", valid_from=row.valid_from
    )
    with pytest.raises(DatabaseError, match="share_of_service_or_category"), transaction.atomic():
        both.save()
    with pytest.raises(Invalid):
        rule(10, services=[category], share_of="goods")
    rule(45, services=[category], valid_from=row.valid_from + dt.timedelta(days=3))
    row.refresh_from_db()
    assert row.valid_until == row.valid_from + dt.timedelta(days=2)  # the new one took its place
