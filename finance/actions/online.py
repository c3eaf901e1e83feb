"""Payments through the online gateway: a row first, the gateway outside of any transaction, its word alone counts.

started → sent to the bank → paid, failed, broken off or never finished. What was paid becomes one payment, however
often and by whomever we are told: the browser that comes back, the sweep, or both at once.
"""

import datetime as dt
import secrets
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared import gateway
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, TooMany, Unavailable
from finance.actions.deposits import ask_deposit
from finance.actions.invoices import locked
from finance.actions.settling import AT_THE_BANK, FIRST_LOOK, end_online, look_later, sent_online, settle_online
from finance.models import (
    Deposit,
    Invoice,
    OnlinePayment,
    OnlinePaymentStatusChange,
)
from finance.queries.deposits import deposit_state
from finance.queries.online import merchant
from finance.statuses import InvoiceStatus, OnlineStatus
from scheduling.actions.at_bank import wait_for_bank
from scheduling.models import Appointment

S = OnlineStatus
SAME_CLICK = dt.timedelta(seconds=30)
MOST_TRIES = 10  # an hour, for one thing
# The gateway does not know it, or it is somebody else's: asking again is of no use.
NOT_OURS = {-53, -54}


@action
def start_for_deposit(*, appointment: Appointment, by: User | None) -> OnlinePayment:
    """Begin to pay an appointment's deposit online. Raises Conflict where nothing is to be paid or online is off."""
    appointment = wait_for_bank(appointment=appointment, by=by)
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
