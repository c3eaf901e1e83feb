"""What came of an online payment, written down: each in a transaction of its own, safe to repeat."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.accounts.models import User
from clinic.shared import gateway
from clinic.shared.actions import action
from clinic.shared.errors import ActionError
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from finance.actions.deposits import hold, lock_appointment
from finance.actions.invoices import locked
from finance.actions.payments import Received, pay, top_up
from finance.models import Deposit, OnlinePayment, OnlinePaymentStatusChange, Payment, PaymentMethod
from finance.statuses import ONLINE_MOVES, DepositStatus, InvoiceStatus, OnlineStatus

S = OnlineStatus
FIRST_LOOK = dt.timedelta(minutes=2)
AT_THE_BANK = dt.timedelta(hours=1)  # longer than any bank's page lives
GIVE_UP = dt.timedelta(days=2)  # a gateway that never answers


@action
def sent_online(*, online: OnlinePayment, authority: str, by: User | None) -> OnlinePayment:
    """Note the gateway's name of a payment, before the patient goes there."""
    return _move(online, S.SENT, by, authority=authority, look_at=timezone.now() + FIRST_LOOK)


@action
def settle_online(*, online: OnlinePayment, verified: gateway.Verified, by: User | None) -> OnlinePayment:
    """Make one payment of money that the gateway has verified; a repeat gets the first.

    It pays what it was started for. Where that is paid or gone meanwhile, it is the patient's credit: never lost.
    """
    online = _locked(online)
    if online.status == S.PAID:
        return online
    received = Received(PaymentMethod.ONLINE, online.amount, None, None, verified.reference, f"online:{online.pk}")
    payment = _to_bill(online, received, by) if online.invoice else _to_deposit(online, received, by)
    online = _move(
        online, S.PAID, by, payment=payment, reference=verified.reference, card=verified.card, problem="", look_at=None
    )
    tell("money", branch=online.branch_id)
    return online


@action
def end_online(*, online: OnlinePayment, to: str, problem: str = "", by: User | None) -> OnlinePayment:
    """Note that nothing was paid: failed, broken off, or never finished. What is paid or ended stays so."""
    online = _locked(online)
    if online.status not in (S.STARTED, S.SENT):
        return online
    return _move(online, to, by, problem=problem[:160], look_at=None)


@action
def look_later(*, online: OnlinePayment, problem: str, waiting: bool = False, by: User | None) -> OnlinePayment:
    """Ask again, the later the older it is; `waiting` where the gateway says that the patient is still there."""
    online = _locked(online)
    if online.status != S.SENT:
        return online
    now = timezone.now()
    age = now - online.created_at
    if age > (AT_THE_BANK if waiting else GIVE_UP):
        return _move(online, S.EXPIRED, by, problem=problem[:160], look_at=None)
    online.problem = problem[:160]
    online.look_at = now + min(max(age / 2, dt.timedelta(seconds=20)), dt.timedelta(minutes=30))
    online.save()
    return online


def _to_bill(online: OnlinePayment, received: Received, by: User | None) -> Payment:
    assert online.invoice is not None
    invoice = locked(online.invoice)
    if invoice.status == InvoiceStatus.ISSUED:
        return pay(
            invoice=invoice, method=received.method, amount=received.amount, reference=received.reference,
            form_token=received.form_token, by=by,
        )  # fmt: skip
    return _to_credit(online, received, by)


def _to_deposit(online: OnlinePayment, received: Received, by: User | None) -> Payment:
    assert online.deposit is not None
    stands = lock_appointment(online.deposit.appointment)
    deposit = Deposit.objects.select_for_update(of=("self",)).select_related("patient", "branch").get(
        pk=online.deposit.pk
    )  # fmt: skip
    if stands and deposit.status == DepositStatus.ASKED and deposit.amount == received.amount:
        try:
            with transaction.atomic():
                return hold(deposit, received, by)
        except ActionError:  # the diary does not take it any more
            pass
    return _to_credit(online, received, by)


def _to_credit(online: OnlinePayment, received: Received, by: User | None) -> Payment:
    return top_up(
        patient=online.patient, branch=online.branch, method=received.method, amount=received.amount,
        reference=received.reference, form_token=received.form_token, by=by,
    )  # fmt: skip


def _locked(online: OnlinePayment) -> OnlinePayment:
    rows = OnlinePayment.objects.select_for_update(of=("self",))
    return rows.select_related("deposit__appointment", "invoice", "patient", "branch").get(pk=online.pk)


def _move(online: OnlinePayment, to: str, by: User | None, **changes: Any) -> OnlinePayment:
    move(online, to, moves=ONLINE_MOVES, log=OnlinePaymentStatusChange, by=by, changes=changes)
    return _locked(online)
