"""W3: a day of two hundred visits as HTML, with a session, for eight receptionists."""

from collections.abc import Iterator

from bench.data import World
from bench.load import Request, request
from bench.sessions import cookies
from bench.stage import Stage, spread


def _jobs(world: World, path: str, names: list[str]) -> Iterator[list[Request]]:
    place = 0
    while True:
        place += 1
        yield [request("GET", path, world.host, headers={"Cookie": names[place % len(names)]})]


def measure(stage: Stage) -> None:
    """The list of the day, and the whole page with the board's cards."""
    report, world = stage.report, stage.long
    staff = cookies(world)
    query = f"?branch={world.branch}&day={world.crowded_day}"
    day, page = f"/desk/day/{query}&view=list", f"/desk/{query}"
    one = stage.one(_jobs(world, day, staff), expected={200}, count=150)
    eight = stage.eight(lambda n: _jobs(world, day, [staff[n % len(staff)]]), expected={200}, each=25)
    whole = stage.one(_jobs(world, page, staff), expected={200}, count=80)
    report.detail("W3.day200", one, clients=1)
    report.detail("W3.day200", eight, clients=8)
    report.detail("W3.page200", whole, clients=1)
    ratio = one.ratio
    report.add("W3.day200", one.p50, "ms", ratio=ratio, to="H.hello", n=len(one.times), spread=spread(one),
               goal="<= 17 x hello", met=ratio <= 17)  # fmt: skip
    report.add("W3.page200", whole.p50, "ms", ratio=whole.ratio, to="H.hello", n=len(whole.times))
    few, many = _statements(stage, "2001-01-01"), _statements(stage, world.crowded_day)
    report.add("W3.statements", many, "", goal="<= 5 for the day, whatever its rows", met=many == few and many <= 5)


def _statements(stage: Stage, day: str) -> int:
    """How many statements the day itself asks, whoever looks at it."""
    import datetime as dt

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from clinic.accounts.models import Branch
    from clinic.shared.tenancy import use_clinic
    from scheduling.queries.board import day_of

    with use_clinic(stage.long.clinic()):
        branch = Branch.objects.get(pk=stage.long.branch)
        with CaptureQueriesContext(connection) as asked:
            day_of(branch, dt.date.fromisoformat(day))
    return sum(1 for query in asked.captured_queries if not query["sql"].startswith("SET search_path"))
