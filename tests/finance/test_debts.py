"""Debts: ages that are the books' figure, reminders that go out once, bad debts that come back when they are paid."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.patients.actions import merge_patients
from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.models import DebtContact, Invoice, JournalLine
from finance.queries.days import clinic_today
from finance.queries.debts import debtors_of, sums, whose_debts
from messaging.models import Message
from tests.finance import make as money

OPEN = Invoice.objects.filter(status="issued")


def aged(days: int, price: int = 500_000, **fields: Any) -> Invoice:
    """An unpaid bill of so many days ago."""
    visit = money.visit(price=price, **fields)
    line = actions.Draft("ویزیت", Decimal(price), "manual", service=visit.service)
    return actions.issue_invoice(
        patient=visit.patient, branch=visit.branch, lines=[line], cause=f"visit:{visit.pk}", visit=visit,
        business_date=clinic_today() - dt.timedelta(days=days), by=None,
    )  # fmt: skip


def listed(**how: Any) -> list[Any]:
    day = clinic_today()
    return debtors_of(list(whose_debts(OPEN.all(), day, **how)), day)


def test_ages_stand_in_their_bucket_and_late_ones_are_marked() -> None:
    patient = money.make.patient()
    for days, price in ((0, 1000), (30, 2000), (31, 4000), (60, 8000), (61, 16_000), (90, 32_000), (91, 64_000)):
        aged(days, price, patient=patient)
    other = aged(3, 500).patient
    first, second = listed()
    assert (first.patient, first.ages, first.days, first.is_late) == (patient, [3000, 12_000, 48_000, 64_000], 91, True)
    assert (second.patient, second.owed, second.is_late) == (other, 500, False)
    assert [row.patient for row in listed(older_than=30)] == [patient]
    assert [row.patient for row in listed(text=other.last_name[:3] + " " + other.first_name)][-1] == other


WHAT = st.sampled_from(["bill", "pay", "discount", "refund", "write_off", "back", "merge"])
STEPS = st.lists(st.tuples(WHAT, st.integers(0, 120)), min_size=4, max_size=8)


def _step(what: str, size: int, bills: list[Invoice]) -> None:
    """One thing that happens to one of the bills, where it can."""
    bill = Invoice.objects.get(pk=bills[size % len(bills)].pk)
    part = max(Decimal(1), bill.due // (2 + size % 3))
    given_up = bill.write_offs.filter(reversal=None).first()
    payment = bill.payments.filter(status="received").first()
    if what == "bill":
        bills.append(aged(size, 1000 + size))
    elif what == "merge":
        _merge(bill, bills[(size + 1) % len(bills)])
    elif what == "back" and given_up:
        actions.take_back_write_off(write_off=given_up, reason="x", by=None)
    elif what == "refund" and payment:
        actions.refund(payment=payment, amount=payment.left, reason="x", credit=size % 2 == 0, by=None)
    elif bill.due > 0 and what in SHRINKS:
        SHRINKS[what](bill, part)


def _merge(bill: Invoice, of_other: Invoice) -> None:
    one, other = (Invoice.objects.get(pk=each.pk).patient for each in (bill, of_other))
    if one != other and not (one.merged_into_id or other.merged_into_id):
        merge_patients(source=one, target=other, by=None)


SHRINKS: dict[str, Any] = {
    "pay": money.pay,
    "discount": lambda bill, part: actions.give_discount(invoice=bill, amount=part, reason="x", by=None),
    "write_off": lambda bill, part: actions.write_off(invoice=bill, amount=part, reason="x", by=None),
}


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_the_ages_add_up_to_the_claim_in_the_books(steps: list[tuple[str, int]]) -> None:
    bills = [aged(steps[0][1])]
    for what, size in steps:
        _step(what, size, bills)
        found = sums(OPEN.all(), clinic_today())
        assert found["age0"] + found["age1"] + found["age2"] + found["age3"] == found["owed"]
        assert found["owed"] == money.books().get("1100", Decimal(0))
        in_books: dict[int, Decimal] = {}
        for pk, amount in JournalLine.objects.filter(account__code="1100").values_list("patient", "amount"):
            in_books[pk] = in_books.get(pk, Decimal(0)) + amount
        assert {row.patient.pk: row.owed for row in listed()} == {pk: owed for pk, owed in in_books.items() if owed}


def test_a_page_of_debtors_takes_the_same_statements_whatever_their_number(page: Any) -> None:
    client = page("cashier")

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/finance/debtors/").status_code == 200
        return len(caught)

    aged(40)
    count()  # what is kept in memory is read
    one = min(count(), count())
    for _number in range(8):
        aged(5)
    assert min(count(), count()) == one


def test_a_reminder_goes_out_once_a_day_with_a_link_that_opens(page: Any) -> None:
    bill = aged(45)
    patient, nobody = bill.patient, page()
    contact = actions.remind_debtor(patient=patient, by=None)
    text = Message.objects.get(kind="debt_reminder", patient=patient).text
    assert "۵۰۰٬۰۰۰" in text
    assert f"/bill/{bill.public_token}/" in text
    with pytest.raises(Conflict):
        actions.remind_debtor(patient=patient, by=None)
    aged(2, 700, patient=patient)
    shown = nobody.get(f"/owed/{contact.token}/").content.decode()
    assert f"/bill/{bill.public_token}/" in shown
    assert "۵۰۰٬۷۰۰" in shown
    money.pay(bill, 500_000)
    assert f"/bill/{bill.public_token}/" not in nobody.get(f"/owed/{contact.token}/").content.decode()
    assert nobody.get("/owed/none/").status_code == 404


def test_the_rule_reminds_who_is_late_and_nobody_twice() -> None:
    late, _fresh, small = aged(40).patient, aged(10).patient, aged(40, 900).patient
    in_parts, promised = aged(50), aged(60).patient
    today = clinic_today()
    actions.agree_plan(invoice=in_parts, parts=[(today + dt.timedelta(5), Decimal(500_000))], by=None)
    actions.note_debt(patient=promised, kind="promised", promised_on=today + dt.timedelta(3), by=None)
    assert actions.remind_by_rule(by=None) == 0  # the clinic has not turned it on
    rule = {"is_on": True, "after_days": 30, "every_days": 14, "most": 2, "least": Decimal(1000), "by": None}
    actions.save_debt_rules(**rule)
    assert actions.remind_by_rule(by=None) == 1
    assert actions.remind_by_rule(by=None) == 0
    assert [row.patient for row in DebtContact.objects.filter(kind="reminded")] == [late]
    actions.save_debt_rules(**{**rule, "least": Decimal(0)})
    assert actions.remind_by_rule(by=None) == 1
    assert DebtContact.objects.filter(patient=small, is_automatic=True).exists()
    later = today + dt.timedelta(days=15)
    assert actions.remind_by_rule(on=later, by=None) == 3  # the promise is over
    assert actions.remind_by_rule(on=later + dt.timedelta(days=15), by=None) == 2  # two were reminded often enough
    assert not DebtContact.objects.filter(patient=in_parts.patient, kind="reminded").exists()


def test_a_bad_debt_is_a_cost_and_owed_again_when_she_pays() -> None:
    bill = aged(200)
    for amount, reason, field in ((600_000, "x", "amount"), (0, "x", "amount"), (500_000, " ", "reason")):
        with pytest.raises(Invalid) as refused:
            actions.write_off(invoice=bill, amount=Decimal(amount), reason=reason, by=None)
        assert refused.value.field == field
    row = actions.write_off(invoice=bill, amount=Decimal(500_000), reason="نشانی تازه ندارد", form_token="t", by=None)
    again = actions.write_off(invoice=bill, amount=Decimal(500_000), reason="x", form_token="t", by=None)
    assert again == row
    bill.refresh_from_db()
    assert (bill.status, bill.pay_state, bill.due, bill.given_back) == ("balanced", "written_off", 0, 0)
    assert money.books() == {"5060": 500_000, "4010": -500_000}
    money.agreed()
    back = actions.take_back_write_off(write_off=row, reason="پرداخت می‌کند", by=None)
    assert actions.take_back_write_off(write_off=row, reason="x", by=None) == back
    bill.refresh_from_db()
    assert (bill.status, bill.pay_state, bill.due) == ("issued", "unpaid", 500_000)
    money.pay(bill, 500_000)
    money.agreed()
    assert money.books()["1010"] == 500_000
    assert "5060" not in money.books()


def test_a_promise_and_a_call_are_kept_with_their_days() -> None:
    patient, today = aged(31).patient, clinic_today()
    yesterday = today - dt.timedelta(days=1)
    for more, field in (
        ({"kind": "promised"}, "promised_on"),
        ({"kind": "called", "next_on": yesterday}, "next_on"),
        ({"kind": "noted"}, "note"),
        ({"kind": "reminded"}, "kind"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.note_debt(patient=patient, by=None, **more)
        assert refused.value.field == field
    actions.note_debt(patient=patient, kind="called", note="پنجشنبه دوباره", next_on=today, by=None)
    row = listed()[0]
    assert (row.last.note, row.last.amount, row.last.next_on) == ("پنجشنبه دوباره", 500_000, today)


def test_a_bill_is_sent_by_sms_with_its_pay_link(page: Any) -> None:
    bill, desk = money.bill(), page("secretary")
    at = f"/finance/invoices/{bill.pk}/"
    assert desk.post(f"{at}send/", {"form_token": "a"}).status_code == 302
    assert desk.post(f"{at}send/", {"form_token": "a"}).status_code == 302
    sent = Message.objects.get(kind="bill_sent")
    assert f"/bill/{bill.public_token}/" in sent.text
    assert "۵۰۰٬۰۰۰" in sent.text
    assert "پیامک" in desk.get(at).content.decode()
    assert page("nurse").post(f"{at}send/").status_code == 403
    silent = money.bill(patient=money.make.patient(phone=""))
    assert desk.post(f"/finance/invoices/{silent.pk}/send/").status_code == 409


def test_who_may_do_what_with_debts(page: Any, api: Any) -> None:
    bill = aged(45)
    patient = bill.patient
    desk, manager, doctor = page("secretary"), page("manager"), page("doctor")
    assert "c-chip--danger" in desk.get("/finance/debtors/?older=30").content.decode()
    assert doctor.get("/finance/debtors/").status_code == 403
    assert doctor.post("/finance/debtors/remind/", {"patient": patient.pk}).status_code == 403
    assert desk.get(f"/finance/invoices/{bill.pk}/write-off/").status_code == 403
    assert desk.post("/finance/debtors/remind/", {"patient": ["x", "9" * 30]}).status_code == 302
    assert desk.post("/finance/debtors/remind/", {"patient": [patient.pk]}).status_code == 302
    assert Message.objects.filter(kind="debt_reminder").count() == 1
    note = {"kind": "promised", "promised_on": (clinic_today() + dt.timedelta(days=2)).isoformat()}
    assert desk.post(f"/finance/debtors/{patient.pk}/note/", note).status_code in (204, 302)
    assert desk.get(f"/finance/debtors/{patient.pk}/").status_code == 200
    assert b"PK" in desk.get("/finance/debtors/?sheet=xlsx").content[:4]
    assert patient.full_name in desk.get("/finance/debtors/?sheet=csv").content.decode()
    sent = {"amount": "500000", "reason": "x"}
    assert manager.post(f"/finance/invoices/{bill.pk}/write-off/", sent).status_code in (204, 302)
    row = bill.write_offs.get()
    assert desk.post(f"/finance/write-offs/{row.pk}/take-back/").status_code == 403
    assert manager.post(f"/finance/write-offs/{row.pk}/take-back/").status_code == 302
    rows = api("cashier").get("/api/v1/debtors/?older=30").json()["results"]
    assert [(each["patient"], each["owed"], each["days"], each["overdue"]) for each in rows] == [
        (patient.pk, "500000.00", 45, True)
    ]
    assert api("doctor").get("/api/v1/debtors/").status_code == 403
    assert api("cashier").get("/api/v1/debtors/?older=x").status_code == 400
