"""What people hear of gift cards and memberships."""

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.calendar import format_date
from clinic.shared.links import absolute
from clinic.shared.money import format_money
from clinic.shared.speaking import speaking
from finance.events import GiftGiven
from finance.models import GiftCard, Invoice, MembershipPeriod
from messaging.actions.queue import queue_message, withdraw_for
from messaging.models import Message


@action
def send_gift(*, card: GiftCard, given: GiftGiven, by: User | None) -> Message | None:
    """Queue the code of a gift card for whoever gets it; it is sealed in the row and read by nobody there."""
    buyer = card.buyer
    with speaking(buyer.language):
        amount = format_money(card.value)
    return queue_message(
        kind="gift_code", patient=buyer, to=given.phone, secret=given.code, cause=_cause(card), amount=amount,
        name=given.name or buyer.full_name, giver=buyer.full_name, link=absolute("/gift/"), by=by,
    )  # fmt: skip


@action
def withdraw_gift(*, invoice: Invoice, by: User | None) -> int:
    """A gift card whose sale was taken back is told to nobody; how many messages there were."""
    card = GiftCard.objects.filter(invoice=invoice).first()
    return withdraw_for(cause=_cause(card), by=by) if card else 0


@action
def tell_of_membership(*, period: MembershipPeriod, by: User | None) -> Message | None:
    """Queue the reminder that a membership goes on, with the bill of its next period."""
    membership, invoice = period.membership, period.invoice
    patient = membership.patient
    with speaking(patient.language, membership.branch.time_zone) as language:
        amount, day = format_money(invoice.due), format_date(period.starts_on, language)
    return queue_message(
        kind="membership_due", patient=patient, cause=f"membership-period:{period.pk}", service=membership.name,
        amount=amount, day=day, link=absolute(f"/bill/{invoice.public_token}/"), by=by,
    )  # fmt: skip


def _cause(card: GiftCard) -> str:
    return f"gift:{card.pk}:{card.code_end}"
