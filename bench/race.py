"""The race for slots: many clients hold the same times through HTTP at once; each time must be had exactly once.

    python bench/race.py --url http://aftab.localhost:8000 --slots 500 --attempts 10000 --processes 4

The server must be running with HOLDS_PER_MINUTE=0. Every connection is opened before the start and kept alive. Prints
one line and ends with 1 unless exactly the chosen times were accepted and every other attempt got 409.
"""

import argparse
import http.client
import itertools
import json
import multiprocessing
import random
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

API = "/api/v1"
LONGEST_WINDOW = 93


class Client:
    """One kept-alive connection to a clinic; the Host header says which clinic, the address may be loopback."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        name = parts.hostname or "localhost"
        address = "127.0.0.1" if name.endswith(".localhost") else name
        self.connection = http.client.HTTPConnection(address, parts.port or 80, timeout=120)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an address."""
        self.connection.request("GET", f"{API}{path}?{urlencode(query)}", headers={"Host": self.host})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {body[:300]!r}")
        return json.loads(body)

    def hold(self, slot: dict[str, Any]) -> int:
        """Try to hold a time; the status of the answer, 0 where the connection broke."""
        wanted = {name: slot[name] for name in ("service", "doctor", "branch", "starts_at")}
        headers = {"Host": self.host, "Content-Type": "application/json"}
        try:
            self.connection.request("POST", f"{API}/holds/", body=json.dumps(wanted), headers=headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return 0
        return answer.status


def apart(slots: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many times of which no two stand in each other's way: for each doctor a step of the visit and an hour."""
    chosen: list[dict[str, Any]] = []
    free_from: dict[int, str] = {}
    for slot in sorted(slots, key=lambda slot: (slot["doctor"], slot["starts_at"])):
        if slot["starts_at"] >= free_from.get(slot["doctor"], ""):
            chosen.append(slot)
            free_from[slot["doctor"]] = slot["ends_at"]
    random.Random(7).shuffle(chosen)
    if len(chosen) < count:
        sys.exit(f"Only {len(chosen)} times are free at once; {count} are needed. Add doctors or choose fewer.")
    return chosen[:count]


def find_slots(url: str, count: int, service: int | None) -> list[dict[str, Any]]:
    """Free times of a clinic by its public API."""
    client = Client(url)
    best: list[dict[str, Any]] = []
    for each in client.get("/services/", page_size=200)["results"]:
        if service is not None and each["id"] != service:
            continue
        last = min(LONGEST_WINDOW, each["horizon_days"])
        today = datetime.now(UTC).date()
        begin, end = today + timedelta(days=1), today + timedelta(days=last)
        found = client.get("/slots/", **{"service": each["id"], "from": begin, "to": end})
        best = max(best, found, key=len)
    return apart(best, count)


def racer(url: str, jobs: list[dict[str, Any]], threads: int, start: Any, results: Any) -> None:
    """One process: its share of the attempts, over so many connections at once."""
    outcome: Counter[int] = Counter()
    slowest = [0.0]
    guard, turn = threading.Lock(), itertools.count()

    def work(client: Client) -> None:
        while (place := next(turn)) < len(jobs):
            began = time.perf_counter()
            status = client.hold(jobs[place])
            took = time.perf_counter() - began
            with guard:
                outcome[status] += 1
                slowest[0] = max(slowest[0], took)

    clients = [Client(url) for _each in range(threads)]
    for client in clients:
        client.connection.connect()
    start.wait()
    workers = [threading.Thread(target=work, args=(client,)) for client in clients]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    results.put((dict(outcome), slowest[0]))


def race(
    url: str, slots: list[dict[str, Any]], attempts: int, processes: int, threads: int
) -> tuple[Counter[int], float, float]:
    """Everybody at once; statuses, slowest answer and seconds in all."""
    # Attempts at one time lie side by side, so that they meet.
    jobs = [slots[place * len(slots) // attempts] for place in range(attempts)]
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(processes + 1), context.Queue()
    shares = [jobs[number::processes] for number in range(processes)]
    racers = [context.Process(target=racer, args=(url, share, threads, start, results)) for share in shares]
    for each in racers:
        each.start()
    start.wait()
    began = time.perf_counter()
    total: Counter[int] = Counter()
    slowest = 0.0
    for _each in racers:
        outcome, longest = results.get()
        total.update(outcome)
        slowest = max(slowest, longest)
    return total, slowest, time.perf_counter() - began


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--slots", type=int, default=500)
    parser.add_argument("--attempts", type=int, default=10000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--connections", type=int, default=8, help="kept alive by each process")
    parser.add_argument("--service", type=int, default=None)
    given = parser.parse_args()
    slots = find_slots(given.url, given.slots, given.service)
    total, slowest, seconds = race(given.url, slots, given.attempts, given.processes, given.connections)
    accepted, conflict = total[201], total[409]
    faults = sum(count for status, count in total.items() if status >= 500)
    other = given.attempts - accepted - conflict - faults
    print(f"{given.attempts} attempts: {accepted} accepted, {conflict} conflict (409), {other} other, 5xx {faults}")
    print(f"{seconds:.1f} s, {given.attempts / seconds:.0f}/s, slowest answer {slowest * 1000:.0f} ms", file=sys.stderr)
    return 0 if accepted == given.slots and conflict == given.attempts - given.slots else 1


if __name__ == "__main__":
    sys.exit(main())
