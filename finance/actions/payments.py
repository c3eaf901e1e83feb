"""Money that comes: on a bill, in part or in full, or into a patient's credit."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.money import format_money
from clinic.shared.notices import tell
from finance.actions.channels import check_point
from finance.actions.drawers import drawer_for
from finance.actions.gift_spending import hold_card, spend_card
from finance.actions.invoices import check_amount, locked, settle
from finance.actions.ledger import Entry, account, post
from finance.events import PaymentReceived
from finance.models import (
    REAL_MONEY,
    Deposit,
    GiftCard,
    Insurer,
    Invoice,
    Payment,
    PaymentMethod,
    PayPoint,
    Shift,
    WalletAccount,
)  # fmt: skip
from finance.postings import CHANNEL
from finance.queries.days import today
from finance.queries.discounts import waiting_amount
from finance.queries.money import points_offer
from finance.statuses import InvoiceStatus
from loyalty import actions as loyalty


@dataclass(frozen=True)
class Received:
    """How money came: method, amount in the clinic's currency, and what is written beside it."""

    method: str
    amount: Decimal
    tendered: Decimal | None = None
    points: int | None = None
    reference: str = ""
    form_token: str = ""
    shift: Shift | None = None  # the drawer it went through
    point: PayPoint | None = None  # the terminal or account where it arrived
    last4: str = ""
    insurer: Insurer | None = None  # whose share it is


@action
def pay(
    *,
    invoice: Invoice,
    method: str,
    amount: Decimal | None = None,
    tendered: Decimal | None = None,
    points: int | None = None,
    gift_card: GiftCard | None = None,
    reference: str = "",
    point: PayPoint | None = None,
    last4: str = "",
    form_token: str = "",
    by: User | None,
) -> Payment:
    """Take a payment on a bill: all of it or a part, by one method; `amount` in the clinic's currency.

    Points pay by `points` alone, their worth is the amount. More real money than is owed goes to the patient's
    credit. `form_token` makes a repeated form one payment. Raises Invalid for amounts that cannot be, Conflict when
    nothing is owed, the credit is too small or the points are gone.
    """
    shift = None if repeated(form_token) else drawer_for(invoice.branch, method, by)
    invoice = locked(invoice)
    done = repeated(form_token)
    if done:
        if done.invoice_id != invoice.pk:
            raise Conflict(_("This form was sent for another bill. Open the bill again."))
        return done
    if invoice.status != InvoiceStatus.ISSUED:
        raise Conflict(_("Nothing is owed on this bill."), code="nothing_owed")
    if method == PaymentMethod.DEPOSIT:
        raise Invalid(_("A deposit pays its bill by itself, when that is issued."), field="method")
    if method == PaymentMethod.PACKAGE:
        raise Invalid(_("A package pays its visit by itself, when the bill is issued."), field="method")
    if method == PaymentMethod.INSURER:
        raise Invalid(_("An insurer pays its share by itself, when the bill is issued."), field="method")
    if method == PaymentMethod.POINTS:
        amount = _redeem(invoice, points or 0, by)
    received = Received(method, amount or Decimal(0), tendered, points, reference, form_token, shift, point, last4)
    check_received(received)
    check_point(point, method, invoice.branch)
    part = _part(invoice, received)
    if not part:
        return _deposit(received, invoice.patient, invoice.branch, by)
    if method == PaymentMethod.WALLET:
        change_credit(patient=invoice.patient, amount=-part, by=by)
    card = _card(invoice, gift_card, part) if method == PaymentMethod.GIFT else None
    payment = write_payment(received, part, patient=invoice.patient, branch=invoice.branch, invoice=invoice, by=by)
    if card:
        spend_card(card, payment, by)
    invoice.paid += part
    invoice.save()
    publish(PaymentReceived(payment.pk))
    settle(invoice=invoice, by=by)
    if received.amount > part:
        rest = Received(
            method, received.amount - part, reference=reference, form_token=_rest(form_token), shift=shift, point=point
        )
        _deposit(rest, invoice.patient, invoice.branch, by)
    return payment


@action
def top_up(
    *,
    patient: Patient,
    branch: Branch,
    method: str,
    amount: Decimal,
    tendered: Decimal | None = None,
    reference: str = "",
    form_token: str = "",
    by: User | None,
) -> Payment:
    """Take a deposit of real money into a patient's credit. Repeatable by `form_token`."""
    done = repeated(form_token)
    shift = None if done else drawer_for(branch, method, by)
    _locked_credit(patient)
    done = done or repeated(form_token)
    if done:
        return done
    received = Received(method, amount, tendered, None, reference, form_token, shift)
    check_received(received)
    if method not in REAL_MONEY:
        raise Invalid(_("A deposit is made with money."), field="method")
    return _deposit(received, patient, branch, by)


