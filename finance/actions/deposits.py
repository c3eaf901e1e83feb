"""Deposits of appointments: asked for, kept as a debt, then part of a bill or the patient's credit.

Locks go from above to below: doctor and appointment (scheduling), bill, deposit, payment, credit.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from finance.actions.drawers import drawer_for
from finance.actions.invoices import settle
from finance.actions.ledger import Entry, post
from finance.actions.payments import Received, change_credit, check_received, repeated, write_payment
from finance.events import DepositReturned, PaymentReceived
from finance.models import REAL_MONEY, Deposit, DepositStatusChange, Invoice, Payment, PaymentMethod
from finance.queries.days import today
from finance.queries.discounts import waiting_amount
from finance.statuses import DEPOSIT_MOVES, DepositStatus, InvoiceStatus
from scheduling import actions as scheduling
from scheduling.actions.occupancy import lock_doctors
from scheduling.models import Appointment, MissFee
from scheduling.statuses import HOLDS_THE_SLOT, AppointmentStatus, FeeStatus

D = DepositStatus


@action
def ask_deposit(*, appointment: Appointment, by: User | None) -> Deposit | None:
    """Ask for the deposit that an appointment carries, once; None for one without a deposit or a patient."""
    deposit = locked_deposit(appointment)
    if deposit is None:
        if appointment.patient is None or appointment.deposit <= 0:
            return None
        deposit, made = Deposit.objects.get_or_create(
            appointment=appointment,
            defaults={"patient": appointment.patient, "branch": appointment.branch, "amount": appointment.deposit},
        )
        if made:
            DepositStatusChange.record(deposit, "", D.ASKED, by=by)
        return deposit
    return _move(deposit, D.ASKED, by) if deposit.status == D.LAPSED else deposit


@action
def take_deposit(
    *,
    appointment: Appointment,
    method: str,
    tendered: Decimal | None = None,
    reference: str = "",
    form_token: str = "",
    by: User | None,
) -> Payment:
    """Take the whole deposit of an appointment with real money or out of the patient's credit; it then stands.

    Repeatable by `form_token`. Raises Invalid for another method, Conflict where nothing is asked for, it is paid
    already, the appointment does not stand any more, or the credit is too small.
    """
    stands = lock_appointment(appointment)
    shift = None if repeated(form_token) else drawer_for(appointment.branch, method, by)
    deposit = ask_deposit(appointment=appointment, by=by)
    if deposit is None:
        raise Conflict(_("No deposit is asked for this appointment."), code="no_deposit")
    deposit = Deposit.objects.select_for_update(of=("self",)).select_related("patient", "branch").get(pk=deposit.pk)
    done = repeated(form_token)
    if done:
        return done
    if not stands:
        raise Conflict(_("This appointment does not stand any more; take no deposit for it."), code="gone")
    if deposit.status != D.ASKED:
        raise Conflict(_("This deposit is paid already."), code="paid")
    if method not in REAL_MONEY | {PaymentMethod.WALLET}:
        raise Invalid(_("A deposit is paid with money or out of the credit."), field="method")
    received = Received(method, deposit.amount, tendered, None, reference, form_token, shift)
    check_received(received)
    return hold(deposit, received, by)


def hold(deposit: Deposit, received: Received, by: User | None) -> Payment:
    """Write the payment of a locked deposit that is not paid, and tell the diary. Call it inside an action."""
    if received.method == PaymentMethod.WALLET:
        change_credit(patient=deposit.patient, amount=-received.amount, by=by)
    payment = write_payment(
        received, received.amount, patient=deposit.patient, branch=deposit.branch, deposit=deposit, by=by
    )
    _move(deposit, D.HELD, by, paid=deposit.paid + received.amount)
    publish(PaymentReceived(payment.pk))
    # What waited for the money is booked by it.
    scheduling.deposit_paid(appointment=Appointment.objects.get(pk=deposit.appointment_id), by=by)
    _tell(deposit)
    return payment


@action
def use_deposit(*, invoice: Invoice, appointment: Appointment, by: User | None) -> Invoice:
    """Pay an issued bill with what is held for an appointment; what is more goes into the patient's credit.

    The bill must be locked by the caller. Nothing happens without a held deposit, so it may be repeated.
    """
    deposit = locked_deposit(appointment)
    if deposit is None or deposit.status != D.HELD:
        return invoice
    part = (
        min(deposit.held, invoice.due - waiting_amount(invoice))
        if invoice.status == InvoiceStatus.ISSUED
        else Decimal(0)
    )
    if part:
        received = Received(PaymentMethod.DEPOSIT, part)
        payment = write_payment(
            received, part, patient=invoice.patient, branch=invoice.branch, invoice=invoice, deposit=deposit, by=by
        )
        invoice.paid += part
        invoice.save()
        deposit = _spend(deposit, by, used=deposit.used + part)
        publish(PaymentReceived(payment.pk))
        invoice = settle(invoice=invoice, by=by)
    give_to_credit(deposit, deposit.held, by)
    return invoice


@action
def follow_deposit(*, appointment: Appointment, asked: bool = False, by: User | None) -> None:
    """Bring a deposit in line with what became of its appointment; `asked` where the booking waits for it now.

    While the visit may happen it is asked for or held, also after a cancellation was taken back. Else what is held
    goes into the patient's credit, unless a fee is undecided or charged, and nothing is asked for any more.
    """
    if asked:
        ask_deposit(appointment=appointment, by=by)
    deposit = locked_deposit(appointment)
    if deposit is None:
        return
    if stands(appointment):
        _again(deposit, by)
    elif deposit.status == D.ASKED:
        _move(deposit, D.LAPSED, by)
    elif deposit.status == D.HELD and not _fee_is_open(appointment):
        give_to_credit(deposit, deposit.held, by)


def _again(deposit: Deposit, by: User | None) -> None:
    """What went into the credit is held again where it is still there; what was not paid is asked for again."""
    if deposit.status == D.LAPSED:
        _move(deposit, D.ASKED, by)
    if deposit.status != D.SETTLED or not deposit.returned or deposit.used:
        return
    try:
        change_credit(patient=deposit.patient, amount=-deposit.returned, by=by)
    except Conflict:  # she has spent it; the desk sees that this deposit was returned
        return
    cause = f"deposit:{deposit.pk}/again:{deposit.moves.count()}"
    _post("deposit_taken_back", cause, deposit.returned, deposit, by)
    _move(deposit, D.HELD, by, returned=Decimal(0))
    _tell(deposit)


@action
def move_deposit(*, old: Appointment, new: Appointment, by: User | None) -> None:
    """The deposit goes with the patient to the new time."""
    deposit = locked_deposit(old)
    if deposit is not None:
        deposit.appointment, deposit.branch = new, new.branch
        deposit.save()
        _tell(deposit)


def give_to_credit(deposit: Deposit, amount: Decimal, by: User | None, *, say: bool = True) -> Deposit:
    """Return a part of a locked deposit into the patient's credit, and say so to her. Call it inside an action."""
    if not amount:
        return deposit
    cause = f"deposit:{deposit.pk}/returned:{deposit.moves.count()}:{deposit.returned + amount}"
    _post("deposit_returned", cause, amount, deposit, by)
    change_credit(patient=deposit.patient, amount=amount, by=by)
    deposit = _spend(deposit, by, returned=deposit.returned + amount)
    if say:
        publish(DepositReturned(deposit.pk, amount))
    _tell(deposit)
    return deposit


