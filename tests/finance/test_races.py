"""Many at once with real commits: one posting for one key, never more than there is."""

import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection, connections

from clinic.shared.errors import ActionError
from clinic.shared.tenancy import use_clinic
from finance import actions, queries
from finance.models import Invoice, Payment, Refund
from loyalty import actions as loyalty
from loyalty.queries import balance
from tests.finance import make as money

THREADS = 8


def race(clinic: Any, works: list[Callable[[], Any]]) -> Counter[str]:
    """Run all at once, each with its own connection; what came of them."""
    gate, found = threading.Barrier(len(works)), Counter[str]()

    def run(work: Callable[[], Any]) -> None:
        try:
            with use_clinic(clinic):
                gate.wait(20)
                work()
            found["ok"] += 1
        except ActionError as error:
            found[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    connections.close_all()
    return found


def balanced() -> None:
    found = queries.trial_balance()
    assert found.balances


def test_one_form_sent_by_many_pays_once(committed: Any) -> None:
    invoice = money.bill(500_000)
    found = race(committed, [lambda: money.pay(invoice, 500_000, form_token="one")] * THREADS)
    assert found == {"ok": THREADS}
    assert Payment.objects.count() == 1
    balanced()


def test_credit_points_and_refunds_never_go_below_zero(committed: Any) -> None:
    patient, branch = money.make.patient(), money.make.branch()
    actions.top_up(patient=patient, branch=branch, method="cash", amount=Decimal(300_000), by=None)
    bills = [money.bill(100_000, patient=patient) for _ in range(THREADS)]
    found = race(committed, [lambda bill=bill: money.pay(bill, 100_000, "wallet") for bill in bills])
    assert found == {"ok": 3, "Conflict": THREADS - 3}
    assert queries.credit_of(patient) == 0

    loyalty.earn(patient=patient, amount=Decimal(1_000_000), cause="invoice:0", by=None)
    redeems = [
        lambda place=place: loyalty.redeem(
            patient=patient, points=4, limit_amount=Decimal(10**9), cause=f"race:{place}", by=None
        )
        for place in range(THREADS)
    ]
    assert race(committed, redeems) == {"ok": 2, "Conflict": THREADS - 2}
    assert balance(patient) == 2

    payment = Payment.objects.filter(method="wallet").first()
    assert payment is not None
    refunds = [lambda: actions.refund(payment=payment, amount=Decimal(40_000), reason="x", by=None)] * THREADS
    assert race(committed, refunds) == {"ok": 2, "Conflict": THREADS - 2}
    assert sum(row.amount for row in Refund.objects.all()) == 80_000
    balanced()


def test_numbers_have_no_gap_and_no_double_when_all_bill_at_once(committed: Any) -> None:
    visits = [money.visit() for _ in range(THREADS // 2)]
    works = [lambda visit=visit: actions.issue_for_visit(visit=visit, by=None) for visit in visits * 2]
    assert race(committed, works) == {"ok": THREADS}
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, THREADS // 2 + 1))
    balanced()
