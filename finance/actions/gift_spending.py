"""Gift cards as a way to pay: found by their code, spent in parts, given back to. Below payments and refunds."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, TooMany
from clinic.shared.money import format_money
from clinic.shared.tenancy import salt
from clinic.shared.text import normalise
from finance.actions.gift_moves import locked_card, note_gift, save_card
from finance.models import GiftCard, GiftMove, GiftMoveKind, GiftTry, Payment
from finance.queries.days import today
from finance.statuses import GiftStatus

S = GiftStatus


TRIES, WITHIN = 8, dt.timedelta(minutes=15)


def code_hash(code: str) -> str:
    """What is kept of a code: worth nothing without the clinic's key, and nothing at another clinic."""
    plain = "".join(mark for mark in normalise(code[:80]).upper() if mark.isalnum())
    return salted_hmac(salt("gift-card"), plain, algorithm="sha256").hexdigest()


@action
def find_gift_card(*, code: str, who: str, by: User | None) -> GiftCard | None:
    """The card of a code; a code that is none is counted for whoever asks (`who`: an account or an address).

    Raises TooMany after eight misses in a quarter of an hour.
    """
    since = timezone.now() - WITHIN
    if GiftTry.objects.filter(who=who[:60], at__gt=since).count() >= TRIES:
        raise TooMany(_("Too many codes were tried. Wait a quarter of an hour."), field="code", retry_after=900)
    found = GiftCard.objects.filter(code_hash=code_hash(code)).select_related("invoice", "branch", "buyer").first()
    if found is None:
        GiftTry.objects.create(who=who[:60])
    return found


def hold_card(card: GiftCard, amount: Decimal) -> GiftCard:
    """A card that can pay an amount, locked. Raises Conflict for one that cannot, in words for the desk."""
    card = locked_card(card)
    if card.status != S.ACTIVE:
        raise Conflict(
            _("This gift card is over: %(state)s.") % {"state": card.get_status_display()}, field="code", code="over"
        )
    if card.valid_until and card.valid_until < today(card.branch):
        raise Conflict(_("This gift card was valid until an earlier day."), field="code", code="expired")
    if card.invoice.due > 0:
        raise Conflict(_("This gift card is not paid yet."), field="code", code="unpaid")
    if card.balance < amount:
        left = {"left": format_money(card.balance)}
        raise Conflict(_("%(left)s is left on this gift card; write that amount or less.") % left, field="amount")
    return card


def spend_card(card: GiftCard, payment: Payment, by: User | None) -> None:
    """Take a payment off a held card."""
    card.balance -= payment.amount
    save_card(card, S.USED_UP if card.balance == 0 else S.ACTIVE, by)
    note_gift(card, GiftMoveKind.PAID, -payment.amount, cause=f"payment:{payment.pk}", payment=payment, by=by)


def give_back_to_card(payment: Payment, amount: Decimal, cause: str, by: User | None) -> None:
    """Money that a card had paid goes back to it; one that has expired meanwhile has it until the next sweep."""
    spent = GiftMove.objects.filter(payment=payment, kind=GiftMoveKind.PAID).select_related("card").get()
    card = locked_card(spent.card)
    card.balance += amount
    save_card(card, S.ACTIVE, by)
    note_gift(card, GiftMoveKind.GIVEN_BACK, amount, cause=cause, payment=payment, by=by)
