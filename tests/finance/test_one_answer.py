"""Fifty equal requests at once, also across a kill of the web process: one posting and one answer."""

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from clinic.accounts.actions import give_token
from clinic.accounts.roles import Role
from finance.models import Invoice, Journal, Payment
from tests.conftest import HOST_A
from tests.database import ROOT
from tests.finance import make as money
from tests.server import environment, free_port

AT_ONCE, AGAIN = 50, 12


class Web:
    """A web process of the product, which is killed and started again at the same address."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "clinic.asgi:application", "--host", "127.0.0.1",
                   "--port", str(self.port), "--log-level", "critical"]  # fmt: skip
        self.process = subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.DEVNULL)
        for _try in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2)
                return
            time.sleep(0.05)
        raise RuntimeError("The server did not answer.")

    def kill(self) -> None:
        """As a crash would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


class Asker:
    """The same payment asked for many times at once, under one key."""

    def __init__(self, web: Web, token: str, invoice: Invoice, key: str) -> None:
        self.web, self.token, self.invoice, self.key = web, token, invoice, key
        self.answers: list[tuple[int, str] | None] = []
        self.threads: list[threading.Thread] = []

    def start(self, count: int = AT_ONCE) -> None:
        self.answers = []
        self.threads = [threading.Thread(target=self._ask) for _each in range(count)]
        for thread in self.threads:
            thread.start()

    def wait(self) -> list[tuple[int, str] | None]:
        for thread in self.threads:
            thread.join(60)
        return self.answers

    def _ask(self) -> None:
        body = json.dumps({"method": "card", "amount": "70000"})
        headers = {
            "Host": HOST_A, "Authorization": f"Token {self.token}", "Content-Type": "application/json",
            "Idempotency-Key": self.key,
        }  # fmt: skip
        asked = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=50)
        try:
            asked.request("POST", f"/api/v1/invoices/{self.invoice.pk}/payments/", body, headers)
            answer = asked.getresponse()
            self.answers.append((answer.status, answer.read().decode()))
        except (OSError, http.client.HTTPException):
            self.answers.append(None)  # the server is gone
        finally:
            asked.close()


@pytest.fixture
def web(committed: Any) -> Iterator[Web]:
    found = Web()
    found.start()
    try:
        yield found
    finally:
        if found.process is not None and found.process.poll() is None:
            found.kill()


def one_only(asker: Asker, payments: int) -> None:
    """Everybody got the same answer, and the books have it once."""
    answers = asker.wait()
    assert len(answers) == len(asker.threads)
    assert len(set(answers)) == 1, set(answers)
    assert answers[0] is not None
    assert answers[0][0] == 201, answers[0]
    made = Payment.objects.filter(invoice=asker.invoice)
    assert made.count() == payments
    assert json.loads(answers[0][1])["id"] in [row.pk for row in made]
    assert Journal.objects.filter(kind="payment", cause__in=[f"payment:{row.pk}" for row in made]).count() == payments
    assert Invoice.objects.get(pk=asker.invoice.pk).paid == payments * Decimal(70_000)


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def test_one_posting_and_one_answer_also_after_a_kill(web: Web) -> None:
    user = money.make.user(Role.CASHIER)
    token = give_token(user=user, verified=True, by=user)
    invoice = money.bill(500_000)
    first = Asker(web, token, invoice, "all-at-once")
    first.start()
    one_only(first, payments=1)

    # Killed in the middle: the bill is held here, so every request stands inside its transaction.
    second = Asker(web, token, invoice, "killed-inside")
    with transaction.atomic():
        Invoice.objects.select_for_update().get(pk=invoice.pk)
        second.start(AGAIN)
        ends = time.monotonic() + 20
        while not waiting_for_locks() and time.monotonic() < ends:
            time.sleep(0.01)
        assert waiting_for_locks(), "no request reached the bill"
        web.kill()
    assert set(second.wait()) == {None}
    assert Payment.objects.filter(invoice=invoice).count() == 1
    web.start()
    second.start(AGAIN)
    one_only(second, payments=2)

    # Killed once it is written: whoever got no answer asks again and gets the one that was kept.
    third = Asker(web, token, invoice, "killed-after")
    third.start(AGAIN)
    ends = time.monotonic() + 20
    while Payment.objects.filter(invoice=invoice).count() < 3 and time.monotonic() < ends:
        time.sleep(0.002)
    web.kill()
    third.wait()
    web.start()
    third.start(AGAIN)
    one_only(third, payments=3)
