"""Payments through the online gateway: a row first, the gateway outside of any transaction, its word alone counts.

started → sent to the bank → paid, failed, broken off or never finished. What was paid becomes one payment, however
often and by whomever we are told: the browser that comes back, the sweep, or both at once.
"""

import datetime as dt
import secrets
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared import gateway
from clinic.shared.actions import action
from clinic.shared.errors import ActionError, Conflict, TooMany, Unavailable
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from finance.actions.deposits import ask_deposit, hold, lock_appointment
from finance.actions.invoices import locked
from finance.actions.payments import Received, pay, top_up
from finance.models import (
    Deposit,
    Invoice,
    OnlinePayment,
    OnlinePaymentStatusChange,
    Payment,
    PaymentMethod,
)
from finance.queries.deposits import deposit_state, merchant
from finance.statuses import ONLINE_MOVES, DepositStatus, InvoiceStatus, OnlineStatus
from scheduling.models import Appointment

S = OnlineStatus
FIRST_LOOK = dt.timedelta(minutes=2)
SAME_CLICK = dt.timedelta(seconds=30)
MOST_TRIES = 10  # an hour, for one thing
# The gateway does not know it, or it is somebody else's: asking again is of no use.
NOT_OURS = {-53, -54}
AT_THE_BANK = dt.timedelta(hours=1)  # longer than any bank's page lives
GIVE_UP = dt.timedelta(days=2)  # a gateway that never answers


@action
def start_for_deposit(*, appointment: Appointment, by: User | None) -> OnlinePayment:
    """Begin to pay an appointment's deposit online. Raises Conflict where nothing is to be paid or online is off."""
    deposit = ask_deposit(appointment=appointment, by=by)
    if deposit is not None:
        Deposit.objects.select_for_update(of=("self",)).get(pk=deposit.pk)
    state = deposit_state(appointment)
    if state is None or deposit is None or not state.can_pay:
        raise Conflict(_("There is nothing to pay for this appointment any more."), code="nothing_owed")
    same = OnlinePayment.objects.filter(deposit=deposit)
    return _recent(same, deposit.amount) or _start(same, deposit.amount, deposit=deposit, by=by)


@action
def start_for_invoice(*, invoice: Invoice, by: User | None) -> OnlinePayment:
    """Begin to pay online what is owed on a bill. Raises Conflict where nothing is owed or online is off."""
    invoice = locked(invoice)
    if invoice.status != InvoiceStatus.ISSUED or invoice.due <= 0:
        raise Conflict(_("Nothing is owed on this bill."), code="nothing_owed")
    same = OnlinePayment.objects.filter(invoice=invoice)
    return _recent(same, invoice.due) or _start(same, invoice.due, invoice=invoice, by=by)


def begin_online(online: OnlinePayment, *, callback_url: str, description: str) -> str:
    """Announce a started payment to the gateway and give the address of its page; no transaction is open meanwhile.

    Raises Unavailable in words for the patient where the gateway refuses or does not answer.
    """
    if online.status == S.SENT and online.authority:
        return _bank(online).page(online.authority)
    try:
        authority = _bank(online).request(
            amount=int(online.amount), description=description, callback_url=callback_url, mobile=online.patient.phone
        )
    except (gateway.Refused, gateway.NoAnswer) as problem:
        end_online(online=online, to=S.FAILED, problem=str(problem), by=None)
        raise Unavailable(
            _("The bank does not answer now, and nothing was paid. Try again in a minute, or pay at the desk.")
        ) from None
    sent_online(online=online, authority=authority, by=None)
    return _bank(online).page(authority)


def check_online(online: OnlinePayment, *, came_back: bool = False) -> OnlinePayment:
    """Ask the gateway what became of a payment and settle it; `came_back` when the patient has left the bank's page.

    Safe at any time, any number of times, at once. No transaction is open while the gateway is asked.
    """
    if online.status in (S.PAID, S.STARTED) or not online.authority:
        return online
    bank = _bank(online)
    try:
        if not came_back and bank.inquire(online.authority) == gateway.State.IN_BANK:
            return look_later(online=online, problem="", waiting=True, by=None)
        verified = bank.verify(authority=online.authority, amount=int(online.amount))
    except gateway.WrongAmount as problem:
        return end_online(online=online, to=S.FAILED, problem=str(problem), by=None)
    except gateway.NotPaid:
        return _not_paid(online, bank)
    except gateway.Refused as problem:
        if problem.code in NOT_OURS:
            return end_online(online=online, to=S.FAILED, problem=str(problem), by=None)
        return look_later(online=online, problem=str(problem), by=None)
    except gateway.NoAnswer as problem:
        return look_later(online=online, problem=str(problem), by=None)
    return settle_online(online=online, verified=verified, by=None)


def _not_paid(online: OnlinePayment, bank: gateway.Gateway) -> OnlinePayment:
    try:
        state = bank.inquire(online.authority or "")
    except (gateway.Refused, gateway.NoAnswer) as problem:
        return look_later(online=online, problem=str(problem), by=None)
    if state == gateway.State.FAILED:
        return end_online(online=online, to=S.CANCELLED, by=None)
    if state == gateway.State.REVERSED:
        return end_online(online=online, to=S.FAILED, problem="given back by the bank", by=None)
    return look_later(online=online, problem="", waiting=True, by=None)


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


def _recent(same: QuerySet[OnlinePayment], amount: Decimal) -> OnlinePayment | None:
    """A second click within seconds is the first one."""
    since = timezone.now() - SAME_CLICK
    return same.filter(status=S.SENT, amount=amount, created_at__gt=since).select_related("patient").first()


def _start(
    same: QuerySet[OnlinePayment],
    amount: Decimal,
    *,
    deposit: Deposit | None = None,
    invoice: Invoice | None = None,
    by: User | None,
) -> OnlinePayment:
    thing = deposit or invoice
    assert thing is not None
    account = merchant()
    if not account:
        raise Conflict(_("Paying online is not offered here. Pay at the desk."), code="offline")
    if same.filter(created_at__gt=timezone.now() - AT_THE_BANK).count() >= MOST_TRIES:
        raise TooMany(_("This was tried many times already. Wait an hour, or pay at the desk."), retry_after=3600)
    online = OnlinePayment(
        deposit=deposit,
        invoice=invoice,
        patient=thing.patient,
        branch=thing.branch,
        amount=amount,
        merchant_id=account,
        token=secrets.token_urlsafe(24),
        look_at=timezone.now() + FIRST_LOOK,
    )
    online.save()
    OnlinePaymentStatusChange.record(online, "", S.STARTED, by=by)
    return online


def _bank(online: OnlinePayment) -> gateway.Gateway:
    return gateway.gateway(online.merchant_id)


def _locked(online: OnlinePayment) -> OnlinePayment:
    rows = OnlinePayment.objects.select_for_update(of=("self",))
    return rows.select_related("deposit__appointment", "invoice", "patient", "branch").get(pk=online.pk)


def _move(online: OnlinePayment, to: str, by: User | None, **changes: Any) -> OnlinePayment:
    move(online, to, moves=ONLINE_MOVES, log=OnlinePaymentStatusChange, by=by, changes=changes)
    return _locked(online)
