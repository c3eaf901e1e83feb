"""Clients that do a receptionist's work and write down what they were told, before they go on."""

import http.client
import json
import os
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bench.torture.prepare import Town

API, PATIENCE = "/api/v1", 45.0


@dataclass
class Bill:
    """A bill that this client issued."""

    pk: int
    left: int
    payments: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Work:
    """One client and its journal."""

    town: Town
    number: int
    port: int
    journal: Path
    until: float
    booked: list[int] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """One step after the other until time is up."""
        rng = Random(self.number)
        with self.journal.open("a") as self.file:
            # Every second time is also wanted by a neighbour: one of them has to lose.
            slots = iter(self.town.slots[self.number // 2 :: 4])
            steps = [self.book, self.book, self.cancel, self.bill, self.pay, self.pay, self.give_back, self.receive]
            while time.monotonic() < self.until:
                rng.choice(steps)(rng, slots)

    def book(self, rng: Random, slots: Any) -> None:
        """A free time for somebody."""
        slot = next(slots)
        answer = self.do("book", "/appointments/", {**slot, "patient": rng.choice(self.town.patients)})
        if answer:
            self.booked.append(answer["id"])

    def cancel(self, rng: Random, _slots: Any) -> None:
        """One of the own bookings."""
        if self.booked:
            pk = self.booked.pop(rng.randrange(len(self.booked)))
            self.do("cancel", f"/appointments/{pk}/cancel/", {}, of=pk)

    def bill(self, rng: Random, _slots: Any) -> None:
        """A bill without a visit."""
        price = rng.randrange(1, 90) * 10_000
        line = {"name": "Visit", "unit_price": str(price), "service": self.town.world.service}
        body = {"patient": rng.choice(self.town.patients), "branch": self.town.world.branch, "lines": [line]}
        answer = self.do("bill", "/invoices/", body, amount=price)
        if answer:
            self.bills.append(Bill(answer["id"], price))

    def pay(self, rng: Random, _slots: Any) -> None:
        """A part of a bill, in cash."""
        owed = [bill for bill in self.bills if bill.left]
        if owed:
            bill = rng.choice(owed)
            amount = bill.left if rng.random() < 0.5 else rng.randrange(1, bill.left // 10_000 + 1) * 10_000
            body = {"method": "cash", "amount": str(amount)}
            answer = self.do("pay", f"/invoices/{bill.pk}/payments/", body, of=bill.pk, amount=amount)
            if answer:
                bill.left -= amount
                bill.payments.append((answer["id"], amount))

    def give_back(self, rng: Random, _slots: Any) -> None:
        """A part of a payment."""
        paid = [bill for bill in self.bills if bill.payments]
        if paid:
            bill = rng.choice(paid)
            payment, amount = bill.payments.pop()
            body = {"payment": payment, "amount": str(amount), "reason": "torture", "credit": True}
            self.do("refund", f"/invoices/{bill.pk}/refunds/", body, of=payment, amount=amount)

    def receive(self, rng: Random, _slots: Any) -> None:
        """Stock comes in."""
        count = rng.randrange(1, 20)
        body = {"kind": "purchase", "quantity": str(count), "unit_cost": "1000", "item": self.town.item}
        self.do("stock", "/stock-movements/", {**body, "branch": self.town.world.branch}, amount=count)

    def do(self, kind: str, path: str, body: dict[str, Any], **told: Any) -> dict[str, Any] | None:
        """Send until there is an answer, under one key; the answer where it was done."""
        key = uuid.uuid4().hex
        self.write({"key": key, "kind": kind, "state": "start", **told})
        ends, tries = time.monotonic() + PATIENCE, 0
        while time.monotonic() < ends:
            tries += 1
            status, answer = self._send(path, body, key)
            if 200 <= status < 300:
                self.write({"key": key, "state": "ok", "id": (answer or {}).get("id"), "tries": tries})
                return answer or {}
            if 400 <= status < 500 and status not in {408, 429}:
                again = kind == "cancel" and status == 409 and tries > 1  # it was done, and only the answer was lost
                self.write({"key": key, "state": "ok" if again else "fail", "status": status, "tries": tries})
                return None
            time.sleep(min(0.1 * tries, 1))
        self.write({"key": key, "state": "unknown"})
        return None

    def write(self, entry: dict[str, Any]) -> None:
        """On the disk before anything else happens."""
        self.file.write(json.dumps({**entry, "at": time.time()}) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def _send(self, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any] | None]:
        headers = {"Host": self.town.world.host, "Authorization": f"Token {self.town.world.staff[self.number]}"}
        headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self.connection.request("POST", API + path, json.dumps(body).encode(), headers)
            answer = self.connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else None
        except (OSError, http.client.HTTPException, ValueError):
            if self.connection:
                self.connection.close()
            self.connection = None
            return 0, None


def run_clients(work: list[Work]) -> list[threading.Thread]:
    """All at once."""
    threads = [threading.Thread(target=each.run, name=f"client {each.number}") for each in work]
    for thread in threads:
        thread.start()
    return threads
