"""Gift cards are sold on a bill of their own; a lost code gets a new one."""

import secrets
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.statuses import begin
from finance.actions.gift_moves import locked_card, note_gift
from finance.actions.gift_spending import code_hash
from finance.actions.invoices import Draft, check_amount, issue_invoice
from finance.events import GiftGiven
from finance.models import GiftCard, GiftCardStatusChange, GiftMoveKind, GiftRules
from finance.queries.days import after_months, today
from finance.statuses import GiftStatus

# Neither vowels nor digits, which are read in two scripts; sixteen of them are out of reach of any guessing.
LETTERS, LENGTH = "BCDFGHJKLMNPQRSTVWXZ", 16


@action
def sell_gift_card(
    *,
    buyer: Patient,
    branch: Branch,
    amount: Decimal,
    greeting: str = "",
    phone: str = "",
    name: str = "",
    form_token: str = "",
    by: User | None,
) -> tuple[GiftCard, str]:
    """Sell a gift card on a bill of its own; gives the card and its code, which nobody can read again.

    With `phone` (E.164) whoever gets it hears the code, called by `name`. Repeatable by `form_token`: a repeat gets
    the card without its code. Raises Invalid for an amount that cannot be,
    Conflict where gift cards are not sold.
    """
    cause = f"gift:{form_token or secrets.token_urlsafe(12)}"
    done = GiftCard.objects.filter(invoice__cause=cause).first()
    if done:
        return done, ""
    rules = GiftRules.objects.first() or GiftRules()
    if not rules.is_on:
        raise Conflict(_("Gift cards are not sold here."), code="off")
    check_amount(amount)
    line = Draft(_("Gift card"), amount, "gift-card", rule="gift_sold")
    invoice = issue_invoice(patient=buyer, branch=branch, lines=[line], cause=cause, by=by)
    if again := GiftCard.objects.filter(invoice=invoice).first():
        return again, ""
    code, day = new_code(), today(branch)
    until = after_months(day, rules.valid_months) if rules.valid_months else None
    card = GiftCard(
        buyer=buyer, branch=branch, invoice=invoice, code_hash=code_hash(code), code_end=code[-4:], value=amount,
        balance=amount, sold_on=day, valid_until=until, greeting=greeting.strip()[:120],
    )  # fmt: skip
    begin(card, log=GiftCardStatusChange, by=by)
    note_gift(card, GiftMoveKind.SOLD, amount, cause=f"gift:{card.pk}/sold", by=by)
    if phone:
        publish(GiftGiven(card.pk, code, phone, name.strip()))
    return card, code


@action
def renew_gift_code(
    *, card: GiftCard, reason: str, phone: str = "", name: str = "", by: User | None
) -> tuple[GiftCard, str]:
    """Give a card a new code because the old one was lost; the old one is worth nothing then. `phone` hears it."""
    card = locked_card(card)
    if card.status != GiftStatus.ACTIVE:
        raise Conflict(_("Nothing is left of this gift card."), code="over")
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    code = new_code()
    card.code_hash, card.code_end = code_hash(code), code[-4:]
    card.save()
    GiftCardStatusChange.record(card, card.status, card.status, by=by, reason=reason.strip())
    if phone:
        publish(GiftGiven(card.pk, code, phone, name.strip()))
    return card, code


def new_code() -> str:
    """A code that cannot be guessed, in groups of four."""
    marks = "".join(secrets.choice(LETTERS) for _mark in range(LENGTH))
    return "-".join(marks[place : place + 4] for place in range(0, LENGTH, 4))
