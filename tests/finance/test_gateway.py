"""The gateway's class against its stand-in: every documented answer and every fault has one meaning."""

import pytest

from clinic.shared import gateway
from clinic.shared.gateway import NoAnswer, NotPaid, Refused, State, WrongAmount
from tests.fakes.zarinpal import CARD, MERCHANT, FakeZarinpal

pytestmark = pytest.mark.no_database
FAULTS = ["500", "html", "lost", "cut", "slow"]


def request(bank: gateway.Gateway, amount: int = 200_000) -> str:
    return bank.request(amount=amount, description="بیعانه", callback_url="http://x/back/", mobile="+989121234567")


def test_a_payment_from_its_announcement_to_its_money(bank: FakeZarinpal) -> None:
    ours = gateway.gateway(MERCHANT)
    authority = request(ours)
    assert len(authority) == 36
    assert bank.asked[0]["currency"] == "IRR"
    assert ours.page(authority) == f"{bank.url}/pg/StartPay/{authority}"
    assert ours.inquire(authority) == State.IN_BANK
    with pytest.raises(NotPaid):
        ours.verify(authority=authority, amount=200_000)
    assert bank.pay(authority).endswith(f"?Authority={authority}&Status=OK")
    assert ours.unverified() == {authority: 200_000}
    first, second = (ours.verify(authority=authority, amount=200_000) for _twice in range(2))
    assert (first.reference, first.card, first.again) == (second.reference, CARD, False)
    assert second.again
    assert ours.inquire(authority) == State.VERIFIED
    assert ours.unverified() == {}


def test_what_it_refuses_has_a_number(bank: FakeZarinpal) -> None:
    ours = gateway.gateway(MERCHANT)
    authority = request(ours)
    bank.pay(authority, amount=150_000)
    with pytest.raises(WrongAmount):
        ours.verify(authority=authority, amount=200_000)
    for wrong in (
        lambda: request(ours, 500),
        lambda: ours.verify(authority="A" * 36, amount=200_000),
        lambda: ours.inquire("A" * 36),
        lambda: request(gateway.gateway("somebody-else")),
    ):
        with pytest.raises(Refused) as told:
            wrong()
        assert told.value.code in {-9, -10, -54}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_says_nothing(bank: FakeZarinpal, fault: str) -> None:
    ours = gateway.gateway(MERCHANT)
    authority = request(ours)
    bank.pay(authority)
    bank.mode = fault
    for call in (
        lambda: request(ours),
        lambda: ours.verify(authority=authority, amount=200_000),
        lambda: ours.inquire(authority),
        ours.unverified,
    ):
        with pytest.raises(NoAnswer) as told:
            call()
        assert MERCHANT not in repr(told.value)
        assert told.value.__cause__ is None


def test_nobody_listens(settings) -> None:
    settings.PAYMENT_URL = "http://127.0.0.1:9"
    with pytest.raises(NoAnswer):
        request(gateway.gateway(MERCHANT))
