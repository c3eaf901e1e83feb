"""Cheques: taken for a bill, brought to the bank, cleared, bounced or given back; each step is posted."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.notices import tell
from clinic.shared.statuses import begin, move
from clinic.shared.text import normalise, to_latin_digits
from finance.actions.invoices import locked
from finance.actions.ledger import Entry, post
from finance.actions.payments import pay, repeated
from finance.actions.refunds import refund
from finance.events import InvoiceChanged
from finance.models import Cheque, ChequeStatusChange, Invoice, PaymentMethod
from finance.queries.days import today
from finance.statuses import CHEQUE_MOVES, ChequeStatus

S = ChequeStatus
LONGEST = dt.timedelta(days=366 * 5)
# What a move posts; giving it back takes the payment back, which posts by itself.
POSTS = {S.DEPOSITED: "cheque_deposited", S.CLEARED: "cheque_cleared", S.BOUNCED: "cheque_bounced"}


@action
def take_cheque(
    *, invoice: Invoice, bank: str, number: str, due_on: dt.date, amount: Decimal, national_number: str = "",
    holder: str = "", form_token: str = "", by: User | None,
) -> Cheque:  # fmt: skip
    """Take a cheque for a part or all of a bill: it pays the bill, and is owed by the bank's word.

    Repeatable by `form_token`. Raises Invalid for a number, day or amount that cannot be, Conflict where nothing is
    owed or this cheque was taken already.
    """
    invoice = locked(invoice)
    done = repeated(form_token)
    if done:
        return Cheque.objects.get(payment=done)
    bank, number = normalise(bank), to_latin_digits(normalise(number))
    national_number = to_latin_digits(normalise(national_number))
    if not bank:
        raise Invalid(_("Write the bank."), field="bank")
    if not number:
        raise Invalid(_("Write the cheque’s number."), field="number")
    if national_number and not re.fullmatch(r"[0-9]{16}", national_number):
        raise Invalid(_("A Sayad number has 16 digits."), field="national_number")
    day = today(invoice.branch)
    if abs(due_on - day) > LONGEST:
        raise Invalid(_("Check the year of this day."), field="due_on")
    held = [S.IN_HAND, S.DEPOSITED, S.CLEARED]
    if Cheque.objects.filter(bank=bank, number=number, status__in=held).exists():
        raise Conflict(_("This cheque was taken already."), field="number", code="taken")
    payment = pay(
        invoice=invoice, method=PaymentMethod.CHEQUE, amount=amount, reference=number[:60], form_token=form_token, by=by
    )
    cheque = Cheque(
        payment=payment, patient=invoice.patient, branch=invoice.branch, bank=bank[:60], number=number[:30],
        national_number=national_number, holder=normalise(holder)[:120], due_on=due_on, amount=payment.amount,
    )  # fmt: skip
    begin(cheque, log=ChequeStatusChange, by=by, business_date=day)
    tell("money", branch=cheque.branch_id)
    return cheque


@action
def move_cheque(*, cheque: Cheque, to: str, reason: str = "", by: User | None) -> Cheque:
    """Bring a cheque to the bank, note that it was paid or bounced, or give it back. Raises Conflict where it cannot.

    A cheque that bounced or is given back leaves its bill owed again.
    """
    invoice = locked(Invoice.objects.get(payments__cheque=cheque.pk))
    cheque = Cheque.objects.select_for_update(of=("self",)).select_related("branch", "patient", "payment").get(
        pk=cheque.pk
    )  # fmt: skip
    if to in (S.BOUNCED, S.RETURNED) and not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    before, day = cheque.status, today(cheque.branch)
    moved: Cheque = move(
        cheque, to, moves=CHEQUE_MOVES, log=ChequeStatusChange, by=by, reason=normalise(reason),
        more={"business_date": day},
    )  # fmt: skip
    if to in POSTS:
        _post(cheque, POSTS[ChequeStatus(to)], day, by)
    if to == S.CLEARED:
        publish(InvoiceChanged(invoice.pk, "cheque"))
    if to == S.BOUNCED or (to == S.RETURNED and before == S.IN_HAND):
        refund(
            payment=cheque.payment, amount=cheque.payment.left, reason=normalise(reason), credit=False,
            is_cheque=True, form_token=f"cheque:{cheque.pk}", by=by,
        )  # fmt: skip
    tell("money", branch=invoice.branch_id)
    return moved


def _post(cheque: Cheque, kind: str, day: dt.date, by: User | None) -> Any:
    return post(
        kind=kind,
        cause=f"cheque:{cheque.pk}",
        entries=[Entry(kind, cheque.amount)],
        business_date=day,
        branch=cheque.branch,
        memo=f"{cheque.bank} {cheque.number}",
        by=by,
    )
