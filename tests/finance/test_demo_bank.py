"""The demo's bank says what the gateway's stand-in of the tests says: the same calls, the same answers."""

import json
from collections.abc import Callable
from typing import Any

from django.test import RequestFactory

from demo import bank_views
from tests.fakes.zarinpal import MERCHANT, FakeZarinpal, running

BACK = "http://a.localhost/pay/t/back/"
Ask = Callable[[str, dict[str, Any]], dict[str, Any]]


def demo_bank() -> tuple[Ask, Callable[[str, str], str]]:
    """The demo's bank as two functions: a call of its API, and its page."""
    web = RequestFactory()

    def ask(what: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = bank_views.call(web.post("/", json.dumps(body), content_type="application/json"), what)
        return json.loads(answer.content)

    def decide(authority: str, do: str) -> str:
        return bank_views.page(web.post("/", {"do": do}), authority)["Location"]

    return ask, decide


def fake_bank(fake: FakeZarinpal) -> tuple[Ask, Callable[[str, str], str]]:
    """The tests' stand-in in the same two functions."""
    acts = {"pay": fake.pay, "leave": fake.break_off}
    return fake.take, lambda authority, do: acts[do](authority)


def story(ask: Ask, decide: Callable[[str, str], str]) -> list[Any]:
    """Everything that is done with a gateway, and what it says: codes and statuses."""
    said: list[Any] = []

    def tell(what: str, **body: Any) -> dict[str, Any]:
        answer = ask(what, {"merchant_id": MERCHANT, **body})
        data = answer["data"] or {}
        said.append((what, data.get("code") or answer["errors"]["code"], data.get("status"), data.get("card_pan")))
        return data

    order = {"amount": 200_000, "currency": "IRR", "description": "d", "callback_url": BACK, "metadata": {}}
    tell("request", **{**order, "amount": 10})
    tell("verify", authority="A" * 36, amount=1)
    for do in ("leave", "pay"):
        authority = tell("request", **order)["authority"]
        assert len(authority) == 36
        tell("inquiry", authority=authority)
        tell("verify", authority=authority, amount=200_000)
        address = decide(authority, do)
        said.append(address.replace(authority, "…"))
        tell("inquiry", authority=authority)
        for amount in (1, 200_000, 200_000):
            tell("verify", authority=authority, amount=amount)
        tell("inquiry", authority=authority)
    return said


def test_both_banks_say_the_same() -> None:
    with running() as fake:
        assert story(*demo_bank()) == story(*fake_bank(fake))
