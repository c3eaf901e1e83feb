"""Makers of insurers and insured patients for the tests of money."""

import datetime as dt
from decimal import Decimal
from typing import Any

from finance import actions
from finance.models import Coverage, Insurer
from finance.queries.days import clinic_today, today
from finance.queries.insurer_balances import insurer_balances
from tests.finance import make as money

START = dt.date(2020, 1, 1)


def insurer(name: str = "تأمین اجتماعی", *, percent: int = 70, kind: str = "basic", **terms: Any) -> Insurer:
    """An insurer with a contract."""
    found = Insurer.objects.filter(name=name).first()
    if found:
        return found
    row = actions.save_insurer(name=name, kind=kind, by=None)
    actions.save_terms(insurer=row, valid_from=START, percent=Decimal(percent), by=None, **terms)
    return row


def covered(patient: Any = None, by: Insurer | None = None, **more: Any) -> Coverage:
    """A patient with a policy."""
    patient = patient or money.make.patient()
    return actions.save_coverage(patient=patient, insurer=by or insurer(), number="۱۲۳۴۵", by=None, **more)


def claimed(count: int = 2, price: int = 500_000) -> Any:
    """A claim of some bills of today that was sent."""
    bills = [money.bill(price, patient=covered().patient) for _number in range(count)]
    day = today(bills[0].branch)
    claim = actions.make_claim(insurer=insurer(), branch=bills[0].branch, first_day=day, last_day=day, by=None)
    return actions.send_claim(claim=claim, by=None)


def agreed() -> None:
    """The books say of every insurer what its documents say, and of patients as always."""
    money.agreed()
    owner = money.make.user("owner")
    balances = insurer_balances(owner, clinic_today())
    assert all(row.agrees and sum(row.ages) == row.owed for row in balances)
    assert sum(row.owed for row in balances) == money.books().get("1110", 0)
