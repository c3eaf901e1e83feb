"""`make bench`: measure the product's own production servers on loopback, print a table, write bench/results.json.

`make bench WORK=W1` (or `W1,W2`) runs a part. Ends with 1 where a goal of docs/bench.md is missed.
"""

import os
import sys
from importlib import import_module

from bench.installation import ROOT, database_pid, gunicorn, settle, stopping
from bench.machine import fsync_rate

WORKS = {
    "H": "hello",
    "W1": "w1",
    "W2": "w2",
    "race": "bursts",
    "W3": "w3",
    "W4": "w4",
    "W5": "w5",
    "L": "push",
    "L1": "l1",
    "T": "tenants",
}


def main() -> int:
    """Prepare once, then one work after the other."""
    state = settle()
    wanted = [name for name in (os.environ.get("WORK") or ",".join(WORKS)).split(",") if name]
    unknown = [name for name in wanted if name not in WORKS]
    if unknown:
        sys.exit(f"There is no work {unknown[0]!r}; there are {', '.join(WORKS)}.")
    import django

    django.setup()
    from django.db import connections

    from bench.data import worlds
    from bench.report import Report
    from bench.stage import Stage

    long, new = worlds(state)
    connections.close_all()
    print(f"fsync {fsync_rate(state):.0f}/s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    report, pages, yardstick = Report(), gunicorn("clinic.wsgi", "/livez"), gunicorn("bench.hello", "/")
    with stopping(pages, yardstick):
        stage = Stage(state, report, pages, yardstick, long, new, database_pid(state))
        for name in dict.fromkeys(["H", *wanted]):
            import_module(f"bench.works.{WORKS[name]}").measure(stage)
            connections.close_all()
    report.write(ROOT / "bench" / "results.json")
    if report.failed:
        print("MISSED: " + ", ".join(report.failed))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
