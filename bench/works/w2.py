"""W2: booking through the public path, how little it slows down with the size of the clinic, and what can be."""

import datetime as dt
import itertools
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from bench.data import World, new_patients
from bench.installation import gunicorn, stopping
from bench.load import CLIENTS, Connection, Request, Result, request
from bench.smallest import bookings
from bench.stage import ROUNDS, Stage, spread

PORTIONS = 8 + CLIENTS * ROUNDS  # every client and round takes other times


class Times:
    """Free times that nobody else of this run takes."""

    def __init__(self, world: World) -> None:
        from django.utils import timezone

        from clinic.shared.tenancy import use_clinic
        from scheduling.models import Service
        from scheduling.queries.slots import free_slots

        self.world = world
        with use_clinic(world.clinic()):
            service = Service.objects.get(pk=world.service)
            now = timezone.now()
            self.slots: list[Any] = []
            for doctor in world.others:
                for start in range(2, 362, 90):
                    since = now + dt.timedelta(days=start)
                    found = free_slots(
                        service=service, practitioner=doctor, branch=world.branch, since=since,
                        until=since + dt.timedelta(days=90),
                    )  # fmt: skip
                    self.slots += _apart(found)
        self.slots.sort(key=lambda slot: (slot.begin, slot.practitioner_id))
        self.shares = itertools.count()

    def share(self) -> list[Any]:
        """A part of its own."""
        return self.slots[next(self.shares) :: PORTIONS]


def _apart(slots: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for slot in slots:
        if not kept or slot.begin >= kept[-1].end:
            kept.append(slot)
    return kept


def _direct(world: World, slots: list[Any], token: str) -> Iterator[list[Request]]:
    """A patient of the clinic's site books a time in one request."""
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    for slot in slots:
        body = json.dumps(slot.as_dict()).encode()
        yield [request("POST", "/api/v1/appointments/", world.host, body, headers)]


def _in_two(stage: Stage, world: World, slots: list[Any], token: str, count: int) -> list[float]:
    """Hold, then book: what a person with a page does; milliseconds of both together."""
    connection, times = Connection(stage.pages.port), []
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    for slot in slots[:count]:
        began = time.perf_counter()
        status, body = connection.send(
            request("POST", "/api/v1/holds/", world.host, json.dumps(slot.as_dict()).encode(), headers)
        )
        assert status == 201, body
        hold = json.dumps({"hold": json.loads(body)["id"]}).encode()
        status, body = connection.send(request("POST", "/api/v1/appointments/", world.host, hold, headers))
        assert status == 201, body
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def _thin(stage: Stage, world: World) -> Result:
    """The thinnest booking that Django can serve, by eight (bench/thin.py)."""
    from django.conf import settings

    from clinic.accounts.queries import token_hash
    from clinic.shared.tenancy import use_clinic

    people = new_patients(world, CLIENTS)
    with use_clinic(world.clinic()):
        keys = [token_hash(key) for key in people]
    first = dt.datetime(2100 + secrets.randbelow(5000), 1, 1, tzinfo=dt.UTC)  # a time that nobody else measures in

    def jobs(number: int) -> Iterator[list[Request]]:
        turn, client = divmod(number, CLIENTS)
        headers = {"Authorization": f"Token {keys[client]}", "Content-Type": "application/json"}
        for count in itertools.count():
            starts_at = first + dt.timedelta(days=100 * turn, minutes=30 * count)
            body = json.dumps({"doctor": world.others[client], "starts_at": starts_at.isoformat()}).encode()
            yield [request("POST", "/book/", "localhost", body, headers)]

    server = gunicorn("bench.thin", "/", THIN_DATABASE=settings.DATABASE_URL)
    with stopping(server):
        return stage.eight(jobs, expected={201}, each=80, of=server)


def measure(stage: Stage) -> None:
    """One client, eight clients, a small clinic, and the database alone."""
    report, world = stage.report, stage.long
    hello, hello8 = stage.hello(clients=1), stage.hello(clients=8)
    times, new = Times(world), Times(stage.new)
    # Each series has people of its own: nobody can be in two places.
    people, other = new_patients(world, 2 + CLIENTS * ROUNDS), new_patients(stage.new, 1)
    one = stage.one(_direct(world, times.share(), people[0]), expected={201}, count=80)
    small = stage.one(_direct(stage.new, new.share(), other[0]), expected={201}, count=80)
    shares = [times.share() for _client in range(CLIENTS * ROUNDS)]
    eight = stage.eight(lambda n: _direct(world, shares[n], people[2 + n]), expected={201}, each=80)
    report.detail("W2.book", one, clients=1)
    report.detail("W2.book.new", small, clients=1)
    report.detail("W2.book", eight, clients=8)
    two = _in_two(stage, world, times.share(), people[1], 60)
    report.add("W2.book", one.p50, "ms", ratio=one.ratio, to="H.hello", n=len(one.times), spread=spread(one))
    report.add("W2.hold_and_book", two[len(two) // 2], "ms", ratio=two[len(two) // 2] / hello.p50, to="H.hello", n=60)
    report.add("W2.book.rate8", eight.rate, "1/s", ratio=eight.ratio, to="H.hello.rate8", n=len(eight.times),
               goal=">= 0.18 x hello's rate at 8 clients", met=eight.ratio >= 0.18)  # fmt: skip
    thin = _thin(stage, world)
    report.detail("W2.thin", thin, clients=8)
    report.add("W2.thin", thin.rate, "1/s", ratio=thin.ratio, to="H.hello.rate8", n=len(thin.times))
    share = eight.ratio / thin.ratio
    report.add("W2.book.of_thin", share, "", goal=">= 0.35 of the thinnest", met=share >= 0.35)
    growth = one.ratio / small.ratio  # each to a hello beside it
    report.add("W2.growth", growth, "", goal="<= 1.25", met=growth <= 1.25)
    limit = max(bookings(world) for _round in range(ROUNDS))
    report.add("W2.limit", limit, "1/s", ratio=eight.rate / limit, to="the least SQL of a booking, bare, at 8")
    # Whoever serves it answers a request and writes these rows: the two in series, at no cost of its own.
    bound = 1 / (1 / hello8.rate + 1 / limit)
    report.add("W2.bound", bound, "1/s", ratio=bound / hello8.rate, to="H.hello.rate8")
