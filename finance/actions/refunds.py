"""Money that goes back: its own document, never more than came, by the channel really used."""

from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.money import format_money
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from finance.actions.credit_notes import issue_credit_note, spread
from finance.actions.deposits import give_back_used, give_to_credit
from finance.actions.drawers import drawer_for
from finance.actions.gift_spending import give_back_to_card
from finance.actions.invoices import check_amount, locked, refuse_sold_ahead, settle
from finance.actions.ledger import Entry, post
from finance.actions.payments import change_credit
from finance.actions.sessions import give_session_back
from finance.actions.shares import release_shares
from finance.events import BillCredited, PaymentRefunded
from finance.models import (
    REAL_MONEY,
    CreditNote,
    Deposit,
    Invoice,
    InvoiceStatusChange,
    Payment,
    PaymentMethod,
    PaymentStatusChange,
    Refund,
)
from finance.queries.days import today
from finance.queries.money import is_real_money, money_that_earns
from finance.statuses import INVOICE_MOVES, PAYMENT_MOVES, ChequeStatus, InvoiceStatus, PaymentStatus
from loyalty import actions as loyalty

# Where the way it came is closed: a card that is gone, a gateway that takes nothing back.
ANOTHER_WAY = [PaymentMethod.CASH, PaymentMethod.CARD_TO_CARD, PaymentMethod.TRANSFER]
NOT_IN_HAND = [
    PaymentMethod.PACKAGE, PaymentMethod.GIFT, PaymentMethod.DEPOSIT, PaymentMethod.WALLET, PaymentMethod.INSURER,
]  # fmt: skip


@action
def refund(
    *,
    payment: Payment,
    amount: Decimal,
    reason: str,
    credit: bool = True,
    keep_deposit: bool = False,
    way: str = "",
    note: CreditNote | None = None,
    is_cheque: bool = False,
    is_claim: bool = False,
    form_token: str = "",
    by: User | None,
) -> Refund:
    """Pay back all or a part of a payment (`amount` in the clinic's currency), as it came or by another `way`.

    With `credit` the bill is reduced by as much (by `note`, or a credit note of its own over all lines), without it the
    bill is owed again (the payment was a mistake). Money into the credit is paid back out of it; what a deposit has
    paid goes into the credit, or is held again with `keep_deposit`. A cheque goes back itself (`is_cheque`, by
    `move_cheque`); once cashed its money does. An insurer's share goes back whole before it is claimed, else by the
    claim (`is_claim`). Repeatable by `form_token`. Raises Invalid for what cannot be,
    Conflict above what refunds and the credit leave, and for what was sold ahead.
    """
    repeat = bool(form_token) and Refund.objects.filter(form_token=form_token).exists()
    shift = None if repeat else drawer_for(payment.branch, way or payment.method, by)
    invoice = locked(payment.invoice) if payment.invoice else None
    payment = Payment.objects.select_for_update(of=("self",)).select_related("patient", "branch").get(pk=payment.pk)
    if form_token and (done := Refund.objects.filter(form_token=form_token).first()):
        return done
    own_note = credit and invoice is not None and note is None
    if invoice and own_note:
        refuse_sold_ahead(invoice)
    _check(payment, amount, reason, is_cheque)
    release_shares(payment, whole=amount == payment.amount and not credit, claimed=is_claim)
    way = way_back(payment, way)
    deposit = _deposit_of(payment)
    if invoice and own_note:
        note = issue_credit_note(invoice=invoice, parts=spread(invoice, amount), reason=reason, by=by)
    row = Refund(
        payment=payment, method=way, note=note if credit else None, amount=amount, reason=reason.strip(),
        is_credit=credit and invoice is not None, business_date=today(payment.branch), by=by,
        form_token=form_token or None, shift=shift,
    )  # fmt: skip
    row.save()
    payment.refunded += amount
    payment.save()
    if invoice:
        _lower(invoice, amount, credit, reason, by)
    if deposit and not invoice:
        give_to_credit(deposit, min(deposit.held, amount), by, say=False)  # and out of it by its channel
    _pay_out(row, payment, invoice, by)
    if deposit and invoice:
        give_to_credit(give_back_used(deposit, amount, by), Decimal(0) if keep_deposit else amount, by)
    if payment.left == 0:
        move(payment, PaymentStatus.REVERSED, moves=PAYMENT_MOVES, log=PaymentStatusChange, by=by, reason=reason)
    publish(PaymentRefunded(row.pk))
    if own_note and note:
        tell_credit(note)
    _tell(payment)
    return row


@action
def take_back_automatic(*, invoice: Invoice, reason: str, keep_deposit: bool = False, by: User | None) -> None:
    """Before a bill is cancelled: what was paid on it without money in hand goes back by itself."""
    own = invoice.payments.filter(method__in=NOT_IN_HAND, refunded__lt=F("amount"))
    for payment in own.order_by("pk"):
        refund(payment=payment, amount=payment.left, reason=reason, credit=False, keep_deposit=keep_deposit, by=by)


@action
def take_back_points(*, refund: Refund, by: User | None) -> None:
    """Take back the points that returned money had earned; what comes of it is loyalty's rule."""
    invoice = refund.payment.invoice
    if invoice is None or invoice.cause.startswith("fee:") or not is_real_money(refund.payment):
        return
    kept = money_that_earns(invoice)
    loyalty.take_back(
        patient=refund.payment.patient,
        cause=f"invoice:{invoice.pk}",
        kept=kept,
        before=kept + refund.amount,
        because=f"refund:{refund.pk}",
        by=by,
    )


