"""Bad debts: what is not expected to be paid any more becomes a cost, and is owed again when she pays after all."""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from finance.actions.invoices import check_amount, locked, refuse_sold_ahead, settle
from finance.actions.ledger import Entry, post, reverse
from finance.models import Invoice, InvoiceStatusChange, Journal, WriteOff, WriteOffReversal
from finance.queries.days import today
from finance.statuses import INVOICE_MOVES, InvoiceStatus


@action
def write_off(*, invoice: Invoice, amount: Decimal, reason: str, form_token: str = "", by: User | None) -> WriteOff:
    """Give up an amount (in the clinic's currency) that is owed on a bill: bad debt against the claim.

    Repeatable by `form_token`. Raises Invalid for an amount above what is owed or without a reason, Conflict for a
    bill that owes nothing or sells what is used later.
    """
    invoice = locked(invoice)
    done = WriteOff.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return done
    if invoice.status != InvoiceStatus.ISSUED:
        raise Conflict(_("Nothing is owed on this bill."), code="nothing_owed")
    refuse_sold_ahead(invoice)
    check_amount(amount)
    if amount > invoice.due:
        raise Invalid(_("Only %(due)s is owed on this bill.") % {"due": format_money(invoice.due)}, field="amount")
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    day, reason = today(invoice.branch), reason.strip()[:200]
    row = WriteOff(
        invoice=invoice, amount=amount, reason=reason, business_date=day, by=by, form_token=form_token or None
    )
    row.save(force_insert=True)
    invoice.credited += amount
    invoice.written_off += amount
    invoice.save()
    post(
        kind="written_off",
        cause=_cause(row),
        entries=[Entry("written_off", amount, patient=invoice.patient)],
        business_date=day,
        branch=invoice.branch,
        memo=reason,
        by=by,
    )
    settle(invoice=invoice, by=by)
    return row


@action
def take_back_write_off(*, write_off: WriteOff, reason: str, by: User | None) -> WriteOffReversal:
    """Say that a bad debt is owed again, today, so that it can be paid; a repeat gets the first.

    Raises Invalid without a reason, Conflict for a cancelled bill.
    """
    invoice = locked(write_off.invoice)
    done = WriteOffReversal.objects.filter(write_off=write_off).first()
    if done:
        return done
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    if invoice.status == InvoiceStatus.CANCELLED:
        raise Conflict(_("This bill was cancelled."), code="cancelled")
    day, reason = today(invoice.branch), reason.strip()[:200]
    row = WriteOffReversal(write_off=write_off, reason=reason, business_date=day, by=by)
    row.save(force_insert=True)
    _owe_again(invoice, write_off.amount, reason, by)
    journal = Journal.objects.get(cause=_cause(write_off), kind="written_off")
    reverse(journal=journal, cause=f"{journal.cause}/reversed", business_date=day, memo=reason, by=by)
    tell("money", branch=invoice.branch_id)
    return row


def _owe_again(invoice: Invoice, amount: Decimal, reason: str, by: User | None) -> None:
    changes = {"credited": invoice.credited - amount, "written_off": invoice.written_off - amount}
    if invoice.status == InvoiceStatus.BALANCED:
        move(
            invoice, InvoiceStatus.ISSUED, moves=INVOICE_MOVES, log=InvoiceStatusChange, by=by, reason=reason,
            changes=changes,
        )  # fmt: skip
        return
    for name, value in changes.items():
        setattr(invoice, name, value)
    invoice.save()


def _cause(row: WriteOff) -> str:
    return f"invoice:{row.invoice_id}/write-off:{row.pk}"
