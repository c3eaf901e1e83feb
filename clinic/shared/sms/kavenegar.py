"""Kavenegar's REST API through its own client, given what that lacks: another host, a deadline, a silent key."""

import logging
from http.client import HTTPException
from typing import Any

import requests
from kavenegar import KavenegarAPI
from requests.exceptions import ConnectTimeout, RequestException, SSLError
from urllib3.exceptions import HTTPError, NewConnectionError

from clinic.shared.logs import Redact
from clinic.shared.sms.answers import NOT_KNOWN, CannotAsk, NotSent, Sent, Unknown
from clinic.shared.sms.deadline import Deadline

# The key stands in every path, and urllib3 logs paths.
logging.getLogger("urllib3.connectionpool").addFilter(Redact())

SECONDS = 5.0
MAX_ANSWER = 1_000_000
ACCEPTED = 200
# The request itself is wrong (number, text, template, parameter): another try would be refused as well.
FINAL = {400, 404, 405, 406, 411, 412, 413, 414, 415, 416, 417, 422, 424, 426, 428, 431, 432}


class Refused(Exception):
    """The provider said no, with its number and sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(f"{code} {sentence}"[:160])
        self.code = code


class Client(KavenegarAPI):
    """The provider's client with its one request method replaced.

    Raises NotSent when no connection came about, Refused for an answer that says no, Unknown for everything else.
    Exceptions are raised outside `except`, so that none carries the address (with the key) of another one.
    """

    def __init__(self, base: str, key: str) -> None:
        super().__init__(key)
        # A kept connection that the other side has just closed would leave it open whether the text was taken.
        self.headers: dict[str, str] = {"Accept": "application/json", "Connection": "close"}
        self.base = base.rstrip("/")
        self.session = requests.Session()
        self.deadline = Deadline(SECONDS)
        self.session.mount("http://", self.deadline)
        self.session.mount("https://", self.deadline)

    def __repr__(self) -> str:
        return f"<Kavenegar at {self.base}>"

    __str__ = __repr__

    def _request(self, action: str, method: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        status, body, problem = self._exchange(f"{action}/{method}", params or {})
        if problem is not None:
            raise problem
        return _entries(status, body)

    def _exchange(self, path: str, params: dict[str, Any]) -> tuple[int, Any, Exception | None]:
        try:
            with self.deadline.watch():
                response = self.session.post(
                    f"{self.base}/{self.version}/{self.apikey}/{path}.json",
                    data=params,
                    headers=self.headers,
                    timeout=(SECONDS, SECONDS),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    raw = response.raw.read(MAX_ANSWER, decode_content=True)
        except (RequestException, OSError) as error:
            return 0, None, _judged(error)
        except (HTTPError, HTTPException) as error:  # the errors of the layers below, while the body is read
            return 0, None, Unknown(type(error).__name__)
        try:
            return response.status_code, requests.models.complexjson.loads(raw), None
        except ValueError:
            return response.status_code, None, None


def _judged(error: Exception) -> Exception:
    """NotSent only where the request surely never left; the text names the kind of error, never the address."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, (ConnectTimeout, SSLError)) or isinstance(cause, NewConnectionError):
        return NotSent(type(cause or error).__name__)
    return Unknown(type(error).__name__)


def _entries(status: int, body: Any) -> list[dict[str, Any]]:
    """The entries of an answer that says yes."""
    said = body.get("return") if isinstance(body, dict) else None
    said = said if isinstance(said, dict) else {}
    code = said.get("status")
    if isinstance(code, int) and code != ACCEPTED:
        raise Refused(code, str(said.get("message", "")))
    if 400 <= status < 500:
        raise Refused(status, "")
    entries = body.get("entries") if isinstance(body, dict) else None
    if status != ACCEPTED or code != ACCEPTED or not isinstance(entries, list):
        raise Unknown(f"HTTP {status} without a readable answer")
    return [entry for entry in entries if isinstance(entry, dict)]


class Kavenegar:
    """The gateway of production."""

    def __init__(self, base: str, key: str) -> None:
        self.client = Client(base, key)

    def lookup(self, *, receptor: str, template: str, tokens: list[str]) -> Sent:
        """See Gateway; up to three tokens without spaces."""
        names = ["token", "token2", "token3"]
        values = dict(zip(names, (token.replace(" ", "\u200c") for token in tokens), strict=False))
        return self._one(self.client.verify_lookup, receptor=local_number(receptor), template=template, **values)

    def send(self, *, receptor: str, text: str, local_id: str) -> Sent:
        """See Gateway."""
        return self._one(self.client.sms_send, receptor=local_number(receptor), message=text, localid=local_id)

    def _one(self, call: Any, **params: str) -> Sent:
        refused: Refused | None = None
        try:
            entries = call(params)
        except Refused as error:
            refused = error
        if refused:
            raise NotSent(str(refused), final=refused.code in FINAL)
        if not entries or "messageid" not in entries[0]:
            raise Unknown("the answer names no message")
        return Sent(str(entries[0]["messageid"]), _number(entries[0].get("status")))

    def status(self, provider_ids: list[str]) -> dict[str, int]:
        """See Gateway; up to 500 ids a call."""
        entries = self._ask(self.client.sms_status, messageid=",".join(provider_ids[:500]))
        return {str(entry.get("messageid")): _number(entry.get("status")) for entry in entries}

    def status_of_local(self, local_id: str) -> Sent:
        """See Gateway."""
        entries = self._ask(self.client.sms_statuslocalmessageid, localid=local_id)
        if not entries:
            raise CannotAsk("empty answer")
        status = _number(entries[0].get("status"))
        return Sent("" if status == NOT_KNOWN else str(entries[0].get("messageid", "")), status)

    def _ask(self, call: Any, **params: str) -> list[dict[str, Any]]:
        problem = ""
        try:
            entries: list[dict[str, Any]] = call(params)
        except (NotSent, Unknown, Refused) as error:
            problem = str(error) or type(error).__name__
        if problem:
            raise CannotAsk(problem)
        return entries


def local_number(phone: str) -> str:
    """E.164 as the API reads it: 0912… at home, 0044… abroad."""
    digits = phone.lstrip("+")
    return f"0{digits[2:]}" if digits.startswith("98") and len(digits) == 12 else f"00{digits}"


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
