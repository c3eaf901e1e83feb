"""Zarinpal's REST API, version 4, as https://www.zarinpal.com/docs/paymentGateway/ describes it."""

import re
from http.client import HTTPException
from typing import Any

import requests
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from clinic.shared.gateway.answers import NoAnswer, NotPaid, Refused, State, Verified, WrongAmount
from clinic.shared.sms.deadline import Deadline

SECONDS = 10.0
MAX_ANSWER = 1_000_000
DONE, DONE_BEFORE = 100, 101
NOT_PAID = {-51, -52, -55}  # not successful, an error in the bank, the payment is manual
WRONG_AMOUNT = -50
AUTHORITY = re.compile(r"[A-Za-z0-9]{8,64}\Z")


class Zarinpal:
    """One merchant at one base address (the real one, the sandbox, or a stand-in)."""

    def __init__(self, base: str, merchant_id: str) -> None:
        self.base, self.merchant_id = base.rstrip("/"), merchant_id
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy or netrc of the machine between us and money
        self.deadline = Deadline(SECONDS)
        self.session.mount("http://", self.deadline)
        self.session.mount("https://", self.deadline)

    def __repr__(self) -> str:
        return f"<Zarinpal at {self.base}>"

    def request(self, *, amount: int, description: str, callback_url: str, mobile: str) -> str:
        """See Gateway."""
        data = self._ask(
            "request",
            amount=amount,
            currency="IRR",
            description=description[:500],
            callback_url=callback_url,
            metadata={"mobile": mobile} if mobile else {},
        )
        authority = str(data.get("authority", ""))
        if not AUTHORITY.match(authority):
            raise NoAnswer("the answer names no payment")
        return authority

    def page(self, authority: str) -> str:
        """See Gateway."""
        return f"{self.base}/pg/StartPay/{authority}"

    def verify(self, *, authority: str, amount: int) -> Verified:
        """See Gateway."""
        try:
            data = self._ask("verify", authority=authority, amount=amount)
        except Refused as error:
            if error.code == WRONG_AMOUNT:
                raise WrongAmount(error.code, "another amount was paid") from None
            if error.code in NOT_PAID:
                raise NotPaid(error.code, "not paid") from None
            raise
        reference = str(data.get("ref_id") or "")
        if not reference:
            raise NoAnswer("the answer names no reference")
        return Verified(reference[:60], str(data.get("card_pan") or "")[:30], data.get("code") == DONE_BEFORE)

    def inquire(self, authority: str) -> State:
        """See Gateway."""
        said = str(self._ask("inquiry", authority=authority).get("status", ""))
        if said not in State.__members__:
            raise NoAnswer(f"an unknown status {said[:20]!r}")
        return State(said)

    def unverified(self) -> dict[str, int]:
        """See Gateway; the newest hundred."""
        rows = self._ask("unVerified").get("authorities") or []
        if not isinstance(rows, list):
            raise NoAnswer("no list of payments")
        return {str(row["authority"]): int(row["amount"]) for row in rows if isinstance(row, dict)}

    def _ask(self, what: str, **values: Any) -> dict[str, Any]:
        status, body = self._exchange(f"/pg/v4/payment/{what}.json", {"merchant_id": self.merchant_id, **values})
        data = body.get("data") if isinstance(body, dict) else None
        code = _number(data.get("code")) if isinstance(data, dict) else None
        if isinstance(data, dict) and code in (DONE, DONE_BEFORE) and status < 400:
            return {**data, "code": code}
        raise _refusal(status, code, body)

    def _exchange(self, path: str, values: dict[str, Any]) -> tuple[int, Any]:
        problem = ""
        try:
            with self.deadline.watch():
                response = self.session.post(
                    self.base + path,
                    json=values,
                    headers={"Accept": "application/json", "Connection": "close"},
                    timeout=(SECONDS, SECONDS),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    raw = response.raw.read(MAX_ANSWER, decode_content=True)
        except (RequestException, OSError, HTTPError, HTTPException) as error:
            problem = type(error).__name__
        if problem:  # raised outside, so that it carries nothing of the request
            raise NoAnswer(problem)
        try:
            return response.status_code, requests.models.complexjson.loads(raw)
        except ValueError:
            return response.status_code, None


def _refusal(status: int, code: int | None, body: Any) -> Exception:
    """A readable no is a refusal; everything else says nothing."""
    errors = body.get("errors") if isinstance(body, dict) else None
    if isinstance(errors, dict):
        code = _number(errors.get("code")) if code in (None, DONE, DONE_BEFORE) else code
        if code is None:  # {"errors": {"authority": ["Invalid authority", "-54"]}}
            told = [word for words in errors.values() if isinstance(words, list) for word in words]
            code = next((number for word in told if (number := _number(word)) is not None), None)
        if code is not None and code < 0 and status < 500:
            return Refused(code, str(errors.get("message", "")))
    if code is not None and code < 0 and status < 500:
        return Refused(code)
    return NoAnswer(f"HTTP {status} without a readable answer")


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
