"""Gift cards end: refunded, expired, or with the bill that sold them."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from finance.actions.gift_moves import locked_card, move_card, note_gift
from finance.actions.invoices import locked
from finance.actions.ledger import Entry, post
from finance.actions.package_refunds import hold_drawer, lower_bill
from finance.models import GiftCard, GiftMoveKind, Invoice
from finance.queries.days import clinic_today, today
from finance.statuses import GiftStatus, InvoiceStatus

S = GiftStatus


@action
def refund_gift_card(*, card: GiftCard, reason: str, by: User | None) -> GiftCard:
    """Take back what is left of a card: it is paid back the way it came. Raises Conflict where nothing is left."""
    hold_drawer(card.invoice, by)
    invoice = locked(card.invoice)
    card = locked_card(card)
    if card.status != S.ACTIVE:
        raise Conflict(_("Nothing is left of this gift card."), code="over")
    if not reason.strip():
        raise Invalid(_("Write why it is taken back."), field="reason")
    lower_bill(invoice, card.balance, "gift_refunded", reason, by)
    return _end(card, S.REFUNDED, GiftMoveKind.REFUNDED, reason, by)


@action
def expire_gift_card(*, card: GiftCard, by: User | None) -> GiftCard:
    """End a card whose last day is over: what is left becomes revenue. May be repeated."""
    card = locked_card(card)
    if card.status != S.ACTIVE or card.valid_until is None or card.valid_until >= today(card.branch):
        return card
    post(
        kind="gift_expired", cause=f"gift:{card.pk}/expired:{card.moves.count()}",
        entries=[Entry("gift_expired", card.balance)], business_date=today(card.branch), branch=card.branch, by=by,
    )  # fmt: skip
    return _end(card, S.EXPIRED, GiftMoveKind.EXPIRED, "", by)


@action
def take_back_gift(*, invoice: Invoice, by: User | None) -> None:
    """The card of a cancelled bill is worth nothing. Raises Conflict where it was used."""
    card = GiftCard.objects.filter(invoice=invoice).exclude(status=S.CANCELLED).first()
    if card is None or invoice.status != InvoiceStatus.CANCELLED:
        return
    card = locked_card(card)
    if card.balance != card.value:
        raise Conflict(_("This gift card was used. Take back what is left of it instead."), code="used")
    _end(card, S.CANCELLED, GiftMoveKind.CANCELLED, "", by)


def sweep_gifts() -> None:
    """Gift cards whose last day is over expire."""
    for card in GiftCard.objects.filter(status=S.ACTIVE, valid_until__lt=clinic_today()).order_by("pk")[:200]:
        with transaction.atomic():
            expire_gift_card(card=card, by=None)


def _end(card: GiftCard, to: str, kind: str, reason: str, by: User | None) -> GiftCard:
    cause = f"gift:{card.pk}/{kind}:{card.moves.count()}"
    note_gift(card, kind, -card.balance, cause=cause, reason=reason.strip(), by=by)
    return move_card(card, to, by, reason=reason.strip(), balance=Decimal(0))
