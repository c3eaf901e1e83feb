"""Reads of deposits: what is asked, what is held."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from finance.models import Deposit, Invoice, OnlinePayment, Payment
from finance.queries.money import NOTHING, credit_of
from finance.queries.online import is_open
from finance.statuses import DepositStatus, InvoiceStatus
from scheduling.models import Appointment
from scheduling.statuses import HOLDS_THE_SLOT, AppointmentStatus


@dataclass(frozen=True)
class DepositState:
    """A deposit as its appointment's pages show it; `can_pay` while it is asked for and the visit stands."""

    appointment: Appointment
    deposit: Deposit | None
    amount: Decimal
    payment: Payment | None
    can_pay: bool
    credit: Decimal
    until: dt.datetime | None  # after it the time is given away
    over: bool  # that moment has passed
    open: OnlinePayment | None  # somebody is at the bank now
    last: OnlinePayment | None  # the newest try, whatever became of it


def deposit_of(appointment: Appointment) -> Deposit | None:
    """The deposit row of an appointment."""
    return Deposit.objects.filter(appointment=appointment.pk).select_related("patient", "branch").first()


def deposit_state(appointment: Appointment) -> DepositState | None:
    """What an appointment's pages show; None for one without a deposit."""
    deposit = deposit_of(appointment)
    if deposit is None and (appointment.deposit <= 0 or appointment.patient is None):
        return None
    alive = appointment.status in HOLDS_THE_SLOT - {AppointmentStatus.HELD, AppointmentStatus.FULFILLED}
    unpaid = deposit is None or deposit.status in (DepositStatus.ASKED, DepositStatus.LAPSED)
    online = list(deposit.online.order_by("-pk")[:20]) if deposit else []
    until = appointment.hold_expires_at if appointment.status == AppointmentStatus.PENDING else None
    over = appointment.status == AppointmentStatus.EXPIRED or (until is not None and until <= timezone.now())
    came = deposit.payments.filter(invoice=None).order_by("-pk").first() if deposit else None
    return DepositState(
        appointment=appointment,
        deposit=deposit,
        amount=deposit.amount if deposit else appointment.deposit,
        payment=came,
        can_pay=alive and unpaid and appointment.deposit_settled_at is None and not over,
        credit=credit_of(appointment.patient) if appointment.patient else NOTHING,
        until=until,
        over=over,
        open=next((row for row in online if is_open(row)), None),
        last=online[0] if online else None,
    )


def held_for(appointment: Appointment | None) -> Decimal:
    """What is held for a visit before its bill is issued."""
    deposit = deposit_of(appointment) if appointment else None
    return deposit.held if deposit and deposit.status == DepositStatus.HELD else NOTHING


def fee_bill_of(appointment: Appointment) -> Invoice | None:
    """The bill of an appointment's fee that is not cancelled."""
    fee = getattr(appointment, "fee", None)
    rows = Invoice.objects.exclude(status=InvoiceStatus.CANCELLED)
    return rows.filter(cause=f"fee:{fee.pk}").first() if fee else None
