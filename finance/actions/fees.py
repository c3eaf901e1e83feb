"""Fees for visits that were not: billed with one line, paid out of the deposit as far as it goes."""

from django.db.models import F
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.calendar import format_date
from clinic.shared.errors import Conflict
from clinic.shared.money import format_money
from clinic.shared.speaking import speaking
from finance.actions.deposits import follow_deposit, use_deposit
from finance.actions.invoices import Draft, cancel_invoice, issue_invoice, locked
from finance.actions.ledger import take_turn
from finance.actions.refunds import take_back_automatic
from finance.actions.sessions import hold_session_for_missed, use_session
from finance.models import Invoice
from finance.statuses import InvoiceStatus
from scheduling.models import MissFee, MissFeeStatusChange
from scheduling.statuses import FeeStatus


@action
def issue_fee(*, fee: MissFee, by: User | None) -> Invoice | None:
    """Bill a fee; its appointment's deposit pays it, and what is left of that goes into the patient's credit.

    A session pays it instead where her package says so, unless another amount was asked by hand: the bill is what that
    session is worth, whatever the fee was.

    Repeatable: a fee has one bill that is not cancelled. None for a fee of nothing.
    """
    appointment = fee.appointment
    patient = appointment.patient
    if patient is None or fee.amount <= 0:
        follow_deposit(appointment=appointment, by=by)
        return None
    take_turn("invoice-number")  # before the package, as everywhere
    standing = bill_of_fee(fee)
    item = None if standing or _asked_in_money(fee) else hold_session_for_missed(appointment)
    with speaking(patient.language, appointment.time_zone) as language:
        day = format_date(appointment.starts_at, language, "long")
        name = f"{fee.get_kind_display()} · {appointment.service.name} · {day}"
    line = Draft(
        name[:160], item.next_value if item else fee.amount, f"fee:{fee.pk}", is_fee=True, service=appointment.service,
        practitioner=appointment.practitioner,
    )  # fmt: skip
    invoice = issue_invoice(patient=patient, branch=appointment.branch, lines=[line], cause=f"fee:{fee.pk}", by=by)
    if item:
        invoice = use_session(invoice=locked(invoice), item=item, list_price=appointment.price, by=by)
    return use_deposit(invoice=locked(invoice), appointment=appointment, by=by)


@action
def cancel_fee(*, fee: MissFee, by: User | None) -> None:
    """Take the bill of a fee back: what deposit and credit had paid goes into the credit. Raises Conflict while other
    money is paid on it. May be repeated.
    """
    invoice = bill_of_fee(fee)
    if invoice:
        reason = _("The fee was waived.")
        left = invoice.payments.filter(refunded__lt=F("amount"))
        money = [payment for payment in left if payment.method not in ("deposit", "wallet", "package")]
        if money:
            paid = format_money(sum(payment.left for payment in money))
            text = _("%(paid)s is paid on the bill of this fee. Pay it back first.") % {"paid": paid}
            raise Conflict(text, code="paid")
        take_back_automatic(invoice=invoice, reason=reason, by=by)
        cancel_invoice(invoice=invoice, reason=reason, by=by)
    follow_deposit(appointment=fee.appointment, by=by)


def _asked_in_money(fee: MissFee) -> bool:
    """Whether somebody charged another amount than the terms, with a reason."""
    charged = MissFeeStatusChange.objects.filter(subject=fee, to_status=FeeStatus.CHARGED).order_by("-pk").first()
    return charged is not None and bool(charged.reason)


def bill_of_fee(fee: MissFee) -> Invoice | None:
    """The bill of a fee that is not cancelled."""
    return Invoice.objects.filter(cause=f"fee:{fee.pk}").exclude(status=InvoiceStatus.CANCELLED).first()