def _check(payment: Payment, amount: Decimal, reason: str, is_cheque: bool) -> None:
    if payment.method == PaymentMethod.CHEQUE and not is_cheque and payment.cheque.status != ChequeStatus.CLEARED:
        raise Conflict(_("This was paid by a cheque that is not cashed. Give the cheque back instead."), code="cheque")
    check_amount(amount)
    if amount > payment.amount:
        raise Invalid(
            _("This payment was %(amount)s; no more can be paid back.") % {"amount": format_money(payment.amount)},
            field="amount",
        )
    if amount > payment.left:
        raise Conflict(
            _("Of this payment %(left)s is left to pay back.") % {"left": format_money(payment.left)}, field="amount"
        )
    if payment.method == PaymentMethod.PACKAGE and amount != payment.amount:
        raise Invalid(
            _("A session goes back whole: %(amount)s.") % {"amount": format_money(payment.amount)}, field="amount"
        )
    if not reason.strip():
        raise Invalid(_("Write why it is paid back."), field="reason")
    if payment.deposit_id and not payment.invoice_id and payment.method == PaymentMethod.WALLET:
        raise Conflict(_("This came out of the patient's credit, and goes back there when the visit is cancelled."))


def _deposit_of(payment: Payment) -> Deposit | None:
    """The deposit that a payment filled or came from, locked."""
    rows = Deposit.objects.select_for_update(of=("self",)).select_related("patient", "branch")
    return rows.filter(pk=payment.deposit_id).first() if payment.deposit_id else None


def _lower(invoice: Invoice, amount: Decimal, credit: bool, reason: str, by: User | None) -> None:
    """The bill after it: less was paid, and with a credit note less is owed."""
    paid = invoice.paid - amount
    if credit:
        invoice.paid, invoice.credited = paid, invoice.credited + amount
        invoice.save()
        settle(invoice=invoice, by=by)
    elif invoice.status == InvoiceStatus.BALANCED:
        move(
            invoice,
            InvoiceStatus.ISSUED,
            moves=INVOICE_MOVES,
            log=InvoiceStatusChange,
            by=by,
            reason=reason,
            changes={"paid": paid},
        )
    else:
        invoice.paid = paid
        invoice.save()


def _pay_out(row: Refund, payment: Payment, invoice: Invoice | None, by: User | None) -> None:
    """The journal of the money, by the channel that it really leaves by."""
    patient = payment.patient
    share = payment.shares.select_related("insurer").first() if row.method == PaymentMethod.INSURER else None
    posted = f"{'paid_back' if invoice else 'deposit_back'}_{row.method}"
    entries = [Entry(posted, row.amount, patient=patient, insurer=share.insurer if share else None)]
    if row.method == PaymentMethod.WALLET:
        change_credit(patient=patient, amount=row.amount, by=by)
    elif payment.method == PaymentMethod.POINTS:
        entries += _return_points(row, payment, by)
    elif payment.method == PaymentMethod.PACKAGE:
        give_session_back(payment=payment, by=by)
    elif payment.method == PaymentMethod.GIFT:
        give_back_to_card(payment, row.amount, f"refund:{row.pk}", by)
    elif not invoice:
        change_credit(patient=patient, amount=-row.amount, by=by)
    _post("refund", f"refund:{row.pk}", entries, row, by)


def way_back(payment: Payment, way: str) -> str:
    """By which channel a payment goes back: as it came, or another one for money. What a cashed cheque brought lies at
    the bank. Raises Invalid for one that cannot be.
    """
    own = PaymentMethod.TRANSFER if payment.method == PaymentMethod.CHEQUE and _cashed(payment) else payment.method
    if not way or way == payment.method:
        return own
    if payment.method not in REAL_MONEY and own not in REAL_MONEY:
        raise Invalid(_("This goes back only the way it came."), field="way")
    into_credit = way == PaymentMethod.WALLET and payment.invoice_id is not None
    if way not in ANOTHER_WAY and not into_credit:
        raise Invalid(_("Choose how it is paid back."), field="way")
    return way


def _tell(payment: Payment) -> None:
    for group in ("money", "board"):
        tell(group, branch=payment.branch_id)


def tell_credit(note: CreditNote) -> None:
    """Say which lines were reduced by how much, once for each note."""
    publish(BillCredited(note.pk, tuple((row.line_id, row.amount) for row in note.lines.order_by("pk"))))


def _cashed(payment: Payment) -> bool:
    return payment.cheque.status == ChequeStatus.CLEARED


def _post(kind: str, cause: str, entries: list[Entry], row: Refund, by: User | None) -> None:
    post(
        kind=kind,
        cause=cause,
        entries=entries,
        business_date=row.business_date,
        branch=row.payment.branch,
        memo=row.reason,
        shift=row.shift,
        by=by,
    )


def _return_points(row: Refund, payment: Payment, by: User | None) -> list[Entry]:
    """Give the points back, and post what they are worth more or less than when they paid."""
    points, rest = divmod(row.amount * (payment.points or 0), payment.amount)
    if rest:
        one = payment.amount / (payment.points or 1)
        raise Invalid(
            _("Points go back whole; one of them paid %(worth)s.") % {"worth": format_money(one)}, field="amount"
        )
    worth = loyalty.give_back(patient=payment.patient, points=int(points), cause=f"refund:{row.pk}", by=by)
    difference = worth - row.amount
    return [Entry("points_given" if difference > 0 else "points_ended", abs(difference))]
