"""Many hands, few slots: races holds through HTTP and counts who got one.

`python -m bench.race --url http://aftab.localhost:8000 --slots 500 --attempts 10000`: exactly 500 accepted, the rest 409, nothing else.
The server must allow it (HOLDS_PER_MINUTE=0). Only loopback is a target.
"""

import argparse
import collections
import datetime as dt
import http.client
import ipaddress
import json
import multiprocessing
import random
import socket
import sys
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

Slot = dict[str, Any]
DAYS_AHEAD = 55


def get(url: str, path: str) -> Any:
    """The JSON at a path of the server."""
    connection = connect(url)
    connection.request("GET", path, headers={"Host": urlsplit(url).netloc})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"GET {path}: {answer.status} {body[:300]!r}")
    return json.loads(body)


def connect(url: str) -> http.client.HTTPConnection:
    """A connection to the server, on loopback whatever the name says."""
    parts = urlsplit(url)
    address = "127.0.0.1" if (parts.hostname or "").endswith("localhost") else socket.gethostbyname(parts.hostname or "")
    if not ipaddress.ip_address(address).is_loopback:
        sys.exit("Only a server on this machine is raced.")
    return http.client.HTTPConnection(address, parts.port or 80, timeout=60)


def rows(page: Any) -> list[Any]:
    """The rows of a paged or plain list."""
    return page["results"] if isinstance(page, dict) else page


def find_slots(url: str, wanted: int) -> list[Slot]:
    """So many free slots that no two of them take the same doctor's time."""
    branch = rows(get(url, "/api/v1/branches/"))[0]["id"]
    services = sorted(rows(get(url, "/api/v1/services/")), key=lambda s: s.get("minutes") or 60)
    found: list[Slot] = []
    today = dt.date.today()
    for doctor in rows(get(url, "/api/v1/doctors/?page_size=200")):
        query = {
            "service": services[0]["id"],
            "doctor": doctor["id"],
            "branch": branch,
            "from": (today + dt.timedelta(days=1)).isoformat(),
            "to": (today + dt.timedelta(days=DAYS_AHEAD)).isoformat(),
        }
        end = ""
        for slot in rows(get(url, f"/api/v1/slots/?{urlencode(query)}")):
            if slot["starts_at"] >= end:
                found.append(slot)
                end = slot["ends_at"]
        if len(found) >= wanted:
            return found[:wanted]
    sys.exit(f"The clinic has only {len(found)} free slots that do not overlap, {wanted} are wanted.")


def race(url: str, work: list[Slot], gate: Any, results: Any) -> None:
    """One process: waits for the start, then asks for one hold after another over one connection."""
    connection, host = connect(url), urlsplit(url).netloc
    counts: collections.Counter[str] = collections.Counter()
    slowest, winners = 0.0, []
    gate.wait()
    for slot in work:
        body = json.dumps({name: slot[name] for name in ("service", "doctor", "branch", "starts_at")})
        began = time.monotonic()
        try:
            connection.request(
                "POST", "/api/v1/holds/", body, {"Host": host, "Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            answer.read()
            counts[str(answer.status)] += 1
            if answer.status == 201:
                winners.append((slot["doctor"], slot["starts_at"]))
        except (OSError, http.client.HTTPException) as error:
            counts[type(error).__name__] += 1
            connection.close()
        slowest = max(slowest, time.monotonic() - began)
    results.put((counts, slowest, winners))


def run(url: str, slots: int, attempts: int, processes: int, seed: int) -> bool:
    """Race and print; True if exactly one attempt a slot was accepted and every other got 409."""
    wanted = find_slots(url, slots)
    work = [wanted[number % slots] for number in range(attempts)]
    random.Random(seed).shuffle(work)
    gate, results = multiprocessing.Barrier(processes), multiprocessing.Queue()
    shares = [work[place::processes] for place in range(processes)]
    workers = [multiprocessing.Process(target=race, args=(url, share, gate, results)) for share in shares]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    counts: collections.Counter[str] = collections.Counter()
    slowest, winners = 0.0, []
    for _worker in workers:
        own, slow, won = results.get(timeout=900)
        counts, slowest, winners = counts + own, max(slowest, slow), winners + won
    for worker in workers:
        worker.join()
    seconds = time.monotonic() - began
    accepted, conflict = counts.pop("201", 0), counts.pop("409", 0)
    double = len(winners) - len(set(winners))
    failed = sum(number for status, number in counts.items() if not status.startswith("4"))
    print(
        f"{attempts} attempts: {accepted} accepted, {conflict} conflict (409), {sum(counts.values()) - failed} other, "
        f"5xx or cut {failed}, {double} double, slowest {slowest:.2f} s, {attempts / seconds:.0f}/s, seed {seed}"
    )
    if counts:
        print(dict(counts))
    return accepted == slots and conflict == attempts - slots and not double


def main() -> None:
    """Read the arguments, race, say by the exit code whether it went right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--slots", type=int, default=500)
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not run(options.url, options.slots, options.attempts, options.processes, options.seed):
        sys.exit(1)


if __name__ == "__main__":
    main()
