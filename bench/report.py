"""Figures in a table and in `bench/results.json`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.load import Result

# Processor milliseconds an answer of the systems that were measured once on this kind of machine.
RIVALS = {
    "W1.slots30.20k": "GNU Health 14.5, Easy!Appointments 1108",
    "W2.book": "GNU Health 11.1, django-appointment 31, pretix 109, Easy!Appointments 173",
    "W3.day200": "GNU Health 75, Easy!Appointments 160",
    "W4.search50k": "Easy!Appointments 95, GNU Health 104",
    "W5.chart50": "GNU Health 18, Easy!Appointments 98",
}


@dataclass
class Report:
    """What was measured so far."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def value(self, name: str) -> float:
        """A figure that stands here already."""
        return next(float(row["value"]) for row in self.rows if row["name"] == name)

    def add(
        self, name: str, value: float, unit: str, *, ratio: float | None = None, to: str = "", n: int = 1,
        spread: float = 0.0, goal: str = "", met: bool = True,
    ) -> None:  # fmt: skip
        """One figure; `goal` in words, `met` says whether it was reached."""
        self.rows.append(
            {"name": name, "value": round(value, 4), "unit": unit, "ratio": None if ratio is None else round(ratio, 3),
             "to": to, "n": n, "spread": round(spread, 3)}
        )  # fmt: skip
        mark = "" if not goal else f"  [{'ok' if met else 'MISSED'}: {goal}]"
        compared = "" if ratio is None else f"  {ratio:6.2f} x {to}"
        print(f"{name:24} {value:10.3f} {unit:6}{compared}{mark}", flush=True)
        if goal and not met:
            self.failed.append(name)

    def detail(self, name: str, result: Result, *, clients: int) -> None:
        """All that one load showed."""
        rivals = f"; others: {RIVALS[name]} ms CPU" if name in RIVALS and clients == 1 else ""
        print(
            f"  {name} c={clients}: p50 {result.p50:.2f} ms, p95 {result.p95:.2f} ms, CPU {result.cpu_ms:.2f} ms, "
            f"{result.rate:.0f}/s, n {len(result.times)}, wrong {result.wrong}, "
            f"other load {result.others:.2f} cores{rivals}",
            flush=True,
        )
        if result.wrong:
            self.failed.append(f"{name} c={clients}: {result.wrong} wrong answers")

    def write(self, place: Path) -> None:
        """Keep the figures; those of works that were not run now stay from before."""
        now = {row["name"] for row in self.rows}
        before = json.loads(place.read_text()) if place.exists() else []
        rows = [row for row in before if row["name"] not in now] + self.rows
        place.write_text(json.dumps(sorted(rows, key=lambda row: str(row["name"])), indent=1) + "\n")
