"""W1: the free times of one doctor for thirty days, over twenty thousand appointments and over none."""

import datetime as dt
from collections.abc import Iterator

from bench.data import ZONE, World
from bench.limit import free_times
from bench.load import Request, request
from bench.stage import Stage, spread

DAYS, RIGHT = 30, 300


def free_days(world: World) -> Request:
    """A question for thirty days."""
    first = dt.datetime.now(ZONE).date() + dt.timedelta(days=1)
    last = first + dt.timedelta(days=DAYS - 1)
    path = f"/api/v1/slots/?service={world.service}&doctor={world.doctor}&branch={world.branch}&from={first}&to={last}"
    return request("GET", path, world.host)


def _jobs(world: World) -> Iterator[list[Request]]:
    asked = [free_days(world)]
    while True:
        yield asked


def measure(stage: Stage) -> None:
    """The answer must be right, too."""
    report = stage.report
    long, new = stage.one(_jobs(stage.long), expected={200}), stage.one(_jobs(stage.new), expected={200})
    eight = stage.eight(lambda _n: _jobs(stage.long), expected={200}, each=40)
    report.detail("W1.slots30.20k", long, clients=1)
    report.detail("W1.slots30.0", new, clients=1)
    report.detail("W1.slots30.20k", eight, clients=8)
    starts = _starts(stage)
    limit = free_times(stage)
    ratio = long.ratio
    report.add("W1.slots30.20k", long.p50, "ms", ratio=ratio, to="H.hello", n=len(long.times), spread=spread(long),
               goal="<= 8 x hello", met=ratio <= 8)  # fmt: skip
    report.add("W1.limit", limit, "ms", ratio=long.p50 / limit, to="W1.slots30.20k / limit")
    # An empty diary has more free times to tell; per time told, history must cost nothing.
    growth = long.ratio / new.ratio
    report.add("W1.growth", growth, "", goal="<= 1.2", met=growth <= 1.2)
    report.add("W1.starts", starts, "", goal=f"= {RIGHT}", met=starts == RIGHT)


def _starts(stage: Stage) -> int:
    import json

    from bench.load import Connection

    _status, body = Connection(stage.pages.port).send(next(_jobs(stage.long))[0])
    return len(json.loads(body))
