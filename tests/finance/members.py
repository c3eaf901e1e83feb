"""Makers of memberships for the tests of money."""

import datetime as dt
from decimal import Decimal
from typing import Any

from finance import actions
from finance.models import Invoice, Membership, MembershipPeriod, MembershipPlan, MembershipRight, MembershipUse
from scheduling.models import Service
from tests.finance import make as money

SERVICE = object()


def plan(price: int = 300_000, *, gives: Any = None, **terms: Any) -> MembershipPlan:
    """A month: ten percent off everything, two sessions of one service."""
    if gives is None:
        gives = {None: (10, 0), money.make.service(price=Decimal(400_000)): (0, 2)}
    values = {"name": "عضویت طلایی", "price": Decimal(price), "months": 1, "is_active": True, **terms}
    return actions.save_membership_plan(plan=None, gives=gives, by=None, **values)


def member(price: int = 300_000, *, patient: Any = None, paid: int | None = None, **terms: Any) -> Membership:
    """A membership whose first period is paid."""
    row = actions.begin_membership(
        plan=plan(price, **terms), patient=patient or money.make.patient(), branch=money.make.branch(), by=None
    )
    amount = price if paid is None else paid
    if amount:
        money.pay(period(row).invoice, amount)
    return Membership.objects.get(pk=row.pk)


def period(row: Membership) -> MembershipPeriod:
    """Its last period."""
    return row.periods.select_related("invoice").latest("starts_on")


def service_of(row: Membership) -> Service:
    """The service whose sessions are included."""
    found = MembershipRight.objects.filter(period__membership=row, service__isnull=False).first()
    assert found
    assert found.service
    return found.service


def pass_days(row: Membership, days: int) -> None:
    """As if it had begun so many days earlier."""
    for each in MembershipPeriod.objects.filter(membership=row).order_by("starts_on"):
        each.starts_on -= dt.timedelta(days)
        each.ends_on -= dt.timedelta(days)
        each.save()
    if row.frozen_on:
        fresh = Membership.objects.get(pk=row.pk)
        fresh.frozen_on = row.frozen_on - dt.timedelta(days)
        fresh.save()


def agreed() -> None:
    """The debt in the books is what is owed for days to come; rights are what was given less what was used."""
    money.agreed()
    assert -money.books().get("2070", 0) == sum(each.owed for each in MembershipPeriod.objects.all())
    for right in MembershipRight.objects.all():
        assert right.left == right.sessions - sum(use.sessions for use in MembershipUse.objects.filter(right=right))
    for invoice in Invoice.objects.filter(membership_uses__isnull=False).exclude(status="cancelled").distinct():
        assert invoice.discount == sum(use.amount for use in invoice.membership_uses.all())