@action
def change_credit(*, patient: Patient, amount: Decimal, by: User | None) -> Decimal:
    """Add to a patient's credit (below zero: take from it) under its row's lock; returns the new balance.

    Only beside a journal that says the same. Raises Conflict when there is less.
    """
    credit = _locked_credit(patient)
    if credit.balance + amount < 0:
        raise Conflict(
            _("The patient's credit is %(balance)s, which is less.") % {"balance": format_money(credit.balance)},
            field="amount",
        )
    credit.balance += amount
    credit.save()
    return credit.balance


def _part(invoice: Invoice, received: Received) -> Decimal:
    """What of it pays the bill. A discount that waits stays open; online money is there already, its rest is credit."""
    waits = waiting_amount(invoice)
    part = min(received.amount, invoice.due - waits)
    if waits and received.amount > part and received.method != PaymentMethod.ONLINE:
        text = _("A discount of %(waits)s waits for approval. Take at most %(part)s, or take the discount back.")
        said = {"waits": format_money(waits), "part": format_money(part)}
        raise Conflict(text % said, field="amount", code="discount_waits")
    if received.amount > part and received.method not in REAL_MONEY:
        raise Invalid(_("Only %(due)s is owed on this bill.") % {"due": format_money(invoice.due)}, field="amount")
    return part


def _card(invoice: Invoice, card: GiftCard | None, amount: Decimal) -> GiftCard:
    """The gift card that pays, held."""
    if card is None:
        raise Invalid(_("Write the code of the gift card."), field="code")
    if invoice.cause.startswith("gift:"):
        raise Invalid(_("A gift card buys no gift card."), field="method")
    return hold_card(card, amount)


def _locked_credit(patient: Patient) -> WalletAccount:
    WalletAccount.objects.get_or_create(patient=patient)
    return WalletAccount.objects.select_for_update().get(patient=patient)


def repeated(form_token: str) -> Payment | None:
    """The payment that this form has made already."""
    return Payment.objects.filter(form_token=form_token).first() if form_token else None


def _rest(form_token: str) -> str:
    return f"{form_token}:rest" if form_token else ""


def _redeem(invoice: Invoice, points: int, by: User | None) -> Decimal:
    before = invoice.payments.filter(method=PaymentMethod.POINTS).count()
    offer = points_offer(invoice)
    return loyalty.redeem(
        patient=invoice.patient,
        points=points,
        limit_amount=offer.room,
        cause=f"invoice:{invoice.pk}/points:{before + 1}",
        by=by,
    )


def check_received(received: Received) -> None:
    """Raise Invalid for a method, an amount or cash handed over that cannot be."""
    if received.method not in PaymentMethod.values:
        raise Invalid(_("Choose how it is paid."), field="method")
    check_amount(received.amount)
    if received.last4 and not re.fullmatch(r"[0-9]{4}", received.last4):
        raise Invalid(_("Write the last four digits of the card."), field="last4")
    if received.tendered is None:
        return
    check_amount(received.tendered, "tendered")
    if received.tendered < received.amount:
        raise Invalid(
            _("%(tendered)s is less than the amount. Take more, or lower the amount.")
            % {"tendered": format_money(received.tendered)},
            field="tendered",
        )


def _deposit(received: Received, patient: Patient, branch: Branch, by: User | None) -> Payment:
    payment = write_payment(received, received.amount, patient=patient, branch=branch, by=by)
    change_credit(patient=patient, amount=received.amount, by=by)
    publish(PaymentReceived(payment.pk))
    tell("money", branch=branch.pk)
    return payment


def write_payment(
    received: Received,
    amount: Decimal,
    *,
    patient: Patient,
    branch: Branch,
    invoice: Invoice | None = None,
    deposit: Deposit | None = None,
    by: User | None,
) -> Payment:
    """The payment and its journal: on the bill's claim, on an appointment's deposit, else into the credit."""
    kind, rule = ("payment", "paid") if invoice else ("deposit_held", "held") if deposit else ("deposit", "deposited")
    day = today(branch)
    payment = Payment(
        invoice=invoice,
        deposit=deposit,
        patient=patient,
        branch=branch,
        method=received.method,
        amount=amount,
        tendered=received.tendered if received.method == PaymentMethod.CASH else None,
        account=account(key=CHANNEL[received.method], branch=branch, by=by),
        points=received.points if received.method == PaymentMethod.POINTS else None,
        reference=received.reference,
        business_date=day,
        received_by=by,
        form_token=received.form_token or None,
        shift=received.shift,
        point=received.point,
        last4=received.last4,
    )
    payment.save()
    post(
        kind=kind,
        cause=f"payment:{payment.pk}",
        entries=[Entry(f"{rule}_{received.method}", amount, patient=patient, insurer=received.insurer)],
        business_date=day,
        branch=branch,
        memo=patient.full_name,
        shift=received.shift,
        by=by,
    )
    return payment
