"""Bills and debts by SMS: the rows are finance's, the words and the queue are here."""

from typing import Any

from clinic.shared.actions import action
from clinic.shared.links import absolute
from clinic.shared.money import format_money
from clinic.shared.speaking import speaking
from finance.actions.debts import link_of
from finance.models import BillSending, DebtContact
from messaging.actions.queue import queue_message
from messaging.models import Message


@action
def send_bill(*, sending: BillSending, by: Any) -> Message | None:
    """Queue a bill with the link where it is seen and paid; what is still owed stands in it, else its sum."""
    invoice = sending.invoice
    with speaking(invoice.patient.language):
        amount = format_money(invoice.due or invoice.total - invoice.credited)
    link = absolute(f"/bill/{invoice.public_token}/")
    cause = f"bill-sending:{sending.pk}"
    return queue_message(kind="bill_sent", patient=invoice.patient, cause=cause, amount=amount, link=link, by=by)


@action
def remind_of_debt(*, contact: DebtContact, by: Any) -> Message | None:
    """Queue the reminder of all that a patient owes; it keeps the quiet hours."""
    with speaking(contact.patient.language):
        amount = format_money(contact.amount)
    link, cause = absolute(link_of(contact)), f"debt-contact:{contact.pk}"
    return queue_message(kind="debt_reminder", patient=contact.patient, cause=cause, amount=amount, link=link, by=by)
