"""Memberships: a debt that is earned day by day, a price that is resolved once, renewed, frozen, given back."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinic.patients import actions as patients
from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.models import Invoice, Journal, Membership, MembershipRight, MembershipUse
from finance.queries.checkout import checkout_of
from finance.queries.days import after_months, today
from finance.tasks import sweep_ahead
from messaging.models import Message
from scheduling import actions as floor
from tests.finance import make as money
from tests.finance.members import agreed, member, pass_days, period, plan, service_of


def earned() -> Decimal:
    return -money.books().get("4080", Decimal(0))


def test_a_sale_is_a_debt_that_becomes_revenue_day_by_day() -> None:
    row = member()
    now = period(row)
    assert now.ends_on == after_months(today(row.branch), 1)
    assert (money.books()["2070"], earned()) == (-300_000, 0)
    for passed in (1, 9):
        pass_days(row, passed)
        for _again in range(2):
            sweep_ahead()
        agreed()
    assert earned() == Decimal(300_000) * 10 // now.days
    assert Journal.objects.filter(kind="membership_earned").count() == 2
    row.renews = False
    row.save()
    pass_days(row, now.days)
    sweep_ahead()
    assert earned() == 300_000
    assert Membership.objects.get().status == "expired"
    assert "2070" not in money.books()
    agreed()


def test_a_visit_costs_less_and_says_why() -> None:
    row = member()
    seen = money.visit(price=505_005, patient=row.patient)
    shown = checkout_of(seen)
    assert shown
    assert (shown.discount, shown.due, shown.lines[0].because) == (50_500, 454_505, "عضویت طلایی")
    invoice = actions.issue_for_visit(visit=seen, by=None)
    line = invoice.lines.get()
    assert (line.unit_price, line.discount, line.total) == (505_005, 50_500, 454_505)
    assert line.price_source == f"service:{seen.service_id} membership:{row.pk}"
    assert actions.issue_for_visit(visit=seen, by=None).pk == invoice.pk
    assert MembershipUse.objects.get().list_price == 505_005
    agreed()


def test_included_sessions_are_counted_and_come_back() -> None:
    row = member()
    service = service_of(row)
    visits = [money.visit(service=service, patient=row.patient) for _each in range(3)]
    bills = [actions.issue_for_visit(visit=each, by=None) for each in visits]
    assert [(bill.due, bill.status) for bill in bills[:2]] == [(0, "balanced")] * 2
    assert bills[2].due == 400_000  # its own row gives nothing off, and stands before the one for all
    for _again in range(2):
        actions.cancel_for_visit(visit=visits[0], by=None)
    assert MembershipRight.objects.get(service=service).left == 1
    agreed()
    assert actions.issue_for_visit(visit=visits[0], by=None).due == 0
    agreed()


def test_nothing_is_given_before_it_is_paid_while_frozen_and_after_its_end() -> None:
    row = member(paid=100_000, freeze_days=10)
    assert actions.issue_for_visit(visit=money.visit(patient=row.patient), by=None).due == 500_000
    money.pay(period(row).invoice, 200_000)
    actions.freeze_membership(membership=row, by=None)
    assert actions.issue_for_visit(visit=money.visit(patient=row.patient), by=None).due == 500_000
    actions.unfreeze_membership(membership=row, by=None)
    assert actions.issue_for_visit(visit=money.visit(patient=row.patient), by=None).due == 450_000
    pass_days(row, 40)
    assert actions.issue_for_visit(visit=money.visit(patient=row.patient), by=None).due == 500_000


@pytest.mark.parametrize(("shareable", "due"), [(True, 450_000), (False, 500_000)])
def test_the_family_shares_it_where_its_terms_say_so(shareable: bool, due: int) -> None:
    row, child = member(shareable=shareable), money.make.patient()
    patients.save_related(patient=child, relative=row.patient, kin="mother", by=None)
    assert actions.issue_for_visit(visit=money.visit(patient=child), by=None).due == due
    assert actions.issue_for_visit(visit=money.visit(patient=money.make.patient()), by=None).due == 500_000


def test_it_is_renewed_with_a_bill_and_a_reminder() -> None:
    row = member(patient=money.make.patient(phone="+989121112233"))
    pass_days(row, 20)
    sweep_ahead()
    assert row.periods.count() == 1
    plan_now = row.plan
    plan_now.price = Decimal(330_000)
    plan_now.save()
    pass_days(row, (period(row).ends_on - today(row.branch)).days - 3)
    for _again in range(2):
        sweep_ahead()
    last = period(row)
    first = row.periods.earliest("starts_on")
    assert (row.periods.count(), last.starts_on, last.price) == (2, first.ends_on, 330_000)
    message = Message.objects.get(kind="membership_due")
    assert f"/bill/{last.invoice.public_token}/" in message.text
    money.pay(last.invoice, 330_000)
    pass_days(row, 10)
    sweep_ahead()
    assert actions.issue_for_visit(visit=money.visit(patient=row.patient), by=None).due == 450_000
    assert MembershipRight.objects.filter(period=last, service__isnull=False).get().left == 2
    agreed()


def test_who_does_not_pay_the_next_period_is_a_member_no_more() -> None:
    row = member()
    pass_days(row, (period(row).ends_on - today(row.branch)).days - 3)
    sweep_ahead()
    bill = period(row).invoice
    pass_days(row, 11)
    sweep_ahead()
    assert Invoice.objects.get(pk=bill.pk).status == "cancelled"
    assert Membership.objects.get().status == "expired"
    assert earned() == 300_000
    agreed()
    assert actions.begin_membership(plan=row.plan, patient=row.patient, branch=row.branch, by=None).pk != row.pk


def test_who_wants_no_more_is_not_billed_and_may_change_her_mind() -> None:
    row = member()
    pass_days(row, (period(row).ends_on - today(row.branch)).days - 3)
    sweep_ahead()
    actions.set_renewal(membership=row, renews=False, by=None)
    assert period(row).invoice.status == "cancelled"
    sweep_ahead()
    agreed()
    actions.set_renewal(membership=row, renews=True, by=None)
    sweep_ahead()
    assert row.periods.exclude(invoice__status="cancelled").count() == 2
    agreed()


def test_freezing_stops_its_time_and_its_revenue() -> None:
    row = member(freeze_days=5)
    ends = period(row).ends_on
    pass_days(row, 10)
    actions.freeze_membership(membership=row, by=None)
    before = earned()
    assert before == Decimal(300_000) * 10 // period(row).days
    pass_days(Membership.objects.get(), 3)
    sweep_ahead()
    assert earned() == before
    row = actions.unfreeze_membership(membership=row, by=None)
    assert (row.frozen_days, period(row).ends_on) == (3, ends - dt.timedelta(13 - 3))
    sweep_ahead()
    assert earned() == before
    actions.freeze_membership(membership=row, by=None)
    pass_days(Membership.objects.get(), 4)
    sweep_ahead()
    assert Membership.objects.get().status == "active"
    assert Membership.objects.get().frozen_days == 5
    with pytest.raises(Conflict, match=r"as long"):
        actions.freeze_membership(membership=row, by=None)
    with pytest.raises(Conflict):
        actions.freeze_membership(membership=member(), by=None)
    agreed()


@pytest.mark.parametrize(("paid", "keep", "back"), [(300_000, None, "rest"), (300_000, 50_000, "rest"), (0, None, 0)])
def test_cancelling_gives_the_rest_back(paid: int, keep: Any, back: Any) -> None:
    row = member(paid=paid)
    days = period(row).days
    pass_days(row, 6)
    with pytest.raises(Invalid):
        actions.cancel_membership(membership=row, reason=" ", by=None)
    with pytest.raises(Invalid):
        actions.cancel_membership(membership=row, reason="x", keep=Decimal(999_999), by=None)
    row = actions.cancel_membership(membership=row, reason="سفر", keep=Decimal(keep) if keep else None, by=None)
    done = Decimal(300_000) * 6 // days + (keep or 0) if paid else Decimal(0)
    assert row.status == "cancelled"
    assert earned() == done
    assert money.books().get("1010", 0) == (done if back else 0)
    assert "2070" not in money.books()
    agreed()
    with pytest.raises(Conflict):
        actions.cancel_membership(membership=row, reason="x", by=None)


def test_a_sale_is_cancelled_only_before_days_have_passed() -> None:
    row = member(paid=0)
    actions.cancel_invoice(invoice=period(row).invoice, reason="x", by=None)
    agreed()
    other = member()
    pass_days(other, 3)
    actions.earn_membership(membership=other, by=None)
    refunded = period(other).invoice.payments.get()
    with pytest.raises(Conflict):  # money of its bill goes back by the membership alone
        actions.refund(payment=refunded, amount=Decimal(1000), reason="x", by=None)


def test_a_form_sent_twice_begins_one_and_one_runs_at_a_time() -> None:
    kind, patient, branch = plan(), money.make.patient(), money.make.branch()
    pair = [
        actions.begin_membership(plan=kind, patient=patient, branch=branch, form_token="t", by=None) for _i in range(2)
    ]
    assert pair[0].pk == pair[1].pk
    with pytest.raises(Conflict, match=r"already"):
        actions.begin_membership(plan=kind, patient=patient, branch=branch, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership(plan=kind, patient=patient, branch=branch, name="x", price=1).save()
    with pytest.raises(Invalid):
        plan(gives={None: (0, 0)})
    with pytest.raises(Invalid):
        plan(gives={None: (0, 3)})


def test_members_go_first_in_the_line(make: Any) -> None:
    row = member(priority=True)
    service = money.make.service()
    doctor = money.make.practitioner(service, hours=False)
    common = {"service": service, "practitioner": doctor, "branch": row.branch, "by": None}
    other = floor.walk_in(patient=money.make.patient(), **common)
    first = floor.walk_in(patient=row.patient, referred_by="a friend", **common)
    other.refresh_from_db()
    first.refresh_from_db()
    assert (other.priority, first.priority) == (0, 5)
    assert floor.call_next(branch=row.branch, by=None, practitioner=doctor).pk == first.pk