def give_back_used(deposit: Deposit, amount: Decimal, by: User | None) -> Deposit:
    """A bill gives back what a locked deposit had paid of it: it is held again. The caller posts."""
    if deposit.status == D.SETTLED:
        return _move(deposit, D.HELD, by, used=deposit.used - amount)
    deposit.used -= amount
    deposit.save()
    return deposit


def locked_deposit(appointment: Appointment) -> Deposit | None:
    """The deposit of an appointment as it is now, held until the transaction ends."""
    rows = Deposit.objects.select_for_update(of=("self",)).select_related("patient", "branch")
    return rows.filter(appointment=appointment.pk).first()


def lock_appointment(appointment: Appointment) -> bool:
    """Hold an appointment as it is (doctor first, as the diary does); whether it still stands."""
    lock_doctors([appointment.practitioner_id])
    return stands(Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk))


def stands(appointment: Appointment) -> bool:
    """Whether the visit may still happen or has happened, by the row as it is now."""
    now = Appointment.objects.values_list("status", flat=True).get(pk=appointment.pk)
    return now in HOLDS_THE_SLOT - {AppointmentStatus.HELD}


def _fee_is_open(appointment: Appointment) -> bool:
    fees = MissFee.objects.filter(appointment=appointment.pk, amount__gt=0)
    return fees.filter(status__in=[FeeStatus.DUE, FeeStatus.CHARGED]).exists()


def _spend(deposit: Deposit, by: User | None, **changes: Decimal) -> Deposit:
    """Change what was used or returned; nothing left is the end of it."""
    for name, value in changes.items():
        setattr(deposit, name, value)
    if deposit.held == 0:
        return _move(deposit, D.SETTLED, by, **changes)
    deposit.save()
    return deposit


def _move(deposit: Deposit, to: str, by: User | None, **changes: Decimal) -> Deposit:
    return move(deposit, to, moves=DEPOSIT_MOVES, log=DepositStatusChange, by=by, changes=dict(changes))


def _post(kind: str, cause: str, amount: Decimal, deposit: Deposit, by: User | None) -> None:
    post(
        kind=kind,
        cause=cause,
        entries=[Entry(kind, amount, patient=deposit.patient)],
        business_date=today(deposit.branch),
        branch=deposit.branch,
        memo=deposit.patient.full_name,
        by=by,
    )


def _tell(deposit: Deposit) -> None:
    tell("money", branch=deposit.branch_id)
    tell("board", branch=deposit.branch_id)
