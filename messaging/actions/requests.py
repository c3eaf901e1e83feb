"""What patients are told of bookings that are not certain yet, and of fees for missed ones."""

from decimal import Decimal
from typing import Any

from clinic.shared.actions import action
from clinic.shared.calendar import format_time
from clinic.shared.money import format_money, format_number
from clinic.shared.speaking import speaking
from finance.models import Deposit
from finance.queries import fee_bill_of, session_of
from messaging.actions.queue import queue_message, withdraw_for
from messaging.models import Message
from scheduling.events import AppointmentLapsed, AppointmentRejected, AppointmentRequested, DepositAsked
from scheduling.models import Appointment, MissFee

AboutRequest = AppointmentRequested | DepositAsked | AppointmentRejected | AppointmentLapsed
KINDS: dict[type, str] = {
    AppointmentRequested: "booking_requested",
    DepositAsked: "deposit_asked",
    AppointmentRejected: "booking_rejected",
    AppointmentLapsed: "booking_lapsed",
}


@action
def tell_of_request(*, about: AboutRequest, appointment: Appointment, by: Any) -> Message | None:
    """Queue what an event says about a waiting booking; what waited before is not sent any more."""
    withdraw_for(appointment=appointment, by=by)
    patient, facts = appointment.patient, dict[str, Any]()
    if patient is None:
        return None
    if isinstance(about, DepositAsked) and appointment.hold_expires_at:
        with speaking(patient.language, appointment.time_zone) as language:
            facts = {
                "amount": format_money(appointment.deposit),
                "until": format_time(appointment.hold_expires_at, language),
            }
    cause = f"appointment:{appointment.pk}"
    return queue_message(kind=KINDS[type(about)], patient=patient, appointment=appointment, cause=cause, by=by, **facts)


@action
def tell_of_fee(*, fee: MissFee, by: Any) -> Message | None:
    """Queue the message about a fee that was charged: what is owed, that a session or the deposit went for it."""
    appointment, bill = fee.appointment, fee_bill_of(fee.appointment)
    if appointment.patient is None or bill is None:
        return None
    session = session_of(bill)
    with speaking(appointment.patient.language):
        about: dict[str, Any] = {"amount": format_money(bill.due or fee.amount)}
        if session and session.item:
            about = {"count": format_number(session.item.left)}
    return queue_message(
        kind="session_counted" if session else "fee_charged" if bill.due else "deposit_kept",
        patient=appointment.patient, appointment=appointment, cause=f"fee:{fee.pk}", by=by, **about,
    )  # fmt: skip


@action
def tell_of_returned_deposit(*, deposit: Deposit, amount: Decimal, by: Any) -> Message | None:
    """Queue the message that a deposit went into the patient's credit."""
    with speaking(deposit.patient.language):
        words = format_money(amount)
    cause = f"deposit:{deposit.pk}:{deposit.returned}"
    return queue_message(
        kind="deposit_returned", patient=deposit.patient, appointment=deposit.appointment, cause=cause, amount=words,
        by=by,
    )  # fmt: skip
