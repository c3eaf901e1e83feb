"""Sending a bill by SMS: a row first, the message follows it."""

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.events import publish
from clinic.shared.notices import tell
from finance.actions.invoices import locked
from finance.actions.ledger import take_turn
from finance.events import BillSent
from finance.models import BillSending, Invoice
from finance.statuses import InvoiceStatus


@action
def send_bill(*, invoice: Invoice, form_token: str = "", by: User | None) -> BillSending:
    """Send a bill to its patient by SMS with the link where it is seen and paid. Repeatable by `form_token`.

    Raises Conflict for a bill that is not issued and for a patient without a phone.
    """
    take_turn(f"send-bill:{invoice.pk}")
    invoice = locked(invoice)
    done = BillSending.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return done
    if invoice.status not in (InvoiceStatus.ISSUED, InvoiceStatus.BALANCED):
        raise Conflict(_("This bill was cancelled."), code="cancelled")
    if not invoice.patient.phone:
        raise Conflict(_("%(who)s has no phone number.") % {"who": invoice.patient.full_name}, code="no_phone")
    row = BillSending(invoice=invoice, branch=invoice.branch, form_token=form_token or None, by=by)
    row.save(force_insert=True)
    publish(BillSent(row.pk))
    tell("money", branch=invoice.branch_id)
    return row
