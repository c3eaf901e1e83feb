"""How value comes to gift cards and goes: each with the row that says why."""

from decimal import Decimal
from typing import Any

from clinic.accounts.models import User
from clinic.shared.statuses import move
from finance.models import GiftCard, GiftCardStatusChange, GiftMove, Payment
from finance.statuses import GIFT_MOVES


def locked_card(card: GiftCard) -> GiftCard:
    """The card as it is now, held until the transaction ends."""
    rows = GiftCard.objects.select_for_update(of=("self",)).select_related("invoice", "branch", "buyer")
    return rows.get(pk=card.pk)


def move_card(card: GiftCard, to: str, by: User | None, *, reason: str = "", **changes: Any) -> GiftCard:
    """Move a card by its table."""
    return move(card, to, moves=GIFT_MOVES, log=GiftCardStatusChange, by=by, reason=reason, changes=changes)


def note_gift(
    card: GiftCard, kind: str, value: Decimal, *, cause: str, by: User | None, payment: Payment | None = None,
    reason: str = "",
) -> None:  # fmt: skip
    """Write one move of a card."""
    row = GiftMove(card=card, kind=kind, value=value, cause=cause, payment=payment, by=by, reason=reason[:200])
    row.save(force_insert=True)


def save_card(card: GiftCard, to: str, by: User | None) -> None:
    """Save a changed balance, and the status that goes with it."""
    if card.status == to:
        card.save()
    else:
        move_card(card, to, by, balance=card.balance)
