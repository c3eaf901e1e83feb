"""A stand-in for Zarinpal's REST API v4 on loopback: a real HTTP server with the documented answers, and the usual
faults.

`mode` is the fault of every API call: `ok`, `500`, `html`, `refused` (-10, the merchant is wrong), `busy` (-12), `slow`
(does it, answers too late), `lost` (hangs up before it does it), `cut` (does it, then hangs up). `faults` names other
modes for single calls: `{"verify": "cut"}`.
"""

import contextlib
import itertools
import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

MERCHANT = "1344b5d4-0048-11e8-94db-005056a205be"
CARD = "502229******5995"


@dataclass
class Order:
    """One announced payment at the bank."""

    amount: int
    callback_url: str
    status: str = "IN_BANK"
    reference: int = 0


class FakeZarinpal:
    """What was announced, what the patient did, what it answers."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.faults: dict[str, str] = {}
        self.orders: dict[str, Order] = {}
        self.calls: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.answers = Counter[int]()
        self.hang = threading.Event()
        self.lock = threading.Lock()
        self.numbers = itertools.count(207_288_780)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.request_queue_size = 128
        self.server.fake = self  # type: ignore[attr-defined]  # put there by the tests
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """The base address, for PAYMENT_URL."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def pay(self, authority: str, amount: int | None = None) -> str:
        """The patient pays on the bank's page (another amount where the page was tampered with); where she goes."""
        order = self.orders[authority]
        order.status, order.reference = "PAID", next(self.numbers)
        order.amount = order.amount if amount is None else amount
        return self._back(authority, "OK")

    def break_off(self, authority: str) -> str:
        """The patient does not pay; where she goes."""
        self.orders[authority].status = "FAILED"
        return self._back(authority, "NOK")

    def _back(self, authority: str, status: str) -> str:
        url = self.orders[authority].callback_url
        mark = "&" if "?" in url else "?"
        return f"{url}{mark}{urlencode({'Authority': authority, 'Status': status})}"

    def take(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do what the API does for one call: its `data`, or its `errors`."""
        with self.lock:
            if body.get("merchant_id") != MERCHANT:
                return _error(-10, "Terminal is not valid, please check merchant_id or ip address.")
            if what == "request":
                return self._request(body)
            if what == "unVerified":
                rows = [
                    {"authority": name, "amount": order.amount, "callback_url": order.callback_url, "referer": "/"}
                    for name, order in self.orders.items()
                    if order.status == "PAID"
                ]
                return {"data": {"code": 100, "message": "Success", "authorities": rows}, "errors": []}
            order = self.orders.get(str(body.get("authority")))
            if order is None:
                return _error(-54, "Invalid authority.")
            if what == "inquiry":
                return {"data": {"status": order.status, "code": 100, "message": "Success"}, "errors": []}
            return self._verify(order, body)

    def _request(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("currency") != "IRR" or not isinstance(body.get("amount"), int) or body["amount"] < 10_000:
            return _error(-9, "The input params invalid, validation error.")
        if not body.get("callback_url") or not body.get("description"):
            return _error(-9, "The input params invalid, validation error.")
        authority = f"A{next(self.numbers):035d}"
        self.orders[authority] = Order(body["amount"], body["callback_url"])
        data = {"code": 100, "message": "Success", "authority": authority, "fee_type": "Merchant", "fee": 100}
        return {"data": data, "errors": []}

    def _verify(self, order: Order, body: dict[str, Any]) -> dict[str, Any]:
        if order.status not in ("PAID", "VERIFIED"):
            return _error(-51, "Session is not valid, session is not active paid try.")
        if body.get("amount") != order.amount:
            return _error(-50, "Session is not valid, amounts values is not the same.")
        code = 100 if order.status == "PAID" else 101
        order.status = "VERIFIED"
        self.answers[code] += 1
        data = {
            "code": code,
            "message": "Paid" if code == 100 else "Verified",
            "card_hash": "1EBE3EBEBE35C7EC0F8D6EE4F2F859107A87822CA179BC9528767EA7B5489B69",
            "card_pan": CARD,
            "ref_id": order.reference,
            "fee_type": "Merchant",
            "fee": 0,
        }
        return {"data": data, "errors": []}


def _error(code: int, message: str) -> dict[str, Any]:
    return {"data": [], "errors": {"message": message, "code": code, "validations": []}}


class Handler(BaseHTTPRequestHandler):
    """One call to the API."""

    protocol_version = "HTTP/1.1"

    @property
    def fake(self) -> FakeZarinpal:
        """Whose call it is."""
        return self.server.fake  # type: ignore[attr-defined]  # put there by the tests

    def do_GET(self) -> None:
        """The bank's own page: two links, and where they lead."""
        start, _slash, authority = self.path.rpartition("/")
        if authority not in self.fake.orders:
            self._raw(404, b"")
        elif start in ("/pay", "/leave"):
            address = self.fake.pay(authority) if start == "/pay" else self.fake.break_off(authority)
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            links = f'<a href="/pay/{authority}">Pay</a> <a href="/leave/{authority}">Leave</a>'
            self._raw(200, f"<html><body>{links}</body></html>".encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        start, _slash, name = self.path.rpartition("/")
        what = name.removesuffix(".json")
        if start != "/pg/v4/payment" or not name.endswith(".json"):
            self._raw(404, b"")
            return
        self.fake.calls.append(what)
        self.fake.asked.append(body)
        mode = self.fake.faults.get(what, self.fake.mode)
        if mode in ("refused", "busy"):
            self._say(_error(-10 if mode == "refused" else -12, "no"))
        elif mode == "500":
            self._raw(500, b"oops")
        elif mode == "html":
            self._raw(200, b"<html><body>Under repair</body></html>")
        elif mode == "lost":
            self.close_connection = True
        else:
            answer = self.fake.take(what, body)
            if mode == "slow":
                self.fake.hang.wait(30)
            if mode == "cut":
                self.close_connection = True
            else:
                self._say(answer)

    def _say(self, answer: dict[str, Any]) -> None:
        self._raw(200 if answer["data"] else 422, json.dumps(answer).encode(), "application/json")

    def _raw(self, http: int, body: bytes, kind: str = "text/html") -> None:
        with contextlib.suppress(OSError):
            self.send_response(http)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Tests need no access log."""


@contextlib.contextmanager
def running() -> Iterator[FakeZarinpal]:
    """The server, until the block ends."""
    fake = FakeZarinpal()
    thread = threading.Thread(target=fake.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.hang.set()
        fake.server.shutdown()
        fake.server.server_close()
        thread.join()
