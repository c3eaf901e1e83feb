"""The captcha that nobody sees: asked for beyond an address's allowance, solved once, in time, for one clinic."""

import base64
import json
from typing import Any

import pytest
import time_machine
from altcha.v1 import Challenge, solve_challenge
from django.utils import timezone

from clinic.accounts import actions, puzzles
from clinic.accounts.models import SignInCode
from clinic.shared.actor import from_where
from clinic.shared.errors import TooMany
from clinic.shared.tenancy import use_clinic
from tests.conftest import HOST_B, clinic_info

ADDRESS = "192.0.2.77"


def answer_to(puzzle: dict[str, Any]) -> str:
    """What a browser sends."""
    whole = Challenge(
        puzzle["algorithm"], puzzle["challenge"], puzzle["maxNumber"], puzzle["salt"], puzzle["signature"]
    )
    solution = solve_challenge(whole)
    assert solution
    names = ("algorithm", "challenge", "salt", "signature")
    return base64.b64encode(
        json.dumps({name: puzzle[name] for name in names} | {"number": solution.number}).encode()
    ).decode()


def ask(last: int, proof: str = "") -> SignInCode:
    with from_where(ip=ADDRESS, request_id="r"):
        return actions.ask_code(phone=f"091255504{last:02d}", proof=proof, by=None)


@pytest.fixture
def asked(settings: Any) -> dict[str, Any]:
    """An address that has used up its allowance: the puzzle that it gets."""
    settings.CODES_PER_HOUR = 2
    ask(0), ask(1)
    with pytest.raises(TooMany) as refused:
        ask(2)
    assert refused.value.code == "puzzle"
    puzzle: dict[str, Any] = refused.value.details["puzzle"]
    return puzzle


def test_who_solves_it_goes_on_and_uses_it_once(asked: dict[str, Any]) -> None:
    proof = answer_to(asked)
    assert ask(2, proof).proof == asked["challenge"]
    with pytest.raises(TooMany):
        ask(3, proof)
    assert not SignInCode.objects.filter(phone__endswith="03").exists()


def test_no_address_goes_on_for_ever(asked: dict[str, Any], settings: Any) -> None:
    for last in range(2, 2 * actions.MOST_BY_PUZZLE):
        ask(last, answer_to(puzzles.new_puzzle()))
    with pytest.raises(TooMany) as refused:
        ask(50, answer_to(puzzles.new_puzzle()))
    assert refused.value.details["retry_after"] == 3600


def test_it_is_worthless_late_and_at_another_clinic(asked: dict[str, Any]) -> None:
    proof = answer_to(asked)
    assert puzzles.mark_of(proof)
    with use_clinic(clinic_info(HOST_B)):
        assert puzzles.mark_of(proof) == ""
    with time_machine.travel(timezone.now() + puzzles.LIFE * 2, tick=False):
        assert puzzles.mark_of(proof) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"number": -1}, {"number": "1"}, {"number": True}, {"salt": "x"}, {"salt": None}, {"algorithm": "SHA-1"},
        {"signature": ""}, {"challenge": "00"},
    ],
)  # fmt: skip
def test_nothing_else_passes(asked: dict[str, Any], change: dict[str, Any]) -> None:
    payload = json.loads(base64.b64decode(answer_to(asked))) | change
    assert puzzles.mark_of(base64.b64encode(json.dumps(payload).encode()).decode()) == ""


@pytest.mark.parametrize("text", ["", "x", "e30=", "W10=", "MQ==", "ImFsZ29yaXRobSI=", "\x00", "W" * 5000, "[[" * 200])
def test_what_is_no_answer_is_none(text: str) -> None:
    assert puzzles.mark_of(text) == ""


def test_by_the_api(api: Any, settings: Any) -> None:
    settings.CODES_PER_HOUR = 1
    client = api()
    assert client.post("/api/v1/sign-in/code/", {"phone": "09125550601"}, format="json").status_code == 202
    refused = client.post("/api/v1/sign-in/code/", {"phone": "09125550602"}, format="json")
    assert refused.status_code == 429
    proof = answer_to(refused.json()["puzzle"])
    sent = {"phone": "09125550602", "proof": proof}
    assert client.post("/api/v1/sign-in/code/", sent, format="json").status_code == 202
