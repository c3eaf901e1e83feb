"""Gift cards: a debt until they pay, in parts, by a code that nobody can read again."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.shared.errors import Conflict, Invalid, TooMany
from finance import actions
from finance.models import GiftCard, GiftMove, Payment
from finance.queries.ahead import owed_ahead
from finance.queries.days import after_months, today
from finance.tasks import sweep_ahead
from messaging.models import Message
from messaging.queries import text_to_send
from tests.finance import make as money


def sold(amount: int = 1_000_000, *, paid: bool = True, **more: Any) -> tuple[GiftCard, str]:
    """A gift card that was sold and paid, with its code."""
    card, code = actions.sell_gift_card(
        buyer=money.make.patient(), branch=money.make.branch(), amount=Decimal(amount), by=None, **more
    )
    if paid:
        money.pay(card.invoice, amount)
    return GiftCard.objects.get(pk=card.pk), code


def pay_with(card: GiftCard, amount: int, price: int = 500_000) -> Payment:
    """A payment with the card on a new bill."""
    return money.pay(money.bill(price), amount, "gift_card", gift_card=card)


def agreed() -> None:
    """The debt in the books is what stands on the cards, and each is the sum of its moves."""
    money.agreed()
    assert all(row.agrees for row in owed_ahead())
    for card in GiftCard.objects.all():
        assert card.balance == sum(move.value for move in card.moves.all())


def test_the_code_is_kept_nowhere() -> None:
    card, code = sold(form_token="once")
    assert len(code) == 19
    assert actions.find_gift_card(code=code.lower().replace("-", " "), who="x", by=None) == card
    with connection.cursor() as cursor:
        for table in ("finance_giftcard", "finance_historicalgiftcard", "finance_invoice", "finance_journal"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{code}%"])
            assert cursor.fetchone() == (0,)
    again, nothing = actions.sell_gift_card(
        buyer=card.buyer, branch=card.branch, amount=Decimal(5), form_token="once", by=None
    )
    assert (again, nothing) == (card, "")


def test_it_pays_in_parts_until_nothing_is_left() -> None:
    card, _code = sold()
    pay_with(card, 400_000)
    card.refresh_from_db()
    assert (card.balance, card.status) == (600_000, "active")
    agreed()
    with pytest.raises(Conflict, match=r"۶۰۰٬۰۰۰|600,000"):
        pay_with(card, 700_000, price=900_000)
    pay_with(card, 600_000, price=900_000)
    card.refresh_from_db()
    assert (card.balance, card.status) == (0, "used_up")
    with pytest.raises(Conflict):
        pay_with(card, 1)
    agreed()


def test_what_it_paid_goes_back_to_it() -> None:
    card, _code = sold()
    payment = pay_with(card, 500_000)
    actions.refund(payment=payment, amount=Decimal(200_000), reason="x", by=None)
    card.refresh_from_db()
    assert card.balance == 700_000
    agreed()


def test_an_unpaid_card_pays_nothing_and_no_card_buys_a_card() -> None:
    card, _code = sold(paid=False)
    with pytest.raises(Conflict, match="not paid"):
        pay_with(card, 1000)
    other, _code = sold()
    with pytest.raises(Invalid):
        money.pay(card.invoice, 1000, "gift_card", gift_card=other)
    with pytest.raises(Invalid):
        money.pay(money.bill(), 1000, "gift_card")


def test_what_is_left_is_paid_back_or_expires() -> None:
    card, _code = sold()
    pay_with(card, 300_000)
    actions.refund_gift_card(card=card, reason="پشیمان شد", by=None)
    books = money.books()
    assert (books["1010"], "2060" in books) == (300_000, False)
    agreed()
    actions.save_gift_rules(valid_months=12, is_on=True, by=None)
    other, _code = sold()
    assert other.valid_until == after_months(today(other.branch), 12)
    other.valid_until = today(other.branch) - dt.timedelta(1)
    other.save()
    with pytest.raises(Conflict, match="earlier day"):
        pay_with(other, 1000)
    for _again in range(2):
        sweep_ahead()
    assert money.books()["4070"] == -1_000_000
    agreed()


def test_a_cancelled_sale_takes_its_card_and_a_used_one_is_not_cancelled() -> None:
    card, _code = sold(paid=False)
    actions.cancel_invoice(invoice=card.invoice, reason="x", by=None)
    card.refresh_from_db()
    assert (card.status, card.balance) == ("cancelled", 0)
    agreed()
    actions.save_gift_rules(valid_months=0, is_on=False, by=None)
    with pytest.raises(Conflict):
        sold()


def test_a_lost_code_is_replaced() -> None:
    card, code = sold()
    card, new = actions.renew_gift_code(card=card, reason="گم شد", by=None)
    assert actions.find_gift_card(code=code, who="x", by=None) is None
    assert actions.find_gift_card(code=new, who="x", by=None) == card


def test_whoever_guesses_is_stopped() -> None:
    _card, code = sold()
    for _try in range(8):
        assert actions.find_gift_card(code="AAAA", who="192.0.2.1", by=None) is None
    with pytest.raises(TooMany):
        actions.find_gift_card(code=code, who="192.0.2.1", by=None)
    assert actions.find_gift_card(code=code, who="192.0.2.2", by=None)


def test_the_database_refuses_less_than_nothing() -> None:
    card, _code = sold()
    card.balance = Decimal(-1)
    with transaction.atomic(), pytest.raises(IntegrityError):
        card.save()
    assert GiftMove.objects.count() == 1


def test_months_end_with_their_last_day() -> None:
    assert after_months(dt.date(2028, 1, 31), 1) == dt.date(2028, 2, 29)
    assert after_months(dt.date(2026, 11, 22), 14) == dt.date(2028, 1, 22)


def test_whoever_gets_it_hears_the_code_that_no_row_shows() -> None:
    buyer = money.make.patient(first_name="سارا")
    card, code = actions.sell_gift_card(
        buyer=buyer, branch=money.make.branch(), amount=Decimal(200_000), phone="+989121112233", name="مینا", by=None
    )
    message = Message.objects.get(kind="gift_code")
    assert message.recipient == "+989121112233"
    assert message.send_after > timezone.now()  # a sale that is taken back at once tells nobody
    assert message.text.startswith("مینا")
    assert code not in message.text
    assert code not in message.sealed
    assert f"••••-••••-••••-{card.code_end}" in message.text
    assert code in text_to_send(message)
    actions.cancel_invoice(invoice=card.invoice, reason="x", by=None)
    message.refresh_from_db()
    assert message.status == "withdrawn"


def test_a_new_code_is_told_too_and_nobody_hears_of_a_card_without_a_number() -> None:
    card, _code = actions.sell_gift_card(
        buyer=money.make.patient(), branch=money.make.branch(), amount=Decimal(200_000), by=None
    )
    assert not Message.objects.exists()
    _card, code = actions.renew_gift_code(card=card, reason="گم شد", phone="+989121112233", by=None)
    assert code in text_to_send(Message.objects.get(kind="gift_code"))
