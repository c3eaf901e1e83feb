"""`make torture`: kill the parts under load and count what was lost or doubled.

Eight clients book, cancel, bill, take and give back money and receive stock, each with a journal that is on the disk
before the next step; meanwhile web, worker, clock, Valkey and PostgreSQL are killed with -9 by a printed seed. What
has no answer is sent again under its key. Ends with 1 where anything was lost, doubled or out of balance.
`SECONDS` (90) and `SEED` choose the run. A kill does not take the power away: what fsync promises is not shown here.
"""

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.installation import ROOT

CLIENTS, PEOPLE, QUIET = 8, 400, 60.0


def main() -> int:
    """Prepare, break, wait until it is quiet, count."""
    seconds, seed = float(os.environ.get("SECONDS") or 90), int(os.environ.get("SEED") or random.randrange(10**6))
    state = Path(os.environ.get("STATE") or ROOT / ".state" / "torture").absolute()
    os.environ |= {"STATE": str(state), "DEVSERVICES_PROFILE": "durable"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "HOLDS_PER_MINUTE": "0", "LOG_LEVEL": "CRITICAL"}
    from clinic import devservices
    from tests.fakes.kavenegar import KEY, running

    with running() as gateway:
        os.environ |= {"SMS_URL": gateway.url, "KAVENEGAR_API_KEY": KEY}
        devservices.erase(state)  # always from nothing: the run counts every row
        try:
            return _run(state, seconds, seed, gateway)
        finally:
            devservices.erase(state)


def _run(state: Path, seconds: float, seed: int, gateway: object) -> int:
    import django

    django.setup()
    from django.db import connections

    from bench.torture.checks import Ledger, find_faults, tables_of
    from bench.torture.clients import Work, run_clients
    from bench.torture.house import House
    from bench.torture.prepare import prepare

    town = prepare(clients=CLIENTS, people=PEOPLE)
    connections.close_all()
    print(f"seed {seed}, {seconds:.0f} s, {CLIENTS} clients, load {os.getloadavg()[0]:.1f}", flush=True)
    journals = Path(tempfile.mkdtemp(prefix="journals-", dir=state))
    with House(state) as house:
        until = time.monotonic() + seconds
        work = [Work(town, number, house.port, journals / f"{number}.jsonl", until) for number in range(CLIENTS)]
        threads = run_clients(work)
        house.torture(random.Random(seed), until)
        for thread in threads:
            thread.join()
        ledger = Ledger.read(journals)
        waited = house.quiesce(town, QUIET)
        with tables_of(town) as tables:
            faults = find_faults(tables, ledger, gateway)
    shutil.rmtree(journals)
    for name, texts in faults.items():
        for text in texts[:5]:
            print(f"  {name}: {text}")
    counts = ", ".join(f"{len(texts)} {name}" for name, texts in faults.items())
    print(
        f"{ledger.total} ops (ok {ledger.ok}, fail {ledger.fail}, unknown {ledger.unknown}), {house.told}, {counts}, "
        f"recovery p50 {house.recovery(0.5):.1f} s, max {house.recovery(1):.1f} s, quiet after {waited:.0f} s, "
        f"seed {seed}"
    )
    return 1 if any(faults.values()) or ledger.unknown else 0


if __name__ == "__main__":
    sys.exit(main())
