"""Packages: sold as a debt, used session by session, exact to the rial, given back, refunded."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from clinic.patients import actions as patients
from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.models import Invoice, Package, PackageMove, Payment
from finance.queries.checkout import checkout_of
from finance.queries.days import today
from finance.tasks import sweep_ahead
from tests.finance import make as money
from tests.finance.packages import agreed, left, over, sold, visit_with


def test_a_sale_is_a_debt_and_no_revenue() -> None:
    package = sold()
    assert money.books() == {"1010": 1_000_000, "2050": -1_000_000, **points()}
    assert package.valid_until == today(package.branch) + dt.timedelta(90)
    agreed()


def points() -> dict[str, Decimal]:
    """What the loyalty programme has posted."""
    return {code: amount for code, amount in money.books().items() if code in {"2020", "4930"}}


def test_each_session_is_revenue_of_its_visit_and_the_last_takes_the_rest() -> None:
    package = sold()
    values = []
    for number in (1, 2, 3):
        invoice = actions.issue_for_visit(visit=visit_with(package), by=None)
        assert (invoice.status, invoice.due) == ("balanced", 0)
        values.append(int(invoice.total))
        move = PackageMove.objects.get(invoice=invoice, kind="used")
        assert (move.number, move.list_price, move.sessions) == (number, 400_000, -1)
        agreed()
    assert values == [333_333, 333_333, 333_334]
    assert money.books()["4010"] == -1_000_000
    assert Package.objects.get().status == "used_up"
    assert actions.issue_for_visit(visit=visit_with(package), by=None).due == 400_000


def test_a_visit_is_counted_once_and_gives_its_session_back() -> None:
    package = sold()
    seen = visit_with(package)
    for _again in range(2):
        actions.issue_for_visit(visit=seen, by=None)
    assert left(package) == [(2, 666_667)]
    for _again in range(2):
        actions.cancel_for_visit(visit=seen, by=None)
    assert left(package) == [(3, 1_000_000)]
    assert "4010" not in money.books()
    actions.issue_for_visit(visit=seen, by=None)
    assert left(package) == [(2, 666_667)]
    agreed()


def test_a_free_package_counts_down_without_money() -> None:
    package = sold(0)
    seen = visit_with(package)
    assert actions.issue_for_visit(visit=seen, by=None).status == "balanced"
    assert left(package) == [(2, 0)]
    actions.cancel_for_visit(visit=seen, by=None)
    assert left(package) == [(3, 0)]
    agreed()


def test_the_desk_sees_the_session_and_may_leave_it() -> None:
    package = sold()
    seen = visit_with(package)
    bill = checkout_of(seen)
    assert bill
    assert bill.session
    assert (bill.session.number, bill.session.item.count, bill.due) == (1, 3, 0)
    actions.choose_package(visit=seen, uses=False, by=None)
    bill = checkout_of(seen)
    assert bill
    assert bill.session
    assert (bill.session.on, bill.due) == (False, 400_000)
    assert actions.issue_for_visit(visit=seen, by=None).due == 400_000
    assert left(package) == [(3, 1_000_000)]
    with pytest.raises(Conflict, match="billed"):
        actions.choose_package(visit=seen, uses=True, by=None)


def test_services_of_one_package_share_its_price_by_their_list_price() -> None:
    laser, peel = money.make.service(price=Decimal(300_000)), money.make.service(price=Decimal(100_000))
    package = sold(1_000_000, counts={laser: 3, peel: 3})
    assert left(package) == [(3, 750_000), (3, 250_000)]
    agreed()


def test_what_was_not_used_is_paid_back_as_it_came() -> None:
    package = sold()
    actions.issue_for_visit(visit=visit_with(package), by=None)
    package = actions.refund_package(package=package, reason="مهاجرت", keep=Decimal(66_667), by=None)
    assert package.status == "refunded"
    assert left(package) == [(0, 0)]
    books = money.books()
    assert (books["1010"], books["4010"], books["4070"]) == (400_000, -333_333, -66_667)
    assert Invoice.objects.get(package=package).due == 0
    with pytest.raises(Conflict):
        actions.refund_package(package=package, reason="دوباره", by=None)
    agreed()


def test_of_a_package_paid_over_time_only_what_was_paid_beyond_its_use_goes_back() -> None:
    package = sold(900_000, paid=400_000)
    actions.issue_for_visit(visit=visit_with(package), by=None)
    actions.refund_package(package=package, reason="انصراف", by=None)
    assert money.books()["1010"] == 300_000  # one session was used
    assert Invoice.objects.get(package=package).due == 0
    agreed()
    other = sold(900_000, paid=100_000)
    actions.issue_for_visit(visit=visit_with(other), by=None)
    actions.refund_package(package=other, reason="انصراف", by=None)
    assert Invoice.objects.get(package=other).due == 200_000  # the session costs more than she paid
    agreed()


def test_a_session_of_a_refunded_package_that_comes_back_can_be_used_again() -> None:
    package = sold()
    seen = visit_with(package)
    actions.issue_for_visit(visit=seen, by=None)
    actions.refund_package(package=package, reason="انصراف", by=None)
    actions.cancel_for_visit(visit=seen, by=None)
    assert left(package) == [(1, 333_333)]
    assert Package.objects.get().status == "active"
    agreed()


def test_money_of_its_bill_goes_back_by_the_package_alone() -> None:
    package = sold()
    payment = Payment.objects.get(invoice=package.invoice)
    with pytest.raises(Conflict, match="used later"):
        actions.refund(payment=payment, amount=Decimal(1000), reason="x", by=None)
    actions.refund(payment=payment, amount=payment.amount, reason="اشتباه", credit=False, by=None)
    agreed()
    actions.cancel_invoice(invoice=package.invoice, reason="x", by=None)
    assert Package.objects.get().status == "cancelled"
    assert money.books() == {}
    agreed()


def test_a_sale_whose_sessions_were_used_is_not_cancelled() -> None:
    package = sold(paid=0)
    actions.issue_for_visit(visit=visit_with(package), by=None)
    with transaction.atomic(), pytest.raises(Conflict, match="Take the package back"):
        actions.cancel_invoice(invoice=package.invoice, reason="x", by=None)
    with pytest.raises(Conflict, match="used later"):
        actions.give_discount(invoice=package.invoice, amount=Decimal(1), reason="x", by=None)


def test_the_family_uses_what_may_be_shared() -> None:
    package = sold(shareable=True)
    child, stranger = money.make.patient(), money.make.patient()
    patients.save_related(patient=child, relative=package.patient, kin="mother", by=None)
    assert actions.issue_for_visit(visit=visit_with(package, patient=stranger), by=None).due == 400_000
    invoice = actions.issue_for_visit(visit=visit_with(package, patient=child), by=None)
    assert (invoice.patient, invoice.due) == (child, 0)
    assert PackageMove.objects.get(invoice=invoice).patient == child
    own = sold(patient=child, counts={package.items.get().service: 1})
    actions.issue_for_visit(visit=visit_with(package, patient=child), by=None)
    assert left(own) == [(0, 0)]  # her own comes first
    agreed()


def test_time_stands_still_while_frozen_and_no_longer_than_allowed() -> None:
    package = sold(freeze_days=30)
    until = package.valid_until
    assert until
    package = actions.freeze_package(package=package, by=None)
    assert actions.issue_for_visit(visit=visit_with(package), by=None).due == 400_000
    package.frozen_on = today(package.branch) - dt.timedelta(10)
    package.save()
    package = actions.unfreeze_package(package=package, by=None)
    assert (package.valid_until, package.frozen_days) == (until + dt.timedelta(10), 10)
    package = actions.freeze_package(package=package, by=None)
    package.frozen_on = today(package.branch) - dt.timedelta(40)
    package.save()
    sweep_ahead()
    package.refresh_from_db()
    assert (package.status, package.valid_until) == ("active", until + dt.timedelta(30))
    with pytest.raises(Conflict):
        actions.freeze_package(package=package, by=None)


def test_what_expires_is_revenue_and_comes_back_with_an_extension() -> None:
    package = sold()
    actions.issue_for_visit(visit=visit_with(package), by=None)
    over(package)
    assert actions.issue_for_visit(visit=visit_with(package), by=None).due == 400_000
    for _again in range(2):
        sweep_ahead()
    assert money.books()["4070"] == -666_667
    assert Package.objects.get().status == "expired"
    agreed()
    day = today(package.branch)
    with pytest.raises(Invalid):
        actions.extend_package(package=package, valid_until=day - dt.timedelta(1), reason="بیماری", by=None)
    actions.extend_package(package=package, valid_until=day, reason="بیماری", by=None)
    assert left(package) == [(2, 666_667)]
    assert "4070" not in money.books()
    agreed()
    over(package)
    sweep_ahead()
    agreed()


def test_it_is_given_on_where_its_rules_allow() -> None:
    package, other = sold(transferable=True), money.make.patient()
    actions.transfer_package(package=package, to=other, reason="هدیه", by=None)
    assert actions.issue_for_visit(visit=visit_with(package, patient=other), by=None).due == 0
    with pytest.raises(Conflict):
        actions.transfer_package(package=sold(), to=other, reason="هدیه", by=None)


def test_two_cards_that_become_one_keep_the_package() -> None:
    package, target = sold(), money.make.patient()
    merge = patients.merge_patients(source=package.patient, target=target, by=None)
    assert actions.issue_for_visit(visit=visit_with(package, patient=target), by=None).due == 0
    patients.separate_patients(merge=merge, reason="x", by=None)
    assert Package.objects.get().patient == package.patient
    agreed()


def test_the_database_refuses_less_than_nothing() -> None:
    item = sold().items.get()
    for field, value in (("left", 4), ("value_left", Decimal(1_000_001)), ("left", 0)):
        item.refresh_from_db()
        setattr(item, field, value)
        with transaction.atomic(), pytest.raises(IntegrityError):
            item.save()
    with transaction.atomic(), pytest.raises(Exception, match=r"written once|denied|append"):
        PackageMove.objects.all().update(sessions=9)
