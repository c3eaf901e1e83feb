"""T: many clinics side by side against one of them, and a new clinic against its bare tables."""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from random import Random

from bench.data import World, many_clinics
from bench.load import Request, Result, request
from bench.sessions import cookies
from bench.stage import Stage, spread
from bench.works.w1 import free_days

SECONDS = 120  # for making clinics
COUNT = 200  # answers a round, and twelve of each clinic: the server keeps a plan after the seventh
Ask = Callable[[World], Request]


def measure(stage: Stage) -> None:
    """The same questions to one clinic and to a random one of all, by turns."""
    clinics = many_clinics(stage.state, int(os.environ.get("BENCH_CLINICS") or 60), SECONDS)
    stage.report.add("T.clinics", len(clinics), "")
    sessions = {world.schema: cookies(world)[0] for world in clinics}

    def day(world: World) -> Request:
        path = f"/desk/day/?branch={world.branch}&day={world.crowded_day}&view=list"
        return request("GET", path, world.host, headers={"Cookie": sessions[world.schema]})

    worst = max(_compared(stage, clinics, name, ask) for name, ask in (("W1", free_days), ("W3", day)))
    ratio, many = worst
    stage.report.add("T.200clinics", many.p50, "ms", ratio=ratio, to="one of these clinics", n=len(many.times),
                     spread=spread(many), goal="<= 1.15 x one clinic", met=ratio <= 1.15)  # fmt: skip
    _new_clinic(stage)


def _compared(stage: Stage, clinics: list[World], name: str, ask: Ask) -> tuple[float, Result]:
    one = stage.one(_at([clinics[0]], ask), expected={200}, count=COUNT)
    many = stage.one(_at(clinics, ask), expected={200}, count=max(COUNT, 12 * len(clinics)))
    stage.report.detail(f"T.{name}.one", one, clients=1)
    stage.report.detail(f"T.{name}.many", many, clients=1)
    return many.ratio / one.ratio, many


def _at(clinics: list[World], ask: Ask) -> Iterator[list[Request]]:
    asked, rng = [[ask(world)] for world in clinics], Random(5)
    while True:
        yield rng.choice(asked)


def _new_clinic(stage: Stage) -> None:
    """A clinic that is ready for work against its tables alone, made by one script; the quickest of three."""
    from tenants.actions import create_clinic
    from tenants.provisioning import clinic_sql, drop_schema, owner_connection

    tag = f"{int(time.time()):x}"
    numbers = itertools.count()

    def ready() -> None:
        name = f"{tag}{next(numbers)}"
        create_clinic(schema=f"c_new_{name}", name=name, host=f"new{name}.localhost", owner_phone="09120000001")

    script = clinic_sql()  # collected once by each version, not by each clinic

    def bare() -> None:
        name = f"c_bare_{tag}{next(numbers)}"
        with owner_connection() as owner:
            owner.execute(f"CREATE SCHEMA {name}; SET LOCAL search_path = {name}, ext".encode())
            owner.execute(script.encode())

    whole, tables = (min(_seconds(work) for _each in range(3)) for work in (ready, bare))
    for place in range(3, 6):
        drop_schema(f"c_bare_{tag}{place}")
    ratio = whole / tables
    stage.report.add("T.new_clinic", whole, "s", ratio=ratio, to="its bare DDL", n=3,
                     goal="<= 15 x its bare DDL", met=ratio <= 15)  # fmt: skip


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
