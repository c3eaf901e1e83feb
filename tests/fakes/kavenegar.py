"""A stand-in for Kavenegar's REST API on loopback: a real HTTP server with the real answers, and the usual faults.

`mode` is the fault of sending calls, `ask_mode` of questions about statuses: `ok`, `refused` (200 with an error code),
`invalid` (HTTP 411), `busy` (HTTP 409), `500`, `html`, `slow` (takes the message, answers too late), `lost` (hangs up
before it takes it), `cut` (takes it, then hangs up), `drip` (takes it, then a byte at a time).
"""

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

KEY = "secretkey0123456789"
UNKNOWN_ID = 100
CODES = {"refused": (200, 418), "invalid": (411, 411), "busy": (409, 409)}


class FakeKavenegar:
    """What it received, what it answers."""

    def __init__(self) -> None:
        self.mode = self.ask_mode = "ok"
        self.status_now = 5
        self.statuses: dict[str, int] = {}
        self.sent: list[dict[str, str]] = []
        self.calls: list[str] = []
        self.hang = threading.Event()
        self.numbers = itertools.count(8_000_001)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.fake = self  # type: ignore[attr-defined]  # put there by the tests
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """The base address, for SMS_URL."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def texts(self) -> list[str]:
        """The texts that were taken, in order."""
        return [row.get("message", "") for row in self.sent]

    def take(self, path: str, form: dict[str, str]) -> list[dict[str, Any]]:
        """Do what the API does for one call."""
        if path == "sms/status":
            return [{"messageid": int(i), **self._status(i)} for i in form["messageid"].split(",")]
        if path == "sms/statuslocalmessageid":
            found = [row for row in self.sent if row.get("localid") == form["localid"]]
            ids = [row["messageid"] for row in found] or [""]
            return [{"messageid": int(i or 0), "localid": form["localid"], **self._status(i)} for i in ids[:1]]
        number = str(next(self.numbers))
        self.sent.append({**form, "messageid": number})
        return [{"messageid": int(number), "status": 1, "statustext": "", "receptor": form["receptor"], "cost": 0}]

    def _status(self, number: str) -> dict[str, Any]:
        known = any(row["messageid"] == number for row in self.sent)
        return {"status": self.statuses.get(number, self.status_now) if known else UNKNOWN_ID, "statustext": ""}


class Handler(BaseHTTPRequestHandler):
    """One call to the API."""

    protocol_version = "HTTP/1.1"

    @property
    def fake(self) -> FakeKavenegar:
        """Whose call it is."""
        return self.server.fake  # type: ignore[attr-defined]  # put there by the tests

    def do_POST(self) -> None:
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        _empty, version, key, path = self.path.split("/", 3)
        path = path.removesuffix(".json")
        self.fake.calls.append(path)
        if version != "v1" or key != KEY:
            self._say(403, 403)
            return
        self._act(self.fake.ask_mode if "status" in path else self.fake.mode, path, form)

    def _act(self, mode: str, path: str, form: dict[str, str]) -> None:
        if mode in CODES:
            self._say(*CODES[mode])
        elif mode == "500":
            self._raw(500, b"oops")
        elif mode == "html":
            self._raw(200, b"<html><body>Under repair</body></html>")
        elif mode == "lost":
            self.close_connection = True
        else:
            entries = self.fake.take(path, form)
            if mode == "slow":
                self.fake.hang.wait(30)
            if mode == "cut":
                self.close_connection = True
            elif mode == "drip":
                self._drip(entries)
            else:
                self._say(200, 200, entries)

    def _say(self, http: int, code: int, entries: Any = None) -> None:
        body = {"return": {"status": code, "message": "told"}, "entries": entries}
        self._raw(http, json.dumps(body).encode(), "application/json")

    def _raw(self, http: int, body: bytes, kind: str = "text/html") -> None:
        with contextlib.suppress(OSError):
            self.send_response(http)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _drip(self, entries: Any) -> None:
        body = json.dumps({"return": {"status": 200}, "entries": entries}).encode()
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.2)
                if self.fake.hang.is_set():
                    return

    def log_message(self, *args: Any) -> None:
        """Tests need no access log."""


@contextlib.contextmanager
def running() -> Iterator[FakeKavenegar]:
    """The server, until the block ends."""
    fake = FakeKavenegar()
    thread = threading.Thread(target=fake.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.hang.set()
        fake.server.shutdown()
        fake.server.server_close()
        thread.join()
